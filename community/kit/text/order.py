"""One order of names and titles: that of the reader's language, on every database and in the browser (docs/decisions/0036).

A database orders by bytes, or as the machine it was made on was set: "Wren, anna, Émile". Browsers have ICU's order in
`Intl.Collator`; this is the same ICU. Nothing is ordered by a name or a title in a query.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import icu
from django.conf import settings
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.forms.models import ModelChoiceIterator
from django.utils.translation import get_language

Row = TypeVar("Row")


@functools.cache
def _key_in(language: str) -> Callable[[str], bytes]:
    """Return the function that makes sortable bytes of a text. "kn": numbers count as numbers, "Room 2" comes before "Room 10"."""
    key: Callable[[str], bytes] = icu.Collator.createInstance(icu.Locale.forLanguageTag(f"{language}-u-kn-true")).getSortKey
    return key


def by_name(rows: Iterable[Row], name: Callable[[Row], str] = str) -> list[Row]:
    """Return `rows` in the order of what `name` returns for each. `Words.order` in chat/js/model/words.js is the same order."""
    key = _key_in(get_language() or settings.LANGUAGE_CODE)

    def place(row: Row) -> tuple[bytes, str]:
        text = name(row)
        return key(text), text

    return sorted(rows, key=place)


class _ByLabel(ModelChoiceIterator):
    """The choices of a field, in the order of their labels."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from by_name((self.choice(row) for row in self.queryset), lambda choice: str(choice[1]))


def offer(field: Any, rows: QuerySet[Any]) -> None:
    """Let a form's `field` offer `rows`, in the order of their labels."""
    assert isinstance(field, ModelChoiceField)
    field.iterator = _ByLabel
    field.queryset = rows
