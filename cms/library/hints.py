"""What the editor points out in an article: words that hurt, and a text that is hard to read. It never keeps anybody from saving."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from unicodedata import normalize

from django.utils.html import strip_tags

from community.centre.word_hints import WordHint

from .reading_level import ReadingLevel, reading_level

_ENDS = re.compile(r"</(?:p|li|h[1-6])>|<br\s*/?>", re.I)


@dataclass(frozen=True)
class Hints:
    words: list[tuple[str, str]]  # each as it is in the text, and what to say in its place
    hard: ReadingLevel | None  # where it is hard to read

    def __bool__(self) -> bool:
        return bool(self.words or self.hard)


def lines_of(html: str) -> str:
    """Return the words of a piece of HTML, those of two paragraphs or items on lines of their own."""
    return unescape(strip_tags(_ENDS.sub("\n", html)))


def hints_for(writing: Iterable[str], listed: Iterable[WordHint]) -> Hints:
    """Return the hints for an article's own words, given as pieces of HTML, by a list of words."""
    text = "\n".join(map(lines_of, writing))
    level = reading_level(text)
    return Hints(_found(text, listed), level if level and level.is_hard else None)


def _found(text: str, listed: Iterable[WordHint]) -> list[tuple[str, str]]:
    """Each listed word that is in `text`, once, in the order of the text; of words within others only the longest."""
    instead = {" ".join(normalize("NFC", word).lower().split()): hint.instead for hint in listed for word in hint.words}
    if not instead:
        return []
    longest_first = sorted(instead, key=len, reverse=True)
    pattern = "|".join("(" + r"\s+".join(map(re.escape, word.split())) + ")" for word in longest_first)
    found: dict[str, tuple[str, str]] = {}
    for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", normalize("NFC", text), re.I):
        word = longest_first[(match.lastindex or 1) - 1]
        found.setdefault(word, (" ".join(match[0].split()), instead[word]))
    return list(found.values())
