"""Claims what is to leave the site, so that of several workers one sends it, and asks once more whether it still may.

A claim is a lease. Where its worker is killed before it has heard the answer to a push or a text message, nobody can know whether the
attempt left: it is counted as unknown, shown to admins and not made again.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from community.centre.zones import zone_named
from community.kit.ids import new_id
from community.members.models import User

from . import kinds
from .expansion import chosen_by, delay_of, reachable, transports_of
from .kinds import KINDS, NotificationKind, Transport
from .models import Delivery, Notification
from .preferences import hours

LEASE = dt.timedelta(seconds=45)  # longer than any attempt takes
MEMBERS_AT_ONCE = 50


@dataclass(frozen=True)
class Claim:
    """All that is due for one member by one transport: it leaves as one."""

    id: UUID
    member: User
    deliveries: list[Delivery]
    tries: int  # with this one

    @property
    def is_alarm(self) -> bool:
        """Holds something that can't wait for a digest."""
        return any(KINDS[row.notification.kind].is_alarm for row in self.deliveries)

    def close(self, state: Delivery.State) -> bool:
        """Say what became of it. A worker that wakes up after its lease changes nothing: it gets False, and may send nothing more."""
        is_closed = bool(_mine(self.id, self.deliveries).update(state=state, claim=None))
        if is_closed and state == Delivery.State.FAILED:  # the next time that there is something new, it is tried again
            Notification.objects.filter(pk__in=[row.notification_id for row in self.deliveries]).update(told_at=None)
        return is_closed

    def put_off(self, until: dt.datetime) -> None:
        """Give it back until then."""
        _give_back(self.id, self.deliveries, until)

    def give_back(self, until: dt.datetime) -> None:
        """The same, where it wasn't tried."""
        _give_back(self.id, self.deliveries, until, tries=F("tries") - 1)


def claim(transport: Transport) -> list[Claim]:
    """Claim what is due by `transport` for up to MEMBERS_AT_ONCE members; return what may leave now. The rest is dropped or put off."""
    now = timezone.now()
    if not Delivery.objects.filter(transport=transport, due__lte=now, state__in=("waiting", "leaving")).exists():
        return []
    _give_up_dropped(transport, now)
    identity = new_id()
    with transaction.atomic():
        rows = _due(transport, now)
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=Delivery.State.LEAVING, claim=identity, due=now + LEASE, tries=F("tries") + 1
        )
    try:
        return _still_allowed(identity, transport, rows, now)
    except Exception:  # nothing has left yet, so it is certain what became of them; others are tried first
        _give_back(identity, rows, now + LEASE, tries=F("tries") - 1)
        raise


def _mine(claim: UUID, deliveries: list[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=[row.pk for row in deliveries], claim=claim, state=Delivery.State.LEAVING)


def _give_back(claim: UUID, deliveries: list[Delivery], until: dt.datetime, **values: Any) -> None:
    _mine(claim, deliveries).update(state=Delivery.State.WAITING, due=until, claim=None, **values)


def _give_up_dropped(transport: Transport, now: dt.datetime) -> None:
    """Say what became of the claims of a worker that was killed. An e-mail is queued in the transaction that closes its claim."""
    certain = transport == Transport.EMAIL
    dropped = Delivery.objects.filter(transport=transport, state=Delivery.State.LEAVING, due__lte=now)
    dropped.update(state=Delivery.State.WAITING if certain else Delivery.State.UNKNOWN, claim=None)


def _due(transport: Transport, now: dt.datetime) -> list[Delivery]:
    """The due deliveries of the members who have waited longest, locked.

    What is due soon goes along: whoever is mentioned each second is told once in each delay, and not each second.
    """
    waiting = Delivery.objects.filter(transport=transport, state=Delivery.State.WAITING)
    longest = waiting.filter(due__lte=now).values("notification__member").annotate(since=Min("due")).order_by("since")
    members = [row["notification__member"] for row in longest[:MEMBERS_AT_ONCE]]
    mine = waiting.filter(due__lte=now + delay_of(transport), notification__member__in=members).select_related("notification")
    return list(mine.order_by("pk").select_for_update(of=("self",), skip_locked=True, no_key=True))


def _still_allowed(identity: UUID, transport: Transport, rows: list[Delivery], now: dt.datetime) -> list[Claim]:
    """Ask again, after the claim, who may be told what: a right, a pause or quiet hours may have changed since it was queued."""
    people = {person.pk: person for person in reachable().filter(pk__in={row.notification.member_id for row in rows})}
    readable = kinds.shown((row.notification.kind, (row.notification.member_id, row.notification.about)) for row in rows)
    mine: dict[UUID, list[Delivery]] = defaultdict(list)
    dropped = []
    for row in rows:
        notification = row.notification
        member, kind = people.get(notification.member_id), KINDS.get(notification.kind)
        is_shown = (notification.kind, (notification.member_id, notification.about)) in readable
        if member and kind and is_shown and _is_wanted(notification, kind, member, transport):
            mine[member.pk].append(row)
        else:
            dropped.append(row)
    _mine(identity, dropped).update(state=Delivery.State.DROPPED, claim=None)
    claims = [Claim(identity, people[pk], found, max(row.tries for row in found) + 1) for pk, found in mine.items()]
    return [each for each in claims if _may_leave(each, now)]


def _is_wanted(notification: Notification, kind: NotificationKind, member: User, transport: Transport) -> bool:
    """Whether it is still to leave. Whoever sets off an alarm could also have read it, or turned it off."""
    return kind.is_alarm or (notification.read_at is None and transport in transports_of(kind, member))


def _may_leave(claim: Claim, now: dt.datetime) -> bool:
    """Whether this member may be reached now; else it is put off until they may."""
    allowed = hours.next_allowed(chosen_by(claim.member), zone_named(claim.member.time_zone), now)
    if allowed > now:
        claim.give_back(allowed)
    return allowed <= now
