"""Everyday words for clinical ones: what somebody types, and what the articles call it. Each center edits its own list."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from .words import Word, stems, telling, words_of

DEFAULT = Path(__file__).parent / "everyday_words.txt"


def default_words() -> str:
    """The list that comes with the release."""
    return DEFAULT.read_text(encoding="utf-8").strip()


def well_formed(lines: str) -> None:
    """Raise ValidationError where a line of the list is not what is typed, a colon, and what is found."""
    for line in filter(str.strip, lines.splitlines()):
        typed, _colon, found = line.partition(":")
        if not (words_of(typed) and words_of(found)):
            sentence = _now("“%(line)s” needs a word, a colon, and what it should find. For example: kids: children")
            raise ValidationError(sentence % {"line": line.strip()})


@register_setting(icon="search")
class EverydayWords(BaseGenericSetting):
    """The everyday words of the library's search."""

    words = models.TextField(
        _("everyday words"), max_length=20_000, blank=True, default=default_words, validators=[well_formed],
        help_text=_(
            "One line for each: what somebody may type, a colon, and what the articles call it; several with commas. Whoever types "
            "the first also finds the others. Capitals, accents and endings don't matter."
        ),
    )  # fmt: skip

    panels = [FieldPanel("words")]

    class Meta:
        verbose_name = _("words for the search")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class Everyday(NamedTuple):
    """The list as the search reads it."""

    found_for: dict[str, frozenset[str]]  # the stems of what is typed: those of what is found for it
    named: frozenset[str]  # the words that are found for others
    typed: tuple[Word, ...]  # the single words that are typed, which may be typed wrong, too
    longest: int  # words, of what is typed


def everyday_words() -> Everyday:
    """The list of this center, or the one of the release where nobody has edited it."""
    saved = EverydayWords.objects.first()
    return _read(saved.words if saved else default_words())


@functools.lru_cache(maxsize=4)
def _read(lines: str) -> Everyday:
    found_for: dict[str, frozenset[str]] = {}
    typed, named = [], set()
    for words, others in _entries(lines):
        typed.append(words)
        named.update(word.folded for other in others for word in other)
        for each in stems(words):
            found_for[each] = found_for.get(each, frozenset()).union(*map(stems, others))
    singles = tuple(words[0] for words in typed if len(words) == 1)
    return Everyday(found_for, frozenset(named), singles, max(map(len, typed), default=1))


def _entries(lines: str) -> Iterator[tuple[list[Word], list[list[Word]]]]:
    """What is typed, and what is found for it: the words of each."""
    for line in lines.splitlines():
        typed, _colon, found = line.partition(":")
        for words in _names(typed):
            yield words, _names(found)


def _names(part: str) -> list[list[Word]]:
    return [words for words in (telling(words_of(name)) or words_of(name) for name in part.split(",")) if words]
