"""Who may report, block and decide, and whom a member has blocked."""

from uuid import UUID

from community.members.models import User
from community.members.roles import Right
from community.members.rules import may_moderate

from .contacts import shared_spaces
from .models import Block, Report
from .reportable import Snapshot, can_hide


def can_report(member: User, thing: Snapshot) -> bool:
    """May report people and messages that they see, except themself and their own."""
    return thing.author != member


def can_block(member: User, other: User, *, shares_space: bool = False) -> bool:
    """May block people with whom they share a space (`shares_space` where the caller knows that they do), or whose words they reported."""
    if other == member or not other.is_active:
        return False
    return shares_space or bool(shared_spaces(member, other)) or Report.objects.filter(reporter=member, author=other).exists()


def can_decide(member: User, report: Report) -> bool:
    """Reads a report and decides on it."""
    return may_moderate(member, report.author)


def decisions_on(report: Report) -> list[Report.Decision]:
    """The decisions to choose from. A message can be hidden; what is done about a person is done elsewhere."""
    return [Report.Decision.NONE, Report.Decision.HIDDEN if can_hide(report.kind) else Report.Decision.ACTED]


def has_desk(member: User) -> bool:
    """Opens the desk: moderators, and admins for whom a report is on it."""
    return member.may(Right.MODERATE) or Report.objects.on_desk_of(member).exists()


def reviewing_right(report: Report) -> Right | None:
    """The right by which somebody can decide on `report` today; None where nobody can."""
    for right in (Right.MODERATE, Right.MODERATE_MODERATORS):
        if any(can_decide(person, report) for person in User.objects.who_may(right).prefetch_related("groups")):
            return right
    return None


def blocked_ids(member: User) -> set[UUID]:
    """The ids of those whom `member` has blocked."""
    return set(Block.objects.filter(blocker=member).values_list("blocked_id", flat=True))
