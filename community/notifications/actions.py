"""What other rooms and the pages do: store an event, and mark notifications as read."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from community.members.models import Invitation

from .kinds import KINDS, NotificationKind
from .models import Delivery, Notification, NotificationEvent, NotificationQuerySet, Preferences, PushSubscription, TextCode, TextNumber


def notify(kind: str, about: object, *, actor: Any = None) -> None:
    """Have everybody whom it concerns notified, once the caller's transaction is committed. `about` is an id, `kind` a registered one."""
    if KINDS[kind].recipients is None:
        raise LookupError(f"{kind} doesn't come from events.")
    NotificationEvent.objects.create(kind=kind, about=str(about), actor=actor)


def mark_read(member: Any, *kinds: str, about: object = None) -> None:
    """Mark notifications of these kinds as read, or the one that is about `about`. Idempotent."""
    rows = Notification.objects.unread().filter(member=member, kind__in=kinds)
    _read([member.pk], rows if about is None else rows.filter(about=str(about)))


def mark_each_read(member: Any, kinds: Collection[str], abouts: Iterable[object]) -> None:
    """Mark notifications of these kinds about any of these as read. Idempotent."""
    _read([member.pk], Notification.objects.unread().filter(member=member, kind__in=kinds, about__in=[str(about) for about in abouts]))


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


def mark_all_read(member: Any, *, until: dt.datetime | None = None) -> None:
    """Mark all notifications of a member as read, or those up to the time `until`."""
    rows = Notification.objects.unread().filter(member=member)
    _read([member.pk], rows.filter(at__lte=until) if until else rows)


def dismiss(member: Any, notification: UUID) -> bool:
    """Delete one notification of a member; return whether it was theirs."""
    with transaction.atomic():
        deleted, _rows = Notification.objects.filter(member=member, pk=notification).delete()
        if deleted:
            bump([member.pk])
    return bool(deleted)


def drop_waiting(member: Any, channel: UUID, kinds: Iterable[NotificationKind]) -> None:
    """Let nothing of these kinds that is of a channel leave the site any more. In the site it stays."""
    waiting = Delivery.objects.filter(notification__member=member, notification__within=channel, state=Delivery.State.WAITING)
    waiting.filter(notification__kind__in=[kind.key for kind in kinds]).update(state=Delivery.State.DROPPED)


def forget_about(about: object, *kinds: str) -> None:
    """Delete every notification of these kinds about something that is deleted or no longer so; of all kinds where its id is unique."""
    these = {"about": str(about), **({"kind__in": kinds} if kinds else {})}
    NotificationEvent.objects.filter(**these).delete()
    _forget(Notification.objects.filter(**these))


def forget_within(channel: UUID) -> None:
    """Delete every notification of a channel that is deleted."""
    _forget(Notification.objects.filter(within=channel))


def forget_member(member: Any) -> None:
    """Delete what a member whose account is closed was notified of, what others were notified of about them, and how they are reached."""
    forget_about(member.pk)
    Notification.objects.filter(member=member).delete()
    Invitation.objects.filter(number_hash__in=TextNumber.objects.filter(member=member).values("number_hash")).delete()
    for model in (PushSubscription, TextNumber, TextCode):
        model.objects.filter(member=member).delete()
    Preferences.objects.filter(pk=member.pk).delete()


def _forget(rows: NotificationQuerySet) -> None:
    with transaction.atomic():
        found = list(rows.select_for_update(no_key=True).order_by("member"))  # in the order in which they are made
        if found:
            Notification.objects.filter(pk__in=[row.pk for row in found]).delete()
            bump([row.member_id for row in found if row.read_at is None])


def _read(members: list[UUID], rows: NotificationQuerySet) -> None:
    if not rows.exists():  # most pages that are opened: without waiting for the one who writes
        return
    with transaction.atomic():
        if rows.update(read_at=timezone.now()):
            bump(members)


def bump(members: list[UUID]) -> None:
    """Count up the inboxes of these members, for their open pages."""
    # Locked in one order: two at once can't wait for each other.
    locked = Preferences.objects.filter(pk__in=members).select_for_update(no_key=True).order_by("pk")
    have = set(locked.values_list("pk", flat=True))
    missing = [Preferences(member_id=member) for member in sorted(members) if member not in have]
    if missing:
        Preferences.objects.bulk_create(missing, ignore_conflicts=True)
    Preferences.objects.filter(pk__in=members).update(inbox_version=F("inbox_version") + 1)
