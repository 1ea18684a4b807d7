"""What every template must keep to, so that the strict policy, the translators and the next reader can rely on it."""

import ast
import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.template.loaders.app_directories import get_app_template_dirs

from tests.house.tree import ROOMS, ours, templates, texts, without_code

TEMPLATES = templates()
PAGES = {name: text for name, text in TEMPLATES.items() if name.endswith(".html")}
BY_NAME = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html", "503.html"}  # Django and allauth ask for these
ATTRIBUTES = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"')
EACH = pytest.mark.parametrize("name", sorted(PAGES))


def strings_of_code() -> set[str]:
    """Every string in the code, with the placeholders of f-strings left out as "{}"."""
    found: set[str] = set()
    for _, text in ours(".py", *ROOMS):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values))
    return found


def asked_for() -> set[str]:
    """The names that other templates include or extend."""
    return {name for text in TEMPLATES.values() for name in re.findall(r'{% (?:include|extends) "([^"]+)"', text)}


def overrides(name: str) -> bool:
    """True where a package has a template of this name, which ours replaces."""
    return any((folder / name).exists() for folder in map(Path, get_app_template_dirs("templates")))


def test_every_template_is_used():
    """A leftover that somebody would go on mending."""
    strings = strings_of_code()
    patterns = [re.compile(re.escape(text).replace(r"\{\}", "[^/]+")) for text in strings if "{}" in text and "/" in text]
    letters = {f"mail/{word}{ending}" for word in strings for ending in (".txt", ".subject.txt")}
    known = strings | asked_for() | BY_NAME | letters
    unused = {
        name for name in TEMPLATES if name not in known and not overrides(name) and not any(pattern.fullmatch(name) for pattern in patterns)
    }
    assert unused == set()


def test_every_template_that_is_asked_for_exists():
    """An include that would fail only when its branch is reached."""
    for name in asked_for():
        get_template(name)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_compiles(name):
    get_template(name)


@EACH
def test_nothing_is_inline(name):
    """What the Content-Security-Policy would refuse, found before a browser refuses it."""
    text = without_code(PAGES[name])
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "an inline script"
    assert not re.search(r"<script(?![^>]*\btype=.module)", text), "a script that is no module"
    assert not re.search(r"<style|\sstyle=", text), "an inline style"
    assert not re.search(r"\son[a-z]+=", text), "an inline handler"
    assert "javascript:" not in text


@EACH
def test_only_html_that_we_made_goes_in_unescaped(name):
    """Somebody's words as markup. Names that end in `html` hold what community.kit.text.markdown made and cleaned."""
    unescaped = re.findall(r"{{\s*([\w.]+)\|(?:[^}]*\|)?safe\b", PAGES[name])
    assert not [value for value in unescaped if not value.endswith("html")]
    assert "autoescape off" not in PAGES[name]


@EACH
def test_a_link_says_where_it_leads(name):
    """Links are read out in a list of their own, and shown so by search engines: "Start" or "here" leads nowhere in it."""
    links = re.findall(r"<a\b[^>]*>(.*?)</a>", PAGES[name], flags=re.S)
    said = {words.strip().lower() for link in links for words in re.findall(r"{% translate \"([^\"]*)\" %}", link)}
    assert said & {"click here", "click this", "go", "here", "information", "learn more", "more", "more info", "start", "this"} == set()


@EACH
def test_nothing_comes_from_another_host(name):
    """A font, picture or script of somebody else's would tell them who reads here."""
    loads = re.findall(r"<(?:script|link|img|iframe|source|video|audio|form|object|embed)\b[^>]*>", without_code(PAGES[name]))
    assert not [tag for tag in loads if re.search(r'\b(?:src|href|srcset|action|data)="(?:https?:)?//', tag)]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_word_can_be_translated(name):
    """A sentence that would stay English on a Spanish page."""
    text = without_code(TEMPLATES[name])
    attributes = [value for value in ATTRIBUTES.findall(text) if re.search(r"[A-Za-z]{2}", value)]
    assert not attributes, attributes
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>|&\w+;", " ", text, flags=re.S))
    assert not [word for word in words if word not in {"Mainstay"}], words


def test_titles_of_what_is_not_public_name_nobody():
    """A tab, a history and a bookmark that tell who belongs to which group."""
    public = {"home.html", "help.html", "privacy.html", "cms/article.html"}
    for name, text in PAGES.items():
        for title in re.findall(r"{% block title %}(.*?){% endblock", text, flags=re.S):
            shown = {shown.strip() for shown in re.findall(r"{{(.*?)}}", title)} - {"centre.name"}
            assert not shown or name in public, f"{name}: {shown}"


def test_scripts_leave_html_to_the_one_policy():
    """A second way for HTML into the page, beside static/community/js/trusted.js."""
    for name, text in texts():
        if name.endswith(".js") and "/static/" in name and not name.endswith(("trusted.js", ".min.js")) and "/vendor/" not in name:
            code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", text, flags=re.S | re.M)
            assert not re.search(r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function", code), name
