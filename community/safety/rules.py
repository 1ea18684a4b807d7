"""Who may report, block and decide, and whose words a member does not want to see."""

from uuid import UUID

from community.members.models import User
from community.members.roles import Right

from .meeting import have_met
from .models import Block, Report
from .reportable import Snapshot


def can_report(member: User, thing: Snapshot) -> bool:
    """May report what they see, unless they wrote it."""
    return thing.author != member


def can_block(member: User, other: User) -> bool:
    """May block whom they have met, or whose words they reported."""
    if other == member or not other.is_active:
        return False
    return have_met(member, other) or Report.objects.filter(reporter=member, author=other).exists()


def can_moderate(member: User) -> bool:
    """Reads the desk."""
    return member.may(Right.MODERATE)


def can_decide(member: User, report: Report) -> bool:
    """Decides on a report, but never on one about themself."""
    return can_moderate(member) and report.author_id != member.pk


def blocked_ids(member: User) -> set[UUID]:
    """The ids of those whom `member` has blocked."""
    return set(Block.objects.filter(blocker=member).values_list("blocked_id", flat=True))
