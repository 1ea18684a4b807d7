"""Words that were given up stay so, and each word of the glossary is there once, in order."""

import ast
import re
from collections import defaultdict
from pathlib import PurePath

import pytest

from tests.house.tree import ROOMS, ROOT, ours

GLOSSARY = (ROOT / "docs/glossary.md").read_text()
# Names of code that were given up, and what is said instead. Migrations and what is stored keep theirs.
RETIRED = {
    r"Arrival|arrivals?": "join request",
    r"in_line": "waiting",
    r"kept_until|KEPT": "undo_until, UNDO_WINDOW",
    r"first_body": "body_fingerprint",
    r"doors_edition|change_doors|DoorsForm": "joining",
    r"Outcome|outcomes?": "result",
    r"expel|look_soon|look_now": "remove, check_soon",
    r"tell_changes|TELL_SECONDS|batch_of": "publish",
    r"[Cc]olours?|COLOUR": "color",
    r"hold_back|HOLD_BACK": "throttle",
    r"(?:Kept)?Letter|LETTERS": "QueuedEmail, OutboxEmail, TEMPLATES",
    r"[Tt]ally|tallies": "RowCounter, checksum",
    r"Edition|EDITIONS?": "PolicyVersion",
    r"SealedNotes|SealedCookie|given_back|Posted": "EncryptedFlashes, EncryptedCookie, echoed_fields, EchoedField",
}
# Words that were given up for styles, scripts and templates: in their classes, data attributes and file names.
RETIRED_IN_PAGES = {
    "talk talks": "conversation, message",
    "line lines": "row, connection, helpline, divider",
    "letter letters": "email",
    "posted": "form_echo",
    "place places": "navigation, seq, seat",
    "deed deeds trail told touch": "actions, jumps, events, press",
}
LINES_OF_TEXT = {"templates/cms/blocks/help_lines.html"}  # called as its block is stored
ALLOWED = {
    "groups/chat/text.py": {"first_body"},  # the salt of fingerprints that are in the database
    "community/members/people/avatars.py": {"Letter"},  # a picture of one
    "cms/media/cleaning.py": {"Outcome"},  # what became of a file, which is no command
    "community/management/commands/clean_files.py": {"outcome"},
}


def code() -> list[tuple[str, str]]:
    """Our modules; migrations keep the names of their time."""
    return [(path, text) for path, text in ours(".py", *(f"{room}/" for room in ROOMS)) if "/migrations/" not in path]


@pytest.mark.parametrize("words", RETIRED)
def test_a_word_that_was_given_up_does_not_come_back(words):
    """Two words for one thing, of which a stranger knows neither."""
    name = re.compile(rf"(?<![\w.\-/])(?:{words})\b(?!\s*=\s*\")")
    found = {path: names for path, text in code() if (names := set(name.findall(text)) - ALLOWED.get(path, set()))}
    assert found == {}, f"say {RETIRED[words]}"


def names_in(path: str, text: str) -> set[str]:
    """The names that a style, script or template gives or asks for: its own, those of classes, and those of data attributes."""
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*|{% comment.*?endcomment %}", "", text, flags=re.S)
    found = set(re.findall(r"(?<=\bdata-)[\w-]+|(?<=\bdataset\.)\w+", code))
    if path.endswith(".css"):
        found |= set(re.findall(r"(?<=\.)[a-z][\w-]*", code))
    elif path.endswith(".js"):
        found |= {name for string in re.findall(r'["`\'][^"`\'\n]*["`\']', code) for name in re.findall(r"[a-z]+(?:-[a-z]+)+", string)}
    else:
        found |= {name for names in re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", " ", code)) for name in names.split()}
    return found if path in LINES_OF_TEXT else found | {PurePath(path).name}


@pytest.mark.parametrize("words", RETIRED_IN_PAGES)
def test_a_word_that_was_given_up_does_not_come_back_in_pages(words):
    """A class or a file that is called by another word than what it shows."""
    retired = set(words.split())
    files = [each for suffix in (".css", ".js", ".html") for each in ours(suffix, *ROOMS, "templates/") if "/vendor/" not in each[0]]
    found = {
        path: bad for path, text in files if (bad := {name for name in names_in(path, text) if retired & set(re.split(r"[-_.]", name))})
    }
    assert found == {}, f"say {RETIRED_IN_PAGES[words]}"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("chat/talk.css", ""),
        ("chat/log.css", ".is-own > .talk-message {}"),
        ("chat/log.css", "[data-line=live] {}"),
        ("chat/log.js", 'hit(event, ".talk-tools")'),
        ("chat/log.js", "main.dataset.line = state;"),
        ("templates/chat/_line.html", ""),
        ("templates/log.html", '<p class="{% if own %}is-own{% endif %} talk-row">'),
        ("templates/log.html", '<p data-line="live">'),
    ],
)
def test_a_word_that_was_given_up_is_found(path, text):
    """A rule that lets through the next of its kind."""
    assert {"talk", "line"} & {word for name in names_in(path, text) for word in re.split(r"[-_.]", name)}


def test_the_glossary_has_each_word_once_and_in_order():
    words = re.findall(r"^\| ([a-z][^|]*) \|", GLOSSARY, re.M)[1:]
    assert len(words) > 30 and words == sorted(set(words), key=str.casefold)


def test_a_class_has_its_name_alone():
    """Two of one name in different rooms, of which a stranger opens the wrong one. What Django finds by name may share one."""
    places = defaultdict(list)
    for path, text in code():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and node.name not in ("Command", "DatabaseWrapper"):
                places[node.name].append(path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}
