"""Who may do what in a peer group. Each question costs one query at most."""

from typing import Any

from community.members.roles import Role

from .models import Membership, PeerGroup


def membership_of(member: Any, group: PeerGroup) -> Membership | None:
    """Return the member's current membership, or None."""
    return group.memberships.current().filter(member=member).first()


def facilitates(member: Any, group: PeerGroup) -> bool:
    """Looks after this group."""
    return group.memberships.current().filter(member=member, role=Membership.Role.FACILITATOR).exists()


def can_make(member: Any) -> bool:
    """May make groups and appoint facilitators."""
    return bool(member.has_role(Role.ADMIN))


def can_look_after(member: Any, group: PeerGroup) -> bool:
    """May change a group's words, add members and remove them: its facilitators, and an admin, who reads none of the talk."""
    return can_make(member) or facilitates(member, group)
