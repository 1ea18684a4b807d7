"""What lists ask of the reviews of many entries: which words a review would have to be of, and when an entry is due for another.

That is on the day that its page says, or else so many months after the last review.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Field,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)  # fmt: skip
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from community.centre.models import centre

from .kinds import kinds
from .reviews import Review

DAYS_A_YEAR = 365.25


def today() -> dt.date:
    """The center's day."""
    return timezone.localdate(timezone=_zone())


def with_review_due(entries: QuerySet[Any]) -> QuerySet[Any]:
    """`entries` with `reviewed_at`, the last review of any of their words, and `due_on`, the day when a live one is due for another.

    A day that its page says holds until somebody reviews the article on it or later. What nobody has reviewed counts from when it was
    last published.
    """
    last = Review.objects.filter(article=OuterRef("pk")).order_by("-at").values("at")[:1]
    dated = entries.annotate(reviewed_at=Subquery(last)).annotate(reviewed_on=TruncDate("reviewed_at", tzinfo=_zone()))
    day_holds = Q(review_due__isnull=False) & (Q(reviewed_on=None) | Q(reviewed_on__lt=F("review_due")))
    nothing = Value(None, DateField())
    return dated.annotate(due_on=Case(When(live=False, then=nothing), When(day_holds, then="review_due"), default=_usual() or nothing))


def _usual() -> TruncDate | None:
    """The day that the center's months make of the last review; None where it set none."""
    if not (months := centre().review_months):
        return None
    after = dt.timedelta(days=round(months * DAYS_A_YEAR / 12))
    from_then = Coalesce("reviewed_at", "last_published_at")
    return TruncDate(ExpressionWrapper(from_then + Value(after), output_field=DateTimeField()), tzinfo=_zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(centre().time_zone)


def of_kind(column: str, rows: Callable[[Any], QuerySet[Any]], output: Field[Any, Any]) -> Coalesce:
    """For a query of pages: `column` of `rows(kind)`, for whichever kind of entry each page is."""
    each = [Subquery(rows(kind).filter(pk=OuterRef("pk")).values(column)[:1]) for kind in kinds()]
    return Coalesce(*each, Value(None, output), output_field=output)


def with_newest_fingerprint(pages: QuerySet[Any]) -> QuerySet[Any]:
    """`pages`, of any kind of entry, each with `newest`, the fingerprint of its newest words.

    A version saved by an older release has none, and counts as not reviewed.
    """
    in_row = of_kind("edition", lambda kind: kind.objects.order_by(), CharField())
    in_version = KeyTextTransform("edition", "latest_revision__content")
    return pages.annotate(newest=Case(When(latest_revision=None, then=in_row), default=in_version, output_field=CharField()))


def due_pages(pages: QuerySet[Any]) -> QuerySet[Any]:
    """`pages`, of any kind of entry, with the `due_on` of each."""
    return pages.annotate(due_on=of_kind("due_on", lambda kind: with_review_due(kind.objects.order_by()), DateField()))
