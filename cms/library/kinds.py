"""The kinds of entries that the library has: every page that is an `Entry`. Whoever lists, finds, shows or keeps entries walks them all."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from wagtail.models import Page, PageQuerySet, get_page_models


class Kind:
    """What marks the models of entries (`entries.Entry`)."""


def kinds() -> list[Any]:
    """The models of entries. Being one is all that it takes to be guarded; no other page can be written (tests/house)."""
    return [model for model in get_page_models() if issubclass(model, Kind)]


def any_of(conditions: Iterable[Q]) -> Q:
    """What one of `conditions` finds; nothing where there is none."""
    return reduce(or_, conditions, Q(pk__in=()))


def entries() -> PageQuerySet:
    """All entries, as pages."""
    return Page.objects.type(*kinds())


def open_to(asker: Any, **which: Any) -> PageQuerySet:
    """The entries that `asker` (a member, or Django's anonymous user) may read now, as pages; `which` asks more of them."""
    return Page.objects.filter(any_of(Q(pk__in=kind.objects.visible_to(asker).filter(**which).values("pk")) for kind in kinds()))


def newest_first(pages: PageQuerySet) -> PageQuerySet:
    """In the order of the library's list, each as what it is, without the words of its body."""
    return pages.defer_streamfields().order_by("-first_published_at", "-pk").specific()
