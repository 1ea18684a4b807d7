"""Phrases in a text, such as names after an @: found where they stand whole, in every script and however they were typed."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from unicodedata import normalize

import regex

# Of scripts that put no space between a name and what follows it.
_UNSPACED = r"[\p{Line_Break=SA}\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\p{scx=Yiii}\p{scx=Java}\p{scx=Bali}]"
_SPACED = rf"[[\p{{L}}\p{{M}}\p{{N}}\p{{Pc}}]--{_UNSPACED}]"
# What an e-mail address may have before its @; mentions.js says the same.
_ADDRESS = r"[\p{Latin}\p{N}_@]\p{M}*"
_STYLES = {0xFE0E: None, 0xFE0F: None}  # whether a sign is drawn in color
_SEAM = "\0"  # between two letters: no message and no name holds it


def fold(text: str) -> str:
    """Return what is equal for texts that are written alike: case, width and kind of space do not count, accents and marks do."""
    return _SEAM.join(letter for letter, _start, _end in _letters(text))


def _letters(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield, folded, what a reader takes for one letter with all that is drawn onto it, and where in `text` it begins and ends."""
    start = 0
    for letter in regex.findall(r"\X", text):
        end = start + len(letter)
        for part in _folded(letter):
            yield part, start, end
        start = end


@lru_cache(maxsize=4096)
def _folded(letter: str) -> list[str]:
    """The letter as it is compared: one, but for those that casefold into several, such as ß."""
    folded: list[str] = regex.findall(r"\X", normalize("NFKC", normalize("NFKC", letter).casefold()).translate(_STYLES))
    return folded


class Phrases:
    """Finds each of `phrases` in texts, of two that begin alike the longer one."""

    def __init__(self, phrases: Collection[str]) -> None:
        longest = "|".join(regex.escape(phrase) for phrase in sorted(map(fold, phrases), key=len, reverse=True))
        ends = rf"(?={_SEAM}|\Z)(?:(?<={_UNSPACED})|(?!{_SEAM}{_SPACED}))"
        self._pattern = regex.compile(rf"(?<!{_ADDRESS}{_SEAM})(?:{longest}){ends}", regex.V1)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where in `text` each begins and ends."""
        letters = list(_letters(text))
        folded = _SEAM.join(letter for letter, _start, _end in letters)
        for match in self._pattern.finditer(folded):
            first, last = (folded.count(_SEAM, 0, at) for at in match.span())
            yield letters[first][1], letters[last][2]
