"""What the rooms above give to the pages of this one. They fill it from their `hooks.py`, by the names of routes that only they know."""

from collections.abc import Callable
from dataclasses import dataclass

from .models import Cohort


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
