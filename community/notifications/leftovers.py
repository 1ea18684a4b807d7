"""What of notifications is no longer counted, and deleted in the end: what was read, or is too old to matter, or leads to nothing."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from community.members.models import User

from . import kinds
from .actions import bump
from .models import Notification, NotificationEvent

BATCH_SIZE = 500
GONE_AFTER = dt.timedelta(days=1)  # by then, whoever took something back by mistake has restored it


def old(before: dt.datetime) -> QuerySet[Notification]:
    """Return what was read before that time, or came twice as long ago."""
    return Notification.objects.filter(Q(read_at__lt=before) | Q(at__lt=before - (timezone.now() - before)))


def old_events(before: dt.datetime) -> QuerySet[NotificationEvent]:
    """Return events that no worker could turn into notifications in all that time."""
    return NotificationEvent.objects.filter(at__lt=before)


def recount(member: User) -> None:
    """Count nothing as unread that its member could no longer read, and again what is back. Nobody who takes it away waits for that."""
    unread = Notification.objects.unread().filter(member=member)
    rows = list(unread)
    gone = {row.pk for row in _gone(rows)}
    now_gone = [row.pk for row in rows if row.pk in gone and not row.is_gone]
    back = [row.pk for row in rows if row.pk not in gone and row.is_gone]
    if now_gone or back:
        with transaction.atomic():
            unread.filter(pk__in=now_gone).update(is_gone=True)
            unread.filter(pk__in=back).update(is_gone=False)
            bump([member.pk])


def _gone(rows: list[Notification]) -> list[Notification]:
    readable = kinds.shown((row.kind, (row.member_id, row.about)) for row in rows)
    return [row for row in rows if (row.kind, (row.member_id, row.about)) not in readable]


def forget_gone() -> None:
    """Delete what nobody has read and nobody can: it leads to nothing, and would be counted until its member looks."""
    unread = Notification.objects.unread().filter(at__lt=timezone.now() - GONE_AFTER).order_by("pk")
    batch = list(unread[:BATCH_SIZE])
    while batch:
        gone = _gone(batch)
        with transaction.atomic():
            if unread.filter(pk__in=[row.pk for row in gone]).delete()[0]:
                bump([row.member_id for row in gone])
        batch = list(unread.filter(pk__gt=batch[-1].pk)[:BATCH_SIZE])
