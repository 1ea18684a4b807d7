"""Who has met whom, and where. A room in which people meet registers its answers here, in its `hooks.py`.

Without it, whoever holds the id of a person could learn by blocking or reporting them what that person is called.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from community.kit.text.order import by_name
from community.members.models import User


@dataclass(frozen=True)
class Meeting:
    """A place where a member sees somebody, and a line that they wrote there to that member and not into a talk."""

    place: UUID
    line: str = ""
    written: datetime | None = None


Met = Callable[[User, User], Iterable[Meeting]]
Named = Callable[[User, Collection[UUID]], Iterable[str]]
MET: list[Met] = []
NAMED: list[Named] = []


def register(met: Met) -> None:
    """Ask `met(member, other)` too where `member` sees `other`."""
    if met not in MET:
        MET.append(met)


def register_names(named: Named) -> None:
    """Ask `named(reader, places)` for the names of the places that `reader` may know of."""
    if named not in NAMED:
        NAMED.append(named)


def meetings(member: User, other: User) -> list[Meeting]:
    """Where `member` sees `other`; nowhere where they have not met."""
    return [meeting for met in MET for meeting in met(member, other)]


def places(member: User, other: User) -> set[UUID]:
    """The ids of the places where `member` sees `other`."""
    return {meeting.place for meeting in meetings(member, other)}


def names(reader: User, places: Collection[UUID]) -> list[str]:
    """What those of `places` are called that `reader` may know of."""
    return by_name(name for named in NAMED for name in named(reader, places))
