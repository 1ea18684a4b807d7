"""The audit trail: one line for each act that touches somebody else, or that may be done only so often."""

import datetime as dt
import math
from typing import Any

from django.utils import timezone

from .models import AuditEntry


def record(*, actor: Any, verb: str, target: object = "") -> None:
    """Note that `actor` (a User or None) did `verb` ("room.verb") to `target` (an id), in the caller's transaction."""
    AuditEntry.objects.create(actor=actor, verb=verb, target=str(target))


def minutes_to_wait(*, actor: Any, verbs: tuple[str, ...], most: int, within: dt.timedelta) -> int:
    """Return 0 while `actor` did any of `verbs` fewer than `most` times in the last `within`, else the minutes until one is free again.

    It holds over all processes. For an exact count the caller has locked the actor's row.
    """
    since = timezone.now() - within
    done = AuditEntry.objects.filter(actor=actor, verb__in=verbs, at__gt=since).order_by("-at", "-id").values_list("at", flat=True)
    counted = list(done[most - 1 : most])
    return math.ceil((counted[0] - since).total_seconds() / 60) if counted else 0
