"""Writes of how a member wants to be reached. Each is felt at once by what already waits to leave the site."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.centre.zones import zone_named
from community.kit import mail
from community.members.models import User

from ..expansion import due_for, reachable
from ..kinds import KINDS, Transport
from ..models import Delivery, Preferences, preferences_of
from . import hours

PAUSES = {"day": dt.timedelta(days=1), "week": dt.timedelta(days=7)}


def set_preferences(*, member: User, **chosen: Any) -> None:
    """Set any of `email`, `is_quiet`, `quiet_from`, `quiet_until`, `kinds_off` and `hides_words`."""
    _set(member.pk, **chosen)


def pause(*, member: User, until: str) -> None:
    """Let nothing leave the site for a "night", a "day", a "week", or until they come "back" on another day.

    A longer pause that holds already goes on.
    """
    now, chosen = timezone.now(), preferences_of(member)
    if until == Preferences.Pause.BACK:
        _set(member.pk, pause=Preferences.Pause.BACK, paused_until=None, paused_at=now)
        return
    end = now + PAUSES[until] if until in PAUSES else hours.next_morning(chosen, zone_named(member.time_zone), now)
    if end > hours.paused_until(chosen, now):
        _set(member.pk, pause=Preferences.Pause.UNTIL, paused_until=end, paused_at=now)


def resume(*, member: User) -> None:
    """End a pause."""
    _set(member.pk, pause=Preferences.Pause.NONE, paused_until=None, paused_at=None)


def come_back(member: User) -> None:
    """End a pause that lasts until they come back, where it began on another day than this one."""
    paused = Preferences.objects.filter(pk=member.pk, pause=Preferences.Pause.BACK).first()
    zone = zone_named(member.time_zone)
    if paused and paused.paused_at and paused.paused_at.astimezone(zone).date() != timezone.now().astimezone(zone).date():
        resume(member=member)


def unsubscribe(*, key: str) -> None:
    """End the e-mails of whom this key belongs to, if it is anybody's. Idempotent."""
    for member in Preferences.objects.filter(unsubscribe_key=key).values_list("pk", flat=True):
        _set(member, email=Preferences.Email.OFF)


def try_again(*, member: User) -> None:
    """Write again to an address that refused e-mails."""
    _set(member.pk, email_refusals=0)


def _set(member: UUID, **values: Any) -> None:
    with transaction.atomic():
        # Locked in the order in which notifications are made: two at once can't wait for each other.
        list(_waiting(member).select_for_update(of=("self",), no_key=True).order_by("pk"))
        Preferences.objects.update_or_create(pk=member, defaults=values)
        if values.get("email") == Preferences.Email.OFF:
            mail.withdraw("notification", about=member)
        _reschedule(member)


def _reschedule(member: UUID) -> None:
    """Work out anew when that leaves the site which waits. An alarm stays one."""
    now, alarms = timezone.now(), [key for key, kind in KINDS.items() if kind.is_alarm]
    for found in reachable().filter(pk=member):
        for transport in Transport:
            waiting = _waiting(member).filter(transport=transport)
            waiting.filter(notification__kind__in=alarms).update(due=due_for(found, transport, now, at_once=True))
            waiting.exclude(notification__kind__in=alarms).update(due=due_for(found, transport, now))


def _waiting(member: UUID) -> QuerySet[Delivery]:
    return Delivery.objects.filter(notification__member=member, state=Delivery.State.WAITING)
