"""What is deleted when. A room names in its `hooks.py` what it deletes after which of the center's periods.

The job `community.centre.tasks.forget_old` does it in small batches, each in a transaction of its own: it may run twice and stop half-way.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from .models import centre
from .periods import KINDS

log = logging.getLogger("mainstay.retention")

BATCH_SIZE = 500
Old = Callable[[dt.datetime], "models.QuerySet[Any]"]


@dataclass(frozen=True)
class Period:
    """What is deleted so many days after something: `old(before)` finds it, `emptied` names the fields where the row itself stays."""

    field: str  # of Centre, a key of KINDS
    old: Old
    emptied: dict[str, Any] | None = None


@dataclass(frozen=True)
class Deadline:
    """What is over at a time of its own: `due()` finds the rows, and `end` does with one what is to be done; None: they are deleted."""

    words: Any
    due: Callable[[], "models.QuerySet[Any]"]
    end: Callable[[Any], None] | None = None


PERIODS: list[Period] = []
DEADLINES: dict[str, Deadline] = {}


def register(field: str, old: Old, *, emptied: dict[str, Any] | None = None) -> None:
    """Have what `old(before)` finds deleted, or its fields `emptied`, once the days that the center's `field` holds have passed."""
    PERIODS.append(Period(field, old, emptied))


def register_deadline(key: str, words: Any, due: Callable[[], "models.QuerySet[Any]"], end: Callable[[Any], None] | None = None) -> None:
    """Have what `due()` finds ended, or deleted, whatever the center's settings say. `words` name it for who runs the site."""
    DEADLINES[key] = Deadline(words, due, end)


def overdue() -> dict[str, int]:
    """Return how many rows are older than each of the center's periods, or past each deadline."""
    return _each(lambda period, before: period.old(before).count()) | {key: each.due().count() for key, each in DEADLINES.items()}


def forget() -> dict[str, int]:
    """Delete what is older than its period, end what is past its deadline; return how many rows that were, by period. Idempotent.

    A period or a deadline that fails holds up no other. What failed is raised when all else is done.
    """
    errors: list[Exception] = []

    def go_on(do: Callable[[], int]) -> int:
        try:
            return do()
        except Exception as error:
            errors.append(error)
            return 0

    old = _each(lambda period, before: go_on(lambda: sum(_batches(partial(period.old, before), period.emptied))))
    past = {key: go_on(partial(_past, each)) for key, each in DEADLINES.items()}
    if errors:
        raise ExceptionGroup("Not all that is over could be deleted.", errors)
    return old | past


def _past(deadline: Deadline) -> int:
    if deadline.end is None:
        return sum(_batches(deadline.due))
    ended = 0
    for pk in list(deadline.due().values_list("pk", flat=True)):
        try:
            if each := deadline.due().filter(pk=pk).first():  # it may have been taken back since
                deadline.end(each)
                ended += 1
        except Exception:  # of one row: the others do not wait for it, and it comes round again
            log.exception("%s could not be ended.", deadline.due().model.__name__)
    return ended


def _each(ask: Callable[[Period, dt.datetime], int]) -> dict[str, int]:
    kept, now = centre(seconds_old=0), timezone.now()
    rows = dict.fromkeys(KINDS, 0)
    for period in PERIODS:
        rows[period.field] += ask(period, now - dt.timedelta(days=getattr(kept, period.field)))
    return rows


def _batches(old: Callable[[], "models.QuerySet[Any]"], emptied: dict[str, Any] | None = None) -> Iterator[int]:
    """Delete or empty one batch after another; yield how many rows each had. Each is queried again: a row may have changed since."""
    while found := list(old().values_list("pk", flat=True)[:BATCH_SIZE]):
        with transaction.atomic():
            batch = old().filter(pk__in=found)
            count = batch.delete()[1].get(batch.model._meta.label, 0) if emptied is None else batch.update(**emptied)
        yield count
