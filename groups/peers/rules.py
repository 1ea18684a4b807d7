"""Who may do what in a peer group. Each question is pure: it is asked of rows already read."""

from community.members.models import User
from community.members.roles import Right

from .models import Membership, PeerGroup


def belongs(membership: Membership | None) -> bool:
    """Is in the group now: reads and writes in it, and sees its roster."""
    return membership is not None and membership.ended_at is None


def can_make(member: User) -> bool:
    """Makes groups and chooses who facilitates them."""
    return member.may(Right.MAKE_GROUPS)


def can_manage(member: User, membership: Membership | None) -> bool:
    """Edits the group, adds people and removes them: its facilitators, and admins."""
    return (membership is not None and membership.leads) or can_make(member)


def can_join(group: PeerGroup, membership: Membership | None) -> bool:
    """May join by themselves: the door is open, and nobody has shown them out of it."""
    if membership is None:
        return group.door == PeerGroup.Door.OPEN
    return group.door == PeerGroup.Door.OPEN and membership.ended_at is not None and not membership.was_removed


def can_remove(member: User, mine: Membership | None, theirs: Membership) -> bool:
    """May end somebody else's membership; a facilitator's only as an admin."""
    if theirs.member_id == member.pk or not belongs(theirs):
        return False
    return can_make(member) or (can_manage(member, mine) and not theirs.leads)


def has_agreed(group: PeerGroup, membership: Membership) -> bool:
    """Has accepted the agreement as it is now."""
    return membership.agreed_version == group.agreement_version
