"""The steps of joining: how many there are for whom, and which follows which."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

# By their number: the route that comes before and the one that comes after, once there is an account.
WAY = {3: ("members:joined", "suggestions:welcome"), 4: ("members:joined", "members:leaving"), 5: ("suggestions:welcome", "today")}
FOR_MEMBERS_ALONE = 4  # groups: staff who join skip it


@dataclass(frozen=True)
class Step:
    """One step as a page shows it."""

    words: str  # "Step 2 of 5"
    before: str = ""
    following: str = ""


def step(number: int, *, for_staff: bool) -> Step:
    """Return a step by its number, 1 to 5, as who is invited as a member or as staff goes through it."""
    before, following = WAY.get(number, ("", ""))
    if for_staff:
        before = "members:joined" if before == "suggestions:welcome" else before
        following = "members:leaving" if following == "suggestions:welcome" else following
    shown = number - 1 if for_staff and number > FOR_MEMBERS_ALONE else number
    return Step(_("Step %(number)d of %(all)d") % {"number": shown, "all": 4 if for_staff else 5}, before, following)
