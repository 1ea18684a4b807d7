"""What other rooms and the pages do: store an event, and mark notifications as read."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .kinds import KINDS
from .models import Notification, NotificationEvent, NotificationQuerySet, Preferences


def notify(kind: str, about: object, *, actor: Any = None) -> None:
    """Have everybody whom it concerns notified, once the caller's transaction is committed. `about` is an id, `kind` a registered one."""
    if KINDS[kind].recipients is None:
        raise LookupError(f"{kind} doesn't come from events.")
    NotificationEvent.objects.create(kind=kind, about=str(about), actor=actor)


def mark_read(member: Any, *kinds: str, about: object = None) -> None:
    """Mark notifications of these kinds as read, or the one that is about `about`. Idempotent."""
    rows = Notification.objects.unread().filter(member=member, kind__in=kinds)
    _read([member.pk], rows if about is None else rows.filter(about=str(about)))


def mark_read_within(member: Any, channel: UUID, upto: int) -> None:
    """Mark as read what a member was notified of in a channel, up to a seq."""
    _read([member.pk], Notification.objects.unread().filter(member=member, within=channel, position__lte=upto))


def mark_read_of(rows: list[Notification]) -> None:
    """Mark these notifications, of any members, as read."""
    _read([row.member_id for row in rows], Notification.objects.unread().filter(pk__in=[row.pk for row in rows]))


def mark_one_read(member: Any, notification: UUID) -> Notification | None:
    """Mark one notification as read, and return it; None where it isn't this member's."""
    found = Notification.objects.filter(member=member, pk=notification).first()
    if found and found.read_at is None:
        _read([member.pk], Notification.objects.unread().filter(pk=found.pk))
    return found


def mark_all_read(member: Any) -> None:
    """Mark all notifications of a member as read."""
    _read([member.pk], Notification.objects.unread().filter(member=member))


def dismiss(member: Any, notification: UUID) -> bool:
    """Delete one notification of a member; return whether it was theirs."""
    with transaction.atomic():
        deleted, _rows = Notification.objects.filter(member=member, pk=notification).delete()
        if deleted:
            bump([member.pk])
    return bool(deleted)


def forget_about(about: object) -> None:
    """Delete every notification about something that is deleted, and what was still to be made of it."""
    mine = Notification.objects.filter(about=str(about))
    with transaction.atomic():
        unread = list(mine.unread().values_list("member", flat=True))
        mine.delete()
        NotificationEvent.objects.filter(about=str(about)).delete()
        bump(unread)


def _read(members: list[UUID], rows: NotificationQuerySet) -> None:
    with transaction.atomic():
        if rows.update(read_at=timezone.now()):
            bump(members)


def bump(members: list[UUID]) -> None:
    """Count up the inboxes of these members, for their open pages."""
    locked = (
        Preferences.objects.filter(pk__in=members).select_for_update(no_key=True).order_by("pk")
    )  # two at once can't wait for each other
    have = set(locked.values_list("pk", flat=True))
    missing = [Preferences(member_id=member) for member in sorted(members) if member not in have]
    if missing:
        Preferences.objects.bulk_create(missing, ignore_conflicts=True)
    Preferences.objects.filter(pk__in=members).update(inbox_version=F("inbox_version") + 1)
