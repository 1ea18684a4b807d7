"""What the rooms above add to the pages of this one, and the signals that it sends them.

They fill the lists from their `hooks.py`, with names of routes that only they know. The signals are sent inside the transaction of the
change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.dispatch import Signal

from .models import Cohort, User

moved = Signal()  # member: signs in and is written to with another address now, or is not written to anymore
joined = Signal()  # member: has just answered an invitation; number, "" where it came otherwise: the one to which its link was sent
stopped = Signal()  # number: its owner said STOP
closing = Signal()  # member: their account is being closed; all else about them can still be read
closed = Signal()  # member: their account is closed, and has no name anymore
disconnected = Signal()  # session, of whoever it is; or member, on all their devices but the one of the session `keep`: reach nobody there
renamed = Signal()  # member: goes by another name, or with another picture, now
new_browser = Signal()  # device: its member has signed in in a browser that their account did not know
came = Signal()  # member: opened a page, at most once an hour in each session
way_back_used = Signal()  # way: one that its member made; not what staff gave
ways_back_seen = Signal()  # member: has looked at what is left of theirs
devices_seen = Signal()  # member: has looked at where they are signed in
policy_published = Signal()  # version, actor; the sender is the model of the policy's versions


@dataclass(frozen=True)
class LinkRow:
    """A row of a page that links to another page."""

    title: str
    about: str
    url: str
    action: str = ""  # the words of the link, where the title is none


@dataclass(frozen=True)
class PeopleMark:
    """What the list of people finds some of them by, such as being in no group yet: rows that only a room above can read."""

    key: str
    label: Any
    holds: Callable[[], Q]  # of whom, as a condition on members
    is_chip: bool = True  # it stands beside their name


NOTIFICATIONS: list[Callable[[], LinkRow]] = []  # under "Notifications" on Me
PERSON: list[Callable[[User], str]] = []  # sentences on a person's page for admins; "" where there is nothing to say
SAFETY: list[Callable[[], LinkRow]] = []  # under "Your safety here" on Me
YOURS: list[Callable[[], LinkRow]] = []  # under "What is yours" on Me
COHORT: list[Callable[[Cohort], LinkRow]] = []  # on the page of a cohort
# Takes the name of a member, paused until their account is closed in a moment, out of what others wrote, and where the second argument
# is true, their words out of what they wrote themselves. In transactions of its own; it may be done again.
UNNAMING: list[Callable[[User, bool], None]] = []
BEFORE_CLOSING: list[Callable[[User], list[LinkRow]]] = []  # what is to be done before an account closes
WHILE_CLOSING: list[Callable[[User], LinkRow]] = []  # what a member can do while their account waits to be closed
OPEN_WHILE_CLOSING: set[str] = set()  # the routes of that
NEWCOMERS: list[str] = []  # the route of the page on which a member welcomes newcomers
PEOPLE: list[PeopleMark] = []  # on the list of people
SUGGESTING: dict[str, str] = {}  # the routes of the pages on which staff suggest groups to a "cohort" and to a "person"
OPEN_WITHOUT_CONSENT: set[str] = set()  # routes open without consent to the newest version: what an open page fetches


def newcomers_route() -> str:
    """Return the route of the page on which a member welcomes newcomers, "" where no room has one."""
    return NEWCOMERS[0] if NEWCOMERS else ""
