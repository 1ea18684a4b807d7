"""What every template knows."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.kit.models import KeptLetter
from community.members.roles import Right
from community.safety.rules import has_desk


@dataclass(frozen=True)
class Place:
    """One entry of a menu. `here` is the aria-current of it: "page" on that very page, "true" on one below it."""

    label: str
    icon: str
    url: str
    here: str = ""


def site(request: HttpRequest) -> dict[str, Any]:
    """The centre's settings under `centre`; for a member who may use the site `places` and `staff_places`.

    `kept_emails` counts what the demo's outbox holds, when it is asked.
    """
    known = {"centre": centre(), "kept_emails": KeptLetter.objects.count}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.is_suspended or getattr(request, "is_held", False):
        return known
    return known | {"places": _places(request.path), "staff_places": _staff_places(user)}


def _places(path: str) -> list[Place]:
    def place(label: str, icon: str, url: str, *below: str) -> Place:
        here = "page" if path == url else "true" if path.startswith((url, *below)) else ""
        return Place(label, icon, url, here)

    return [
        place(_("Today"), "today", reverse("today")),
        place(_("Groups"), "groups", reverse("peers:list"), "/chat/", "/people/", "/report/", "/reported/"),
        place(_("Library"), "library", reverse("cms:library")),
        place(_("Me"), "me", reverse("members:settings"), reverse("safety:own"), reverse("account_change_password")),
    ]


def _staff_places(user: Any) -> list[Place]:
    places = []
    if user.may(Right.INVITE):
        places.append(Place(_("People"), "staff", reverse("members:people")))
    if has_desk(user):
        places.append(Place(_("Reports"), "report", reverse("safety:desk")))
    if user.may(Right.REVIEW):
        places.append(Place(_("Reviews"), "check", reverse("cms:review_desk")))
    if user.may(Right.WRITE):
        places.append(Place(_("Library editor"), "edit", reverse("wagtailadmin_home")))
    return places
