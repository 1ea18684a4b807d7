"""Who gets a seat. All of this runs with the group's row locked, so that a group never exceeds its capacity."""

import datetime as dt
from typing import Any

from django.utils import timezone

from community.kit import audit, limits
from community.members.models import User

from .. import notifying
from ..models import JoinRequest, PeerGroup
from ..verbs import PeersVerb


def locked(group: PeerGroup) -> PeerGroup:
    """Return the group, read again with its row locked until the commit."""
    return PeerGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


def counted(group: PeerGroup, member: User | None = None) -> PeerGroup:
    """Return the locked group with `taken` for `member`. A second statement, because it has to see what was committed before the lock."""
    return PeerGroup.objects.with_seats_for(member).get(pk=group.pk)


def offer_until(group: PeerGroup) -> dt.datetime | None:
    """Return when an offer made now runs out; None where the group has no capacity, since it holds no seat."""
    return None if group.capacity is None else timezone.now() + limits.OFFER_LIFETIME


def offer_free_seats(group: PeerGroup) -> None:
    """Let overdue offers lapse, and offer each free seat to the next on the waiting list. Idempotent."""
    for join_request in group.join_requests.overdue():
        move(join_request, JoinRequest.State.LAPSED)
        audit.record(actor=None, verb=PeersVerb.LAPSE, target=join_request.member_id)
    waiting = group.join_requests.waiting()
    if group.capacity is not None and waiting.exists():
        waiting = waiting[: max(0, group.capacity - counted(group).taken)]
    for join_request in waiting:
        move(join_request, JoinRequest.State.OFFERED, until=offer_until(group))
        audit.record(actor=None, verb=PeersVerb.OFFER, target=join_request.member_id)


def move(join_request: JoinRequest, state: JoinRequest.State, *, until: dt.datetime | None = None, **fields: Any) -> JoinRequest:
    """Set a join request's state and `fields`, save it, and notify whom it concerns.

    The message to the facilitators is deleted once they need not answer it.
    """
    join_request.state, join_request.until = state, until
    join_request.changed_at, join_request.seen_at = timezone.now(), None
    for name, value in fields.items():
        setattr(join_request, name, value)
    if state != JoinRequest.State.ASKED:
        join_request.message = ""
    join_request.save()
    notifying.tell_of(join_request)
    return join_request


def begin(group: PeerGroup, member: User, state: JoinRequest.State, *, origin: JoinRequest.Origin, **fields: Any) -> JoinRequest:
    """Begin a join request, in the row that the member has for this group already, if any."""
    join_request = JoinRequest.objects.filter(group=group, member=member).first() or JoinRequest(group=group, member=member)
    join_request.origin, join_request.made_at = origin, timezone.now()
    return move(join_request, state, **({"answer": "", "by": None} | fields))
