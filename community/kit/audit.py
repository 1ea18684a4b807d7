"""The audit trail: one line for each act that touches somebody else, or that may be done only so often."""

import datetime as dt
import math
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from .errors import Refusal, Refused
from .limits import Rate
from .models import AuditEntry


class Verb(StrEnum):
    """What is recorded, as "room.verb". Each room lists its own; docs/codes.md says what each means, and stored ones keep their names."""


class SiteVerb(Verb):
    """What is done to the site as a whole."""

    BACKUP = "community.backup"
    BACKUP_FAILED = "community.backup_failed"
    MOVE = "community.move"
    RESTORE = "community.restore"


def record(*, actor: Any, verb: Verb, target: object = "") -> None:
    """Note that `actor` (a User or None) did `verb` to `target` (an id), in the caller's transaction."""
    AuditEntry.objects.create(actor=actor, verb=verb, target=str(target))


def throttle(*, actor: Any, verbs: tuple[Verb, ...], rate: Rate, sentence: Any) -> None:
    """Raise Refused(Refusal.RATE_LIMITED) where `actor` has done any of `verbs` as often as `rate` allows.

    `sentence`, a lazy one, takes the `minutes` to wait, or the `moment` from which on it can be done. It holds over all processes: the
    actor's row is locked until the caller's commit, so that what is recorded in it counts for the next try.
    """
    get_user_model().objects.select_for_update(no_key=True).get(pk=actor.pk)
    if minutes := _minutes_to_wait(actor, verbs, rate):
        again = timezone.localtime(timezone.now() + dt.timedelta(minutes=minutes))
        told = {"minutes": minutes, "moment": formats.date_format(again, _("F j, Y, g:i A"))}
        raise Refused(Refusal.RATE_LIMITED, sentence % told, retry_after=minutes * 60)


def _minutes_to_wait(actor: Any, verbs: tuple[Verb, ...], rate: Rate) -> int:
    """Return after how many minutes the next one is allowed, 0 where it is already."""
    since = timezone.now() - rate.within
    done = AuditEntry.objects.filter(actor=actor, verb__in=verbs, at__gt=since).order_by("-at", "-id").values_list("at", flat=True)
    counted = list(done[rate.most - 1 : rate.most])
    return math.ceil((counted[0] - since).total_seconds() / 60) if counted else 0
