"""What Today shows a member. Rooms register what they know of it here, from their `hooks.py`; Today knows none of them."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, auto

from community.members.models import User


class Urgency(IntEnum):
    """How soon a member wants to know of something: rows stand in this order, and within it in that of the rooms, from the ground up."""

    FIRST_STEP = auto()  # without it a new site has nothing for anybody
    CHOICE = auto()  # theirs to make, in their own time
    HAPPENED = auto()  # to themself or to what they did; or people in trouble may be waiting
    WAITED_FOR = auto()  # somebody waits for their answer, or something is kept for them
    NEW = auto()  # something to read
    ASKED = auto()  # they were asked to do it, when they have time
    CAN_WAIT = auto()  # nobody else waits for it


@dataclass(frozen=True)
class Row:
    """One thing on Today, and the address it leads to."""

    icon: str
    title: str
    about: str
    url: str
    urgency: Urgency

    @property
    def is_to_do(self) -> bool:
        """Whether it wants something of the member."""
        return self.urgency not in (Urgency.CHOICE, Urgency.NEW)


@dataclass(frozen=True)
class GroupRow:
    """One of the member's groups: how much is new there, and when something was said last."""

    name: str
    url: str
    unread: int
    unread_shown: str
    at: dt.datetime | None
    about: str = ""  # in the place of "Nothing new"


ROWS: list[Callable[[User], Iterable[Row]]] = []
GROUPS: list[Callable[[User], Iterable[GroupRow]]] = []


def register(rows: Callable[[User], Iterable[Row]]) -> None:
    """Have Today show the rows that `rows` returns for a member, in a number of queries that doesn't grow with them."""
    ROWS.insert(0, rows)  # rooms register from the top down


def register_groups(rows: Callable[[User], Iterable[GroupRow]]) -> None:
    """Have Today begin with these groups of a member, each a row."""
    GROUPS.append(rows)


def rows_for(member: User) -> list[Row]:
    """Return what waits for a member, the most urgent first."""
    return sorted((row for rows in ROWS for row in rows(member)), key=lambda row: row.urgency)


def groups_of(member: User) -> list[GroupRow]:
    """Return the member's groups."""
    return [row for rows in GROUPS for row in rows(member)]
