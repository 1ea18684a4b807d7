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


def can_decide(member: User, report: Report) -> bool:
    """Reads a report and decides on it: a moderator, and on one about a moderator an admin too; nobody on one about themself."""
    if report.author_id == member.pk:
        return False
    about_a_moderator = report.author is not None and report.author.may(Right.MODERATE)
    return member.may(Right.MODERATE) or (about_a_moderator and member.may(Right.MODERATE_MODERATORS))


def has_desk(member: User) -> bool:
    """Opens the desk: each moderator, and an admin for whom there is something on it."""
    return member.may(Right.MODERATE) or Report.objects.on_desk_of(member).exists()


def looked_at_by(report: Report) -> Right | None:
    """The right by which somebody can decide on `report` today; None where nobody can."""
    for right in (Right.MODERATE, Right.MODERATE_MODERATORS):
        if any(can_decide(person, report) for person in User.objects.who_may(right).prefetch_related("groups")):
            return right
    return None


def blocked_ids(member: User) -> set[UUID]:
    """The ids of those whom `member` has blocked."""
    return set(Block.objects.filter(blocker=member).values_list("blocked_id", flat=True))
