"""What is forgotten when. A room names in its `hooks.py` what it forgets after which of the centre's periods.

The job `community.centre.tasks.forget_old` does it in small lots, each in a transaction of its own: it may run twice and stop half-way.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from .models import centre
from .periods import KINDS

LOT = 500
Old = Callable[[dt.datetime], "models.QuerySet[Any]"]


@dataclass(frozen=True)
class Period:
    """What is forgotten so many days after something: `old(before)` finds it, `emptied` names the fields where the row itself stays."""

    field: str  # of Centre, a key of KINDS
    old: Old
    emptied: dict[str, Any] | None = None


PERIODS: list[Period] = []


def register(field: str, old: Old, *, emptied: dict[str, Any] | None = None) -> None:
    """Have what `old(before)` finds deleted, or its fields `emptied`, once the days that the centre's `field` holds have passed."""
    PERIODS.append(Period(field, old, emptied))


def overdue() -> dict[str, int]:
    """How many rows have passed each of the centre's periods."""
    return _each(lambda period, before: period.old(before).count())


def forget() -> dict[str, int]:
    """Forget what has passed its period; return how many rows that were, by period."""
    return _each(lambda period, before: sum(_lots(period, before)))


def _each(ask: Callable[[Period, dt.datetime], int]) -> dict[str, int]:
    kept, now = centre(seconds_old=0), timezone.now()
    rows = dict.fromkeys(KINDS, 0)
    for period in PERIODS:
        rows[period.field] += ask(period, now - dt.timedelta(days=getattr(kept, period.field)))
    return rows


def _lots(period: Period, before: dt.datetime) -> Iterator[int]:
    """One lot after another. Each is asked again while it is taken: a row may have come to life since it was found."""
    while found := list(period.old(before).values_list("pk", flat=True)[:LOT]):
        with transaction.atomic():
            lot = period.old(before).filter(pk__in=found)
            gone = lot.delete()[1].get(lot.model._meta.label, 0) if period.emptied is None else lot.update(**period.emptied)
        yield gone
