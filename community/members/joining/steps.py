"""The steps of joining: which follows which, and where it goes on after it was broken off.

There are five for everybody. The fourth is groups for a member; for staff it is the second step, on the pages of signing in.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..access import me

FOURTH, LAST = 4, 5
SHOWN = "joining goes on"  # the session's key: a page of joining was open in it
_choosing = ""  # the route of the page that chooses groups


def register_choosing(route: str) -> None:
    """Have members choose in the fourth step, on a page of a room above."""
    global _choosing
    _choosing = route


def _around(number: int, choosing: str) -> tuple[str, str]:
    """The route before a step and the one after it, once there is an account; `choosing` is that of the fourth, if it is one of these."""
    joined, leaving = "members:joined", "members:leaving"
    return {3: (joined, choosing or leaving), FOURTH: (joined, leaving), LAST: (choosing or joined, "today")}.get(number, ("", ""))


@dataclass(frozen=True)
class Step:
    """One step as a page shows it."""

    words: str  # "Step 2 of 5"
    before: str = ""
    following: str = ""


def step(number: int, *, for_staff: bool) -> Step:
    """Return a step by its number, 1 to 5, as who is invited as a member or as staff goes through it."""
    before, following = _around(number, "" if for_staff else _choosing)
    return Step(_("Step %(number)d of %(all)d") % {"number": number, "all": LAST}, before, following)


def step_on_signing_in(request: HttpRequest) -> Step | None:
    """The step that the pages on signing in are, for staff who are still joining."""
    member = me(request)
    return step(FOURTH, for_staff=True) if member.is_staff and member.next_step else None


def shown(request: HttpRequest, number: int) -> None:
    """A page of joining is open. The last asks for nothing: who has it before them has come to the end."""
    member = me(request)
    if not member.next_step:
        return
    request.session[SHOWN] = True
    member.next_step = 0 if number == LAST else number
    member.save(update_fields=["next_step"])


def way_on(request: HttpRequest) -> str:
    """Where joining goes on, for who broke it off; after a step that was open in this session, which they left on purpose, the last."""
    number = me(request).next_step
    number = LAST if number and SHOWN in request.session else number
    return {FOURTH: _choosing, LAST: "members:leaving"}.get(number, "")
