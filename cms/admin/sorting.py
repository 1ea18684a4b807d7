"""The editor's lists of pages and files, sorted by title as on every other page."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page

from community.kit.text.order import by_name

from .wagtail_internals import found_rows


class SortedRows:
    """Pages or files sorted by title. Only those on one page of a list are read completely."""

    def __init__(self, rows: QuerySet[Any], *, is_descending: bool) -> None:
        self.model, self.rows = rows.model, rows.order_by("pk")
        titles = self.rows.values_list("pk", "draft_title" if issubclass(rows.model, Page) else "title")
        self.keys = [pk for pk, _title in _by_title(titles, lambda row: row[1], is_descending)]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, part: slice) -> list[Any]:
        found = {row.pk: row for row in self.rows.filter(pk__in=self.keys[part])}
        return [found[key] for key in self.keys[part] if key in found]


def sorted_rows(rows: Any, ordering: Any) -> Any:
    """`rows` (a queryset, or the results of a search), sorted as on every other page where `ordering` asks for titles."""
    if ordering not in ("title", "-title"):
        return rows
    is_descending = ordering.startswith("-")
    if isinstance(rows, QuerySet):
        return SortedRows(rows, is_descending=is_descending)
    found = found_rows(rows)
    found[:] = _by_title(found, lambda row: row.draft_title if isinstance(row, Page) else row.title, is_descending)
    return rows


def _by_title(rows: Iterable[Any], title: Callable[[Any], str], is_descending: bool) -> list[Any]:
    return by_name(rows, title)[:: -1 if is_descending else 1]
