"""The editor's lists: sorted by title as on every other page, with the live articles marked that the editor can't open."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from community.kit.text.order import by_name
from community.members.models import User

from ..library.kinds import entries, named_groups, open_to
from ..models import Entry
from .wagtail_internals import found_rows


def unreadable_articles(editor: User) -> dict[int, str]:
    """The live articles that `editor` can't read, each with a sentence that says who can. Read once a request."""
    unreadable: dict[int, str] | None = getattr(editor, "unreadable_article_reasons", None)
    if unreadable is None:
        unreadable = editor.unreadable_article_reasons = _unreadable_articles(editor)  # type: ignore[attr-defined]
    return unreadable


def _unreadable_articles(editor: User) -> dict[int, str]:
    unreadable = list(entries().live().exclude(pk__in=open_to(editor).values("pk")).values_list("pk", flat=True))
    names: dict[int, list[str]] = defaultdict(list)
    for article, _group, name in named_groups(pk__in=unreadable):
        names[article].append(name)
    return {article: _readers_sentence(names[article]) for article in unreadable}


def _readers_sentence(groups: list[str]) -> str:
    if not groups:
        return _("Live, but no one can open it right now.")
    return ngettext(
        "Live for %(groups)s. You're not in that group, so you can't open it here. Use the preview to read it.",
        "Live for %(groups)s. You're not in any of those groups, so you can't open it here. Use the preview to read it.",
        len(groups),
    ) % {"groups": ", ".join(by_name(groups))}


def live_readers(page: Page) -> str:
    """The readers of the live version of an article, in words."""
    live: Entry = Page.objects.defer_streamfields().specific().get(pk=page.pk)
    return live.readers()


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
