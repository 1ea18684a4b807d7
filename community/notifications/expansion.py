"""Turns events into notifications: one row for each person, and one for each way it leaves the site by.

It runs in the background, after the commit of what happened, in chunks that are a transaction each: nobody who writes waits for it.
A chunk that ran before finds its rows and changes nothing, so a worker that is killed loses nothing and doubles nothing.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from community.centre.zones import zone_named
from community.kit import limits
from community.kit.worker import take_all
from community.members.models import User

from . import actions
from .kinds import KINDS, NotificationKind, Transport
from .models import Delivery, Notification, NotificationEvent, Preferences, PushSubscription, TextNumber
from .preferences import hours

CHUNK = 100  # members in one transaction: SQLite has one writer, and others wait for it
PAUSE_SECONDS = 0.005  # before each, in which they get their turn
EVENTS_AT_ONCE = 50
TOLD_AGAIN = dt.timedelta(days=1)  # after which something new in what is still unread leaves the site once more

SOURCES: list[Callable[[], None]] = []  # of rooms whose rows are events themselves, such as messages


@dataclass(frozen=True)
class Renewal:
    """What notifications of one kind are to say: that there is something at `position`, since `at`.

    `source` finds the row that it follows from, which is deleted where the thing is forgotten. Each chunk locks it: whoever forgets the
    thing waits for the chunk and finds its rows, or the chunk finds that there is nothing to tell.
    """

    kind: NotificationKind
    about: str
    position: int
    at: dt.datetime
    source: QuerySet[Any]
    within: UUID | None = None


def run() -> None:
    """Expand what is waiting: a bounded number of events, then whatever the sources have."""
    events = NotificationEvent.objects.filter(kind__in=KINDS)  # the others are of a newer release, whose worker knows them
    take_all([*(partial(expand, event) for event in events[:EVENTS_AT_ONCE]), *SOURCES])


def expand(event: NotificationEvent) -> None:
    """Make the notifications of an event. Idempotent."""
    kind, itself = KINDS[event.kind], NotificationEvent.objects.filter(pk=event.pk)
    recipients = kind.recipients(event.about, event.actor_id) if kind.recipients else ()
    renewal = Renewal(kind, event.about, int(event.at.timestamp() * 1_000_000), event.at, itself)
    notify_members(renewal, (member for member in recipients if member != event.actor_id))
    event.delete()


def notify_members(renewal: Renewal, members: Iterable[UUID]) -> None:
    """Notify `members` of one thing, a chunk at a time and always in the same order."""
    for chunk in _chunks(sorted(set(members))):
        time.sleep(PAUSE_SECONDS)
        try:
            with transaction.atomic():
                _put(renewal, chunk)
        except IntegrityError:  # another worker made some of them just now, which this one sees the second time
            with transaction.atomic():
                _put(renewal, chunk)


def _chunks(members: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(members), CHUNK):
        yield members[start : start + CHUNK]


def _put(renewal: Renewal, members: list[UUID]) -> None:
    """Make or renew the notifications of these members, and what is to leave the site for them."""
    if renewal.source.select_for_update(no_key=True).first() is None:
        return
    mine = Notification.objects.filter(kind=renewal.kind.key, about=renewal.about, member__in=members)
    found = {row.member_id: row for row in mine.select_for_update(no_key=True).order_by("member")}
    # Most have an unread one of which they were told lately. It only moves: nothing of who they are is read for that.
    lately = timezone.now() - TOLD_AGAIN
    behind = {member: row for member, row in found.items() if row.position < renewal.position}
    untold = {member for member, row in behind.items() if row.read_at or row.told_at is None or row.told_at < lately}
    asked = [member for member in members if member in untold or member not in found]
    people = {person.pk: person for person in reachable().filter(pk__in=asked)}
    older = [row for member, row in behind.items() if row.read_at is None or member in people]
    new = [
        Notification(
            member_id=pk,
            kind=renewal.kind.key,
            about=renewal.about,
            within=renewal.within,
            position=renewal.position,
            at=renewal.at,
            told_at=timezone.now(),
        )
        for pk in sorted(people.keys() - found.keys())
    ]
    if not new and not older:
        return
    Notification.objects.bulk_create(new)
    Notification.objects.filter(pk__in=[row.pk for row in older]).update(
        position=renewal.position, at=renewal.at, read_at=None, is_gone=False
    )
    again = [row for row in older if row.member_id in untold & people.keys()]
    _send(renewal.kind, people, new, again)
    actions.bump([row.member_id for row in [*new, *older]])


def _send(kind: NotificationKind, people: dict[UUID, User], new: list[Notification], again: list[Notification]) -> None:
    """Queue what leaves the site."""
    now = timezone.now()
    Notification.objects.filter(pk__in=[row.pk for row in again]).update(told_at=now)
    waiting = [
        Delivery(notification=row, transport=transport, due=due_for(people[row.member_id], transport, now, at_once=kind.is_alarm))
        for row in [*new, *again]
        for transport in transports_of(kind, people[row.member_id])
    ]
    Delivery.objects.filter(notification__in=again).delete()
    Delivery.objects.bulk_create(waiting)


def reachable() -> QuerySet[User]:
    """Members who may use the site now, with their preferences, and whether they have a browser (`has_push`) or a number (`has_text`)."""
    has_push = Exists(PushSubscription.objects.filter(member=OuterRef("pk")))
    has_text = Exists(TextNumber.objects.filter(member=OuterRef("pk"), agreed_at__isnull=False))
    return User.objects.active().select_related("notification_preferences").annotate(has_push=has_push, has_text=has_text)


def chosen_by(member: User) -> Preferences:
    """Return the preferences of a member from `reachable`."""
    return getattr(member, "notification_preferences", None) or Preferences(member=member)


def transports_of(kind: NotificationKind, member: User) -> list[Transport]:
    """Return the ways by which a kind leaves the site for a member from `reachable`."""
    chosen = chosen_by(member)
    open_ways = {
        Transport.EMAIL: bool(member.email) and chosen.email != Preferences.Email.OFF and not chosen.is_refused,
        Transport.PUSH: bool(member.has_push),  # type: ignore[attr-defined]  # annotated by `reachable`
        Transport.TEXT: bool(member.has_text and settings.SMS_URL),  # type: ignore[attr-defined]
    }
    return [] if kind.key in chosen.kinds_off else sorted(way for way in kind.leaves_by if open_ways[way])


def due_for(member: User, transport: str, now: dt.datetime, *, at_once: bool = False) -> dt.datetime:
    """Return when something that happens now leaves the site for a member, at the earliest; `at_once` for what can't wait for a digest."""
    chosen, zone = chosen_by(member), zone_named(member.time_zone)
    if at_once:
        return hours.next_allowed(chosen, zone, now)
    if transport == Transport.EMAIL and chosen.email != Preferences.Email.EACH:
        return hours.next_digest(chosen, zone, now)
    return hours.next_allowed(chosen, zone, now + delay_of(transport))


def delay_of(transport: str) -> dt.timedelta:
    """Return how long something waits at least: who has read it by then isn't disturbed, and nobody is more often."""
    return {Transport.EMAIL: limits.EMAIL_DELAY, Transport.PUSH: limits.PUSH_DELAY, Transport.TEXT: limits.TEXT_DELAY}[Transport(transport)]
