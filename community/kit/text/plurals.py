"""The forms of a sentence with a number in it, for scripts: by CLDR's names of them, which browsers choose by (`Intl.PluralRules`).

A catalog of gettext has its forms in an order of its own. So each form is asked for by a number that takes it.
"""

import functools
from typing import Any

import icu
from django.conf import settings
from django.utils.translation import get_language

A_MILLION = 1_000_000  # has a form of its own in French, Spanish, Italian and Portuguese


@functools.cache
def _numbers_in(language: str) -> dict[str, int]:
    """Return the first whole number of each form that a language has, by the form's name."""
    rules = icu.PluralRules.forLocale(icu.Locale.forLanguageTag(language))
    found: dict[str, int] = {}
    for number in (*range(200), A_MILLION):
        found.setdefault(rules.select(number), number)
    return found


def forms(sentence: Any) -> dict[str, str]:
    """Return each form of `sentence`, an `ngettext_lazy` without its number. "other" is always there: some have it for fractions."""
    numbers = _numbers_in(get_language() or settings.LANGUAGE_CODE)
    return {name: str(sentence % number) for name, number in ({"other": A_MILLION} | numbers).items()}
