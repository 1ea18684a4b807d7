"""The kinds of entries that the library has: every page model that inherits `Entry`. Lists, search, feed and reviews go through all."""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q, Subquery
from wagtail.models import Page, PageQuerySet, get_page_models

from community.members.models import User

Reader = User | AnonymousUser


class EntryKind:
    """Marks the models of entries: `entries.Entry` inherits it, and this module cannot import that."""


def kinds() -> list[Any]:
    """The models of entries. No other pages can be written (tests/house)."""
    return [model for model in get_page_models() if issubclass(model, EntryKind)]


def any_of(conditions: Iterable[Q]) -> Q:
    """`conditions` joined by OR; matches nothing where there are none."""
    return reduce(or_, conditions, Q(pk__in=()))


def entries() -> PageQuerySet:
    """All entries, as pages."""
    return Page.objects.type(*kinds())


def open_to(reader: Reader, **filters: Any) -> PageQuerySet:
    """The entries that `reader` may read now, as pages; `filters` ask more of them."""
    return Page.objects.filter(any_of(Q(pk__in=kind.objects.visible_to(reader).filter(**filters).values("pk")) for kind in kinds()))


def named_groups(**filters: Any) -> Iterator[tuple[int, int, str]]:
    """Each group that an entry's row names as its readers: (id of the entry, id of the group, its name). `filters` say of which entries."""
    for kind in kinds():
        yield from kind.objects.filter(groups__isnull=False, **filters).order_by().values_list("pk", "groups", "groups__name")


def newest_saved(pages: PageQuerySet, saved: Any) -> PageQuerySet:
    """Those of `pages` that the rows `saved` name, the last saved first, as `newest_first` gives them."""
    at = Subquery(saved.filter(article=OuterRef("pk")).values("at"))
    return pages.filter(pk__in=saved.values("article")).annotate(saved_at=at).defer_streamfields().order_by("-saved_at", "-pk").specific()


def newest_first(pages: PageQuerySet) -> PageQuerySet:
    """`pages` in the order of the library's list, each of its own class, with the words of its body deferred."""
    return pages.defer_streamfields().order_by("-first_published_at", "-pk").specific()
