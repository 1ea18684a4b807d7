"""Lists of groups and of the people in them, each in a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from .models import Membership, PeerGroup

FEW = 5


def _with_people(groups: QuerySet[PeerGroup]) -> QuerySet[PeerGroup]:
    leading = Membership.objects.current().filter(role=Membership.Role.FACILITATOR).select_related("member")
    return groups.annotate(size=Count("memberships", filter=Q(memberships__ended_at=None), distinct=True)).prefetch_related(
        Prefetch("memberships", queryset=leading, to_attr="led_by"), "channels"
    )


def groups_for(member: Any) -> tuple[list[PeerGroup], list[PeerGroup]]:
    """Return (my groups, the others that I may join), each with `size`, `led_by` (memberships) and channels."""
    seen = list(_with_people(PeerGroup.objects.visible_to(member)))
    return [group for group in seen if group.is_mine], [group for group in seen if not group.is_mine]


def rounded(size: int) -> str:
    """Return how many belong to a group, without telling an outsider exactly."""
    if size < FEW:
        return _("a few people")
    return _("about %(size)d people") % {"size": round(size / 5) * 5}


@dataclass(frozen=True)
class Roster:
    """Who belongs to a group, facilitators first."""

    facilitators: list[Membership]
    members: list[Membership]

    def __len__(self) -> int:
        return len(self.facilitators) + len(self.members)


def roster(group: PeerGroup) -> Roster:
    """Return the people of a group in one query."""
    people = list(group.memberships.current().select_related("member").order_by("member__name"))
    leading = [m for m in people if m.role == Membership.Role.FACILITATOR]
    return Roster(leading, [m for m in people if m.role != Membership.Role.FACILITATOR])
