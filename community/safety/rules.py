"""Who may look at reports, and whom a member does not want to read."""

from typing import Any
from uuid import UUID

from community.members.roles import Role

from .models import Block, Report


def can_decide(member: Any, report: Report) -> bool:
    """A moderator, but never on what they wrote themselves."""
    return bool(member.has_role(Role.MODERATOR)) and report.author_id != member.pk


def blocked_ids(member: Any) -> set[UUID]:
    """Return the ids of those whom `member` has blocked."""
    return set(Block.objects.filter(blocker=member).values_list("blocked", flat=True))
