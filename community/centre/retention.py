"""What is deleted when. A room names in its `hooks.py` what it deletes after which of the center's periods.

The job `community.centre.tasks.forget_old` does it in small batches, each in a transaction of its own: it may run twice and stop half-way.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from .models import centre
from .periods import KINDS

BATCH_SIZE = 500
Old = Callable[[dt.datetime], "models.QuerySet[Any]"]


@dataclass(frozen=True)
class Period:
    """What is deleted so many days after something: `old(before)` finds it, `emptied` names the fields where the row itself stays."""

    field: str  # of Centre, a key of KINDS
    old: Old
    emptied: dict[str, Any] | None = None


PERIODS: list[Period] = []


def register(field: str, old: Old, *, emptied: dict[str, Any] | None = None) -> None:
    """Have what `old(before)` finds deleted, or its fields `emptied`, once the days that the center's `field` holds have passed."""
    PERIODS.append(Period(field, old, emptied))


def overdue() -> dict[str, int]:
    """Return how many rows are older than each of the center's periods."""
    return _each(lambda period, before: period.old(before).count())


def forget() -> dict[str, int]:
    """Delete what is older than its period; return how many rows that were, by period. Idempotent."""
    return _each(lambda period, before: sum(_batches(period, before)))


def _each(ask: Callable[[Period, dt.datetime], int]) -> dict[str, int]:
    kept, now = centre(seconds_old=0), timezone.now()
    rows = dict.fromkeys(KINDS, 0)
    for period in PERIODS:
        rows[period.field] += ask(period, now - dt.timedelta(days=getattr(kept, period.field)))
    return rows


def _batches(period: Period, before: dt.datetime) -> Iterator[int]:
    """Delete or empty one batch after another; yield how many rows each had. Each is queried again: a row may have changed since."""
    while found := list(period.old(before).values_list("pk", flat=True)[:BATCH_SIZE]):
        with transaction.atomic():
            batch = period.old(before).filter(pk__in=found)
            count = batch.delete()[1].get(batch.model._meta.label, 0) if period.emptied is None else batch.update(**period.emptied)
        yield count
