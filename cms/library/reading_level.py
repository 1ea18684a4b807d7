"""How hard a text is to read, worked out from the length of its words and sentences, in English and in Spanish."""

import re
from dataclasses import dataclass
from functools import cache

import pyphen

from ..search import words as search_words
from ..search.words import ENGLISH, SPANISH

MIN_WORDS = 60  # words; less says nothing of a text
HARD_GRADE, VERY_HARD_GRADE = 9.0, 13.0  # years of school (Flesch-Kincaid): the end of middle school, and beyond school
HARD_EASE, VERY_HARD_EASE = 55.0, 40.0  # INFLESZ calls a text below 55 somewhat hard, below 40 very hard

_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’»)]*\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouáéíóúü]+", re.I)
_CODES = {ENGLISH: "en", SPANISH: "es"}


@dataclass(frozen=True)
class ReadingLevel:
    """How hard a text is: its years of school where they are known for its language, and the sentence that makes it hardest."""

    is_hard: bool
    is_very_hard: bool
    grade: int | None
    longest: str


@cache
def _hyphenation(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang=language, left=1, right=1)  # its own margins are for the eye


def _syllables(word: str, language: str) -> int:
    parts = len(_hyphenation(language).positions(word.lower())) + 1
    # No Spanish word is hyphenated beside a vowel at its edge, as in "a-gua", and none has a vowel that is silent.
    return max(parts, len(_VOWELS.findall(word))) if language == "es" else parts


def language_of(words: list[str]) -> str:
    """Return "es" or "en": the language in which the search takes these words to be written."""
    return _CODES[search_words.language_of(search_words.words_of(" ".join(words)))]


def reading_level(text: str) -> ReadingLevel | None:
    """Return how hard `text` is, with a line or a full stop ending each sentence; None where it is too short to tell."""
    sentences = [sentence for sentence in _SENTENCE.split(text) if _WORD.search(sentence)]
    words = _WORD.findall(text)
    if len(words) < MIN_WORDS:
        return None
    language = language_of(words)
    per_sentence, per_word = len(words) / len(sentences), sum(_syllables(word, language) for word in words) / len(words)
    longest = max(sentences, key=lambda sentence: len(_WORD.findall(sentence))).strip()
    if language == "es":  # Szigriszt-Pazos, read by the scale INFLESZ
        ease = 206.835 - 62.3 * per_word - per_sentence
        return ReadingLevel(ease < HARD_EASE, ease < VERY_HARD_EASE, None, longest)
    grade = 0.39 * per_sentence + 11.8 * per_word - 15.59  # Flesch and Kincaid
    return ReadingLevel(grade > HARD_GRADE, grade > VERY_HARD_GRADE, round(grade), longest)
