"""Words that hurt, and what to say in their place: the list that comes with Mainstay, and how a center writes its own."""

from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

BUILT_IN = (Path(__file__).parent / "word_hints.txt").read_text(encoding="utf-8").strip()


@dataclass(frozen=True)
class WordHint:
    words: tuple[str, ...]
    instead: str


def read(text: str) -> list[WordHint]:
    """Read a list with one hint to a line, "word, words: what to say instead". Raises ValidationError for a line that is none."""
    hints = []
    for line in filter(None, map(str.strip, text.splitlines())):
        listed, _colon, instead = line.partition(":")
        words = tuple(filter(None, map(str.strip, listed.split(","))))
        if not words or not instead.strip():
            sentence = _("Write “%(line)s” as a word, a colon, and what to say in its place. Commas part several words.")
            raise ValidationError(sentence % {"line": line})
        hints.append(WordHint(words, instead.strip()))
    return hints


def one_to_a_line(text: str) -> None:
    """Raise ValidationError for a list that cannot be read."""
    read(text)
