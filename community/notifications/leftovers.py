"""What of notifications is deleted in the end: what was read, or is too old to matter, or leads to nothing any more."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

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


def forget_gone() -> None:
    """Delete what nobody has read and nobody can: it would be counted as unread, and lead to nothing."""
    unread = Notification.objects.unread().filter(at__lt=timezone.now() - GONE_AFTER).order_by("pk")
    batch = list(unread[:BATCH_SIZE])
    while batch:
        readable = kinds.shown((row.kind, (row.member_id, row.about)) for row in batch)
        gone = [row for row in batch if (row.kind, (row.member_id, row.about)) not in readable]
        with transaction.atomic():
            if unread.filter(pk__in=[row.pk for row in gone]).delete()[0]:
                bump([row.member_id for row in gone])
        batch = list(unread.filter(pk__gt=batch[-1].pk)[:BATCH_SIZE])
