"""Who gets a place. All of it is asked and done with the group's row locked, so that no group is ever overfull."""

import datetime as dt
from typing import Any

from django.utils import timezone

from community.kit import audit
from community.members.models import User

from .models import OFFER, Arrival, PeerGroup


def locked(group: PeerGroup) -> PeerGroup:
    """The group's row, read afresh and locked until the commit, so that what concerns it happens one after another."""
    return PeerGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


def counted(group: PeerGroup, member: Any = None) -> PeerGroup:
    """The locked group with `taken`, as it is for `member`: read by a statement of its own, which sees what was done before the lock."""
    return PeerGroup.objects.with_places_for(member).get(pk=group.pk)


def offer_until(group: PeerGroup) -> dt.datetime | None:
    """Until when an offer that is made now stands: where places are not counted, it keeps none from anybody."""
    return None if group.capacity is None else timezone.now() + OFFER


def pass_on(group: PeerGroup) -> None:
    """Let the offers lapse that have stood too long, and offer what is free to the next in line. Twice is once."""
    for arrival in group.arrivals.overdue():
        move(arrival, Arrival.State.LAPSED)
        audit.record(actor=None, verb="peers.lapse", target=arrival.member_id)
    line = group.arrivals.in_line()
    if group.capacity is not None and line.exists():
        line = line[: max(0, group.capacity - counted(group).taken)]
    for arrival in line:
        move(arrival, Arrival.State.OFFERED, until=offer_until(group))
        audit.record(actor=None, verb="peers.offer", target=arrival.member_id)


def move(arrival: Arrival, state: Arrival.State, *, until: dt.datetime | None = None, **fields: Any) -> Arrival:
    """Give an arrival its next state. The line to the facilitators is kept only while they have still to answer it."""
    arrival.state, arrival.until = state, until
    arrival.changed_at, arrival.seen_at = timezone.now(), None
    for name, value in fields.items():
        setattr(arrival, name, value)
    if state != Arrival.State.ASKED:
        arrival.line = ""
    arrival.save()
    return arrival


def begin(group: PeerGroup, member: User, state: Arrival.State, *, way: Arrival.Way, **fields: Any) -> Arrival:
    """Open the member's row for this group anew."""
    arrival = Arrival.objects.filter(group=group, member=member).first() or Arrival(group=group, member=member)
    arrival.way, arrival.made_at = way, timezone.now()
    return move(arrival, state, **({"answer": "", "by": None} | fields))
