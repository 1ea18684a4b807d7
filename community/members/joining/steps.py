"""The steps of joining: their order, and where joining goes on after it was interrupted.

There are five for everybody. The fourth is groups for a member; for staff it is their second factor, on the pages of signing in.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..access import current_member

FOURTH, LAST = 4, 5
SHOWN_KEY = "joining goes on"  # in a session in which a page of joining was open
_group_route = ""  # the route of the page on which members choose groups


def register_group_step(route: str) -> None:
    """Make `route`, a page of a room above, the fourth step of members."""
    global _group_route
    _group_route = route


def _neighbors(number: int, fourth: str) -> tuple[str, str]:
    """The routes before and after a step, once there is an account; `fourth` is the fourth step's if it is a page of joining, else ""."""
    joined, leaving = "members:joined", "members:leaving"
    return {3: (joined, fourth or leaving), FOURTH: (joined, leaving), LAST: (fourth or joined, "today")}.get(number, ("", ""))


@dataclass(frozen=True)
class JoiningStep:
    """One step as a page shows it: its words, and the routes before and after it ("" where there is none)."""

    words: str  # "Step 2 of 5"
    before: str = ""
    following: str = ""


def step(number: int, *, for_staff: bool) -> JoiningStep:
    """Return a step by its number, 1 to 5, for somebody who is invited as staff or as a member."""
    before, following = _neighbors(number, "" if for_staff else _group_route)
    return JoiningStep(_("Step %(number)d of %(all)d") % {"number": number, "all": LAST}, before, following)


def step_on_signing_in(request: HttpRequest) -> JoiningStep | None:
    """Return the step that the pages on signing in are, for staff who are still joining."""
    member = current_member(request)
    return step(FOURTH, for_staff=True) if member.is_staff and member.next_step else None


def mark_shown(request: HttpRequest, number: int) -> None:
    """Note that the page of this step is open. The last step asks for nothing, so joining is over once it was shown."""
    member = current_member(request)
    if not member.next_step:
        return
    request.session[SHOWN_KEY] = True
    member.next_step = 0 if number == LAST else number
    member.save(update_fields=["next_step"])


def next_route(request: HttpRequest) -> str:
    """Return the route where joining goes on, "" where it is over.

    Somebody who left a step in this very session did so on purpose, and is shown the last.
    """
    number = current_member(request).next_step
    number = LAST if number and SHOWN_KEY in request.session else number
    return {FOURTH: _group_route, LAST: "members:leaving"}.get(number, "")
