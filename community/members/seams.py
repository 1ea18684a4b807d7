"""What the rooms above give to this one, and hear of it.

They fill the lists from their `hooks.py`, with the names of routes that only they know. The signals are sent inside the transaction of
the change.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.dispatch import Signal

from .models import Cohort

joined = Signal()  # member: has just answered an invitation
closing = Signal()  # member: their account is being closed; all else about them can still be read
renamed = Signal()  # member: goes by another name, or with another picture, now


@dataclass(frozen=True)
class Row:
    """A row of a page, and where it leads."""

    title: str
    about: str
    url: str
    action: str = ""  # the words of the link, where the title is none


SAFETY: list[Callable[[], Row]] = []  # under "Your safety here" on Me
COHORT: list[Callable[[Cohort], Row]] = []  # on the page of a cohort
NEWCOMERS: list[str] = []  # the route of the page on which a member welcomes newcomers
OPEN_UNAGREED: set[str] = set()  # routes that stay open to who has not agreed to the newest text: what an open page fetches


def newcomers_route() -> str:
    """Return the route of the page on which a member welcomes newcomers, "" where no room has one."""
    return NEWCOMERS[0] if NEWCOMERS else ""
