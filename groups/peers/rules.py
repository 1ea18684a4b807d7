"""Who may do what in a peer group. Pure functions over rows that were already read.

Where the question is about joining, the group comes with `taken` (`with_seats_for`).
"""

from django.utils import timezone

from community.members.models import User
from community.members.roles import Right

from .models import JoinRequest, Membership, PeerGroup


def belongs(membership: Membership | None) -> bool:
    """Is a current member: reads and writes in the group, and sees its roster."""
    return membership is not None and membership.ended_at is None


def can_make(member: User) -> bool:
    """Makes groups and chooses who facilitates them."""
    return member.may(Right.MAKE_GROUPS)


def can_manage(member: User, membership: Membership | None) -> bool:
    """Edits the group and its join rules, answers join requests, invites and removes people: its facilitators, and who may make groups."""
    return (membership is not None and membership.leads) or can_make(member)


def can_let_in(member: User, membership: Membership | None, other: User) -> bool:
    """May accept or invite `other`; nobody can do that for themselves."""
    return can_manage(member, membership) and member.pk != other.pk


def _may_return(membership: Membership | None) -> bool:
    """Does not belong, and was not removed by somebody else."""
    return membership is None or (membership.ended_at is not None and not membership.was_removed)


def can_join(group: PeerGroup, membership: Membership | None, join_request: JoinRequest | None = None) -> bool:
    """May join now: was offered a seat, or the group is open and a seat is free."""
    if join_request is not None and join_request.is_open_offer:
        return not belongs(membership)
    return group.join_policy == PeerGroup.JoinPolicy.OPEN and _may_return(membership) and not group.is_full


def can_wait(group: PeerGroup, membership: Membership | None, join_request: JoinRequest | None) -> bool:
    """May go on the waiting list: the group is open, and full."""
    is_open = join_request is not None and join_request.is_open
    return group.join_policy == PeerGroup.JoinPolicy.OPEN and _may_return(membership) and not is_open and group.is_full


def can_ask(group: PeerGroup, membership: Membership | None, join_request: JoinRequest | None) -> bool:
    """May ask to join: not while another request is open, nor within limits.ASK_AGAIN_AFTER of a no."""
    if group.join_policy != PeerGroup.JoinPolicy.ASK or not _may_return(membership):
        return False
    if join_request is None:
        return True
    return not join_request.is_open and (join_request.ask_again_from is None or join_request.ask_again_from <= timezone.now())


def can_remove(member: User, mine: Membership | None, theirs: Membership) -> bool:
    """May end somebody else's membership; only who may make groups ends a facilitator's."""
    if theirs.member_id == member.pk or not belongs(theirs):
        return False
    return can_make(member) or (can_manage(member, mine) and not theirs.leads)


def can_step_down(membership: Membership | None) -> bool:
    """Is a facilitator, who may stop at any time."""
    return membership is not None and membership.leads


def has_agreed(group: PeerGroup, membership: Membership) -> bool:
    """Has accepted the current version of the agreement."""
    return membership.agreed_version == group.agreement_version
