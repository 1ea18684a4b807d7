"""Words that were given up stay so, and each word of the glossary is there once, in order."""

import re

import pytest

from tests.house.tree import ROOT, ours

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
}
KEPT_AS_STORED = {"groups/chat/text.py": {"first_body"}}  # the salt of fingerprints that are in the database


@pytest.mark.parametrize("words", RETIRED)
def test_a_word_that_was_given_up_does_not_come_back(words):
    """Two words for one thing, of which a stranger knows neither."""
    name = re.compile(rf"(?<![\w.\-/])(?:{words})\b(?!\s*=\s*\")")
    rooms = [(path, text) for path, text in ours(".py", "groups/") if "/migrations/" not in path]
    found = {path: names for path, text in rooms if (names := set(name.findall(text)) - KEPT_AS_STORED.get(path, set()))}
    assert found == {}, f"say {RETIRED[words]}"


def test_the_glossary_has_each_word_once_and_in_order():
    words = re.findall(r"^\| ([a-z][^|]*) \|", GLOSSARY, re.M)[1:]
    assert len(words) > 30 and words == sorted(set(words), key=str.casefold)
