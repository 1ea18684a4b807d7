"""The words of the house: people first, no blame, no jargon, no shouting. What members themselves write is theirs."""

import ast
import re
import tomllib

import pytest

from tests.house.tree import ROOMS, ours, templates, texts

AVOIDED = {
    "addict": r"\baddicts?\b|\baddicted\b",
    "alcoholic": r"\balcoholics?\b(?! Anonymous)",
    "junkie": r"\bjunk(?:ie|y)s?\b|\bcrackheads?\b",
    "clean (of a person)": r"\b(?:get|gets|getting|got|stay|stays|stayed|staying|been|be|is|are|am|was|were|become|keep|now) clean\b"
    r"|\bclean (?:and sober|time|date|days)\b|\b(?:days|weeks|months|years) clean\b",
    "dirty": r"\bdirty\b",
    "abuse": r"\babus(?:e|er|ers|ed|ing)\b",
    "relapse": r"\brelaps(?:e|ed|es|ing)\b",
    "slip, lapse": r"\b(?:a|had a|your|the) (?:slip|lapse)\b|\bslipped up\b|\blapsed\b",
    "user (for a person)": r"\busers?\b",
    "oops": r"\boops\b|\bwhoops\b",
    "an exclamation mark": r"[A-Za-z]!(?!=)",
}
# Names of bodies and of their pages are theirs; a source is cited as it is called.
NAMES = re.compile(
    r"National Institute on Drug Abuse|Substance Abuse and Mental Health Services(?: Administration)?|Alcohol Abuse and Alcoholism"
    r"|Alcoholics Anonymous|Abuse and Mental Health|https?://\S+|\b[\w./-]+\.(?:gov|org|com)\S*",
    re.I,
)
CALLS = {"_", "gettext", "gettext_lazy", "pgettext", "ngettext", "ngettext_lazy", "Refused", "CommandError"}


def faults(text: str) -> list[str]:
    plain = NAMES.sub(" ", text)
    return [word for word, pattern in AVOIDED.items() if re.search(pattern, plain, re.I)]


def said_by_code() -> list[tuple[str, str]]:
    """Every string that the code shows to somebody: what is translated, refused or said by a command."""
    said = []
    for name, text in ours(".py", *ROOMS):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
                strings = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                said += [(f"{name}:{node.lineno}", string) for string in strings]
    return said


def words_of_template(text: str) -> str:
    """What a template shows: translated texts kept, other tags, variables and attributes left out."""
    kept = re.sub(r"{% blocktrans[^%]*%}|{% endblocktrans\w* %}|{% plural %}", " ", text)
    kept = re.sub(r'{% trans(?:late)? "([^"]*)"[^%]*%}', r" \1 ", kept)
    return re.sub(r"{#.*?#}|{% comment.*?endcomment %}|{%.*?%}|{{.*?}}|<[^>]*>", " ", kept, flags=re.S)


@pytest.mark.parametrize("name", sorted(templates()))
def test_templates_and_mails_keep_to_our_words(name):
    assert faults(words_of_template(templates()[name])) == []


def test_the_code_keeps_to_our_words():
    assert [(place, faults(text), text) for place, text in said_by_code() if faults(text)] == []


def test_texts_and_data_keep_to_our_words():
    """Articles, consent, lines and the demo's frame. What the demo's people say to one another is their own voice."""
    found = []
    for name, text in texts():
        if name.startswith(ROOMS) and name.endswith((".md", ".toml", ".json")) and "/static/" not in name and "/groups/" not in name[8:]:
            spoken = " ".join(_values(tomllib.loads(text))) if name.endswith(".toml") else text
            found += [(name, fault) for fault in faults(spoken)]
    assert found == []


def _values(data: object) -> list[str]:
    if isinstance(data, dict):
        return [text for key, value in data.items() if key != "quote" for text in _values(value)]  # a quotation stays as it was said
    if isinstance(data, list):
        return [text for value in data for text in _values(value)]
    return [data] if isinstance(data, str) else []
