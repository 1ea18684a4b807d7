"""Words as a search compares them: without case, accents and apostrophes, and cut to the stem that their forms share.

In English and Spanish, by the stemmers of Snowball. Words that stand in every text are left out on both sides.
"""

import functools
from collections.abc import Iterable
from typing import NamedTuple
from unicodedata import combining, normalize

import regex
import snowballstemmer

ENGLISH, SPANISH = LANGUAGES = ("english", "spanish")
WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’ʼ][\p{L}\p{M}\p{N}]+)*")
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
_ACCENT = 200  # the combining classes from here on: marks over and under a letter, and no vowels of other scripts

# As `folded` writes them. A word that says something in the other language, such as "son", is in neither list.
COMMON = {
    ENGLISH: """
        a about am an and any are arent as at be because been being but by can cannot cant could couldnt did didnt do does doesnt doing
        dont each else for from had has hasnt have havent having he her here hers him his how i id if ill im in into is isnt it its itself
        ive just let lets me my myself of on onto or our ours she should shouldnt so some such than that thats the their theirs them then
        there theres these they theyre this those to too us very was wasnt we were weve what whats when where which while who whom whose
        why will with wont would wouldnt you youd youll your youre yours youve
    """,
    SPANISH: """
        a al algo ante aquel aquella cada como con cual cuando cuanto de del desde donde e el ella ellas ellos en entre era eran es esa ese
        eso esta estan estar estas este esto estos estoy fue ha han hasta la las le les lo los mas me mi mis muy nada ni nos nosotros
        nuestra nuestro o os para pero por porque pues que quien se ser si sobre su sus tambien te ti tiene tu tus un una uno unos y ya yo
    """,
}
_COMMON = {language: frozenset(words.split()) for language, words in COMMON.items()}
_IN_EVERY_TEXT = frozenset().union(*_COMMON.values())


class Word(NamedTuple):
    """A word as it was written, in small letters, and without accents and apostrophes."""

    written: str
    folded: str

    @property
    def is_common(self) -> bool:
        """True for what stands in every text, and for single letters: "the", "a", the e of "e-mail"."""
        return self.folded in _IN_EVERY_TEXT or len(self.folded) < 2


def folded(text: str) -> str:
    """Return `text` in small letters, without accents and apostrophes: "can't", "can’t" and "cant" are one word."""
    if not text.isascii():
        text = normalize("NFC", "".join(c for c in normalize("NFKD", text) if combining(c) < _ACCENT))
    return text.translate(_APOSTROPHES).casefold()


def words_of(text: str) -> list[Word]:
    """The words of `text`, in their order."""
    written = WORD.findall(normalize("NFC", text).lower())
    return [Word(word, folded(word)) for word in written]


def telling(words: Iterable[Word]) -> list[Word]:
    """`words` without the common ones."""
    return [word for word in words if not word.is_common]


def language_of(words: Iterable[Word]) -> str:
    """The language in which `words` are written: the one whose common words are most among them; English where neither's are."""
    counts = dict.fromkeys(LANGUAGES, 0)
    for word in words:
        for language in LANGUAGES:
            counts[language] += word.folded in _COMMON[language]
    return max(LANGUAGES, key=counts.__getitem__)


@functools.lru_cache(maxsize=20_000)
def stem(word: Word, language: str) -> str:
    """What the forms of `word` share in `language`: "evenings" and "evening" are "evening"."""
    return folded(snowballstemmer.stemmer(language).stemWord(word.written.translate(_APOSTROPHES)))


def stems(words: Iterable[Word]) -> list[str]:
    """The stems of `words` one after another, with spaces between them: once for each language in which they differ."""
    kept = list(words)
    return sorted({" ".join(stem(word, language) for word in kept) for language in LANGUAGES})
