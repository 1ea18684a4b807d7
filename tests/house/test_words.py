"""The words of the house: people first, no blame, no jargon, no shouting. What members themselves write is theirs."""

import ast
import calendar
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
# American English, as people here say it: what British English spells or calls otherwise.
BRITISH = {
    "spelling": r"\b(?:programmes?|centres?|theatres?|met(?:re|res)|licences?|defences?|offences?|grey|cheques?|whilst|amongst|learnt|spelt"
    r"|afterwards|towards|fulfil|skilful|judgement|adverts?|fortnights?"
    r"|\w*(?:recogni|organi|reali|apologi|normali|summari|authori|initiali|customi|minimi|optimi|emphasi|memori)s(?:e|es|ed|ing|ations?)"
    r"|\w*(?:col|flav|harb|neighb|behavi|fav|hon|lab|rum|hum)our\w*"
    r"|(?:counsel|label|travel|cancel|model|fuel|signal)l(?:or|ors|ing|ed|er|ers))\b",
    "ring, telephone (call)": r"\b(?:rang|rung)\b|\bring(?:s|ing)? (?:me|you|them|my|the|a|up|somebody)\b"
    r"|\bto ring\b|\btelephone numbers?\b",
    "tick (check)": r"\b(?:tick(?:s|ing)? (?:the|this|a|every) box|ticked)\b",
    "any more (anymore)": r"\bany more\b",
    "a day before its month": rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{'|'.join(calendar.month_name[1:])})\b",
}
# What reads translated: an e-mail is no letter, and a connection no line.
TRANSLATED = {
    "letter (e-mail)": r"(?:(?<=.)|(?!letter\Z))(?<!digits or )\bletters?\b(?! of its| or number|, digits)",  # (one drawing is)
    "line (connection)": r"\b(?:waiting for|on|over) the line\b|\b(?:good|bad|thin) line\b",
    "in in": r"\bin in\b",
    "go on (continue, keep)": r"\b(?:go|goes) on\b(?! the waiting list)",
    "stands (is)": r"\bstands (?:on|in|at|beside|above|below) (?:this|the|every|your)\b",
}
AT_24 = re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b(?! ?[AP]M)")
DAY_FIRST = re.compile(r"\bj (?:F|M|N)\b|\bH:i\b")  # in Django's date format letters
IN_CODE = re.compile(r"```.*?```|`[^`\n]*`|https?://\S+|\]\([^)]*\)|^(?: {4}|\t)[^\n]*$", re.S | re.M)  # of Markdown: what is no sentence
# Names of bodies and of their pages are theirs; a source is cited as it is called.
NAMES = re.compile(
    r"National Institute on Drug Abuse|Substance Abuse and Mental Health Services(?: Administration)?|Alcohol Abuse and Alcoholism"
    r"|Alcoholics Anonymous|Abuse and Mental Health|https?://\S+|\b[\w./-]+\.(?:gov|org|com)\S*",
    re.I,
)
SENTENCE = re.compile(r"\w+ [a-z]+ .*[.?:]|[a-z] [a-z]+ [a-z]+")
PLACES = re.compile(r"%\(\w+\)[a-z]")  # where a sentence is filled in
# Who is given a sentence that somebody reads. "stop" ends the program.
CALLS = {
    "_", "gettext", "gettext_lazy", "pgettext", "ngettext", "ngettext_lazy", "Refused", "ValidationError", "CommandError",
    "SystemExit", "stop", "Error", "Warning",
}  # fmt: skip


def faults(text: str, *lists: dict[str, str]) -> list[str]:
    plain = PLACES.sub(" ", NAMES.sub(" ", text))
    return [word for words in lists or (AVOIDED,) for word, pattern in words.items() if re.search(pattern, plain, re.I)]


def said_by_code() -> list[tuple[str, str]]:
    """Every string that the code shows to somebody: what is translated, refused or said by a command."""
    said = []
    for name, text in ours(".py", *ROOMS):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                said += [(f"{name}:{node.lineno}", string) for argument in given for string in strings_in(argument)]
            elif isinstance(node, ast.JoinedStr):
                said += [(f"{name}:{node.lineno}", string) for string in strings_in(node) if SENTENCE.search(string)]
    return said


def strings_in(node: ast.AST) -> list[str]:
    """The strings of an expression, an f-string as one, with "…" where something is filled in."""
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)]
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    return [string for child in ast.iter_child_nodes(node) for string in strings_in(child)]


def said_by_commands() -> list[tuple[str, str]]:
    """Every string with a space in it that a command may print, ask or explain; docstrings are for who reads the code."""
    said = []
    for name, text in ours(".py", "community/management", "community/backups"):
        tree = ast.parse(text)
        told_apart = (ast.Module, ast.ClassDef, ast.FunctionDef)
        firsts = [first for node in ast.walk(tree) if isinstance(node, told_apart) for first in node.body[:1]]
        docs = {id(first.value) for first in firsts if isinstance(first, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value and id(node) not in docs:
                said.append((f"{name}:{node.lineno}", node.value))
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


# ------------------------------------------------------------------- American English


@pytest.mark.parametrize("name", sorted(templates()))
def test_templates_and_mails_are_american_english(name):
    """ "Programme" and "14 October" to Americans, a "letter" that is an e-mail, and an hour that has to be worked out."""
    shown = words_of_template(templates()[name])
    assert faults(shown, BRITISH, TRANSLATED) == [] and not AT_24.search(shown)
    assert not DAY_FIRST.search(templates()[name])


def test_the_code_says_it_in_american_english():
    said = [(place, faults(text, BRITISH, TRANSLATED), text) for place, text in said_by_code() + said_by_commands()]
    assert [each for each in said if each[1] or AT_24.search(each[2]) or DAY_FIRST.search(each[2])] == []


def test_texts_data_and_docs_are_american_english():
    """The first sentence of the README. What the demo's people say is spelled so too: they live where the demo does."""
    found = []
    for name, text in texts():
        if name.endswith((".toml", ".md")) and name.startswith((*ROOMS, "docs/", "README", "SECURITY", "ARCHITECTURE")):
            read = " ".join(_values(tomllib.loads(text))) if name.endswith(".toml") else IN_CODE.sub(" ", text)
            found += [(name, fault, re.findall(BRITISH[fault], NAMES.sub(" ", read), re.I)) for fault in faults(read, BRITISH)]
    assert found == []
