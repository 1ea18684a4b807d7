"""Lists of groups and of the people in them, each in a fixed number of queries."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from community.members.models import User

from .models import Membership, PeerGroup

FEW = 5


def groups_for(member: User) -> tuple[list[PeerGroup], list[PeerGroup]]:
    """Return (the groups of `member`, the others that they may know of), each with `size` and `led`."""
    seen = list(PeerGroup.objects.visible_to(member).with_size().with_facilitators())
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
    people = list(group.memberships.here().select_related("member").order_by("member__name"))
    leading = [m for m in people if m.leads]
    return Roster(leading, [m for m in people if not m.leads])
