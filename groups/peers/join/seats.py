"""Who gets a place. All of it is asked and done with the group's row locked, so that no group is ever overfull."""

import datetime as dt
from typing import Any

from django.utils import timezone

from community.kit import audit, limits
from community.members.models import User

from ..models import JoinRequest, PeerGroup
from ..verbs import PeersVerb


def locked(group: PeerGroup) -> PeerGroup:
    """The group's row, read afresh and locked until the commit, so that what concerns it happens one after another."""
    return PeerGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


def counted(group: PeerGroup, member: User | None = None) -> PeerGroup:
    """The locked group with `taken`, as it is for `member`: read by a statement of its own, which sees what was done before the lock."""
    return PeerGroup.objects.with_places_for(member).get(pk=group.pk)


def offer_until(group: PeerGroup) -> dt.datetime | None:
    """Until when an offer that is made now stands: where places are not counted, it keeps none from anybody."""
    return None if group.capacity is None else timezone.now() + limits.OFFER_LIFETIME


def pass_on(group: PeerGroup) -> None:
    """Let the offers lapse that have stood too long, and offer what is free to the next on the waiting list. Idempotent."""
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
    """Give a join request its next state. The message to the facilitators is kept only while they have still to answer it."""
    join_request.state, join_request.until = state, until
    join_request.changed_at, join_request.seen_at = timezone.now(), None
    for name, value in fields.items():
        setattr(join_request, name, value)
    if state != JoinRequest.State.ASKED:
        join_request.message = ""
    join_request.save()
    return join_request


def begin(group: PeerGroup, member: User, state: JoinRequest.State, *, origin: JoinRequest.Origin, **fields: Any) -> JoinRequest:
    """Open the member's row for this group anew."""
    join_request = JoinRequest.objects.filter(group=group, member=member).first() or JoinRequest(group=group, member=member)
    join_request.origin, join_request.made_at = origin, timezone.now()
    return move(join_request, state, **({"answer": "", "by": None} | fields))
