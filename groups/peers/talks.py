"""What waits for a member in the talk of their groups. The room in which groups talk registers its answer here, in its `hooks.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from community.members.models import User


@dataclass(frozen=True)
class Talk:
    """The talk of one group as a member finds it."""

    url: str
    unread: int  # messages of others that are new to them
    unread_shown: str  # the number as people read it
    has_draft: bool  # whether they have begun to write there


Talks = Callable[[User], dict[UUID, Talk]]
ROOMS: list[Talks] = []


def register(talks: Talks) -> None:
    """Ask `talks(member)` for the talk of each group that the member belongs to, by the id of the group, in one query."""
    if talks not in ROOMS:
        ROOMS.append(talks)


def talks_of(member: User) -> dict[UUID, Talk]:
    """Return the talk of each group that `member` belongs to, by the id of the group."""
    return {group: talk for room in ROOMS for group, talk in room(member).items()}
