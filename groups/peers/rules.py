"""Who may do what in a peer group. Each question is pure: it is asked of rows already read.

A group whose places are counted comes with `taken` (with_places_for) where the question is about coming in.
"""

from django.utils import timezone

from community.members.models import User
from community.members.roles import Right

from .models import JoinRequest, Membership, PeerGroup


def belongs(membership: Membership | None) -> bool:
    """Is in the group now: reads and writes in it, and sees its roster."""
    return membership is not None and membership.ended_at is None


def can_make(member: User) -> bool:
    """Makes groups and chooses who facilitates them."""
    return member.may(Right.MAKE_GROUPS)


def can_manage(member: User, membership: Membership | None) -> bool:
    """Edits the group and who may join it, answers who asks, invites people and removes them: its facilitators, and admins."""
    return (membership is not None and membership.leads) or can_make(member)


def can_let_in(member: User, membership: Membership | None, other: User) -> bool:
    """Answers and invites `other`; nobody lets themself in."""
    return can_manage(member, membership) and member.pk != other.pk


def _is_free_to_come(membership: Membership | None) -> bool:
    """Does not belong, and nobody has shown them out."""
    return membership is None or (membership.ended_at is not None and not membership.was_removed)


def can_join(group: PeerGroup, membership: Membership | None, join_request: JoinRequest | None = None) -> bool:
    """May come in now: a place was offered to them, or the group is open and a place is free."""
    if join_request is not None and join_request.stands:
        return not belongs(membership)
    return group.join_policy == PeerGroup.JoinPolicy.OPEN and _is_free_to_come(membership) and not group.is_full


def can_wait(group: PeerGroup, membership: Membership | None, join_request: JoinRequest | None) -> bool:
    """May wait for a place: the group is open, and full."""
    is_open = join_request is not None and join_request.is_open
    return group.join_policy == PeerGroup.JoinPolicy.OPEN and _is_free_to_come(membership) and not is_open and group.is_full


def can_ask(group: PeerGroup, membership: Membership | None, join_request: JoinRequest | None) -> bool:
    """May ask to join: not while another question stands, nor soon after a no."""
    if group.join_policy != PeerGroup.JoinPolicy.ASK or not _is_free_to_come(membership):
        return False
    if join_request is None:
        return True
    return not join_request.is_open and (join_request.ask_again_from is None or join_request.ask_again_from <= timezone.now())


def can_remove(member: User, mine: Membership | None, theirs: Membership) -> bool:
    """May end somebody else's membership; a facilitator's only as an admin."""
    if theirs.member_id == member.pk or not belongs(theirs):
        return False
    return can_make(member) or (can_manage(member, mine) and not theirs.leads)


def can_step_down(membership: Membership | None) -> bool:
    """Facilitates the group, and may stop doing so at any time."""
    return membership is not None and membership.leads


def has_agreed(group: PeerGroup, membership: Membership) -> bool:
    """Has accepted the agreement as it is now."""
    return membership.agreed_version == group.agreement_version
