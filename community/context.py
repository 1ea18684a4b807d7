"""What every template knows."""

import functools
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.kit.encryption import tabs_name
from community.kit.models import OutboxEmail
from community.members.roles import Right
from community.notifications.inbox.reading import unread_shown
from community.notifications.push.reading import noted_here
from community.safety.rules import has_desk


@dataclass(frozen=True)
class NavigationLink:
    """One entry of the navigation. `here` is the aria-current of it: "page" on that very page, "true" on one below it."""

    label: str
    icon: str
    url: str
    here: str = ""
    has_badge: bool = False  # it shows how much is unread in the inbox


def site(request: HttpRequest) -> dict[str, Any]:
    """The centre's settings under `centre`; for a member who may use the site `navigation`, `staff_navigation`, and `tabs`.

    `outbox_count` counts what the demo's outbox holds, when it is asked; `inbox_count` what is unread in the member's inbox, once a
    page, in words ("3", "99+", or "" for nothing); `push_here` is what this browser has registered for pushes.
    """
    known = {"centre": centre(), "outbox_count": OutboxEmail.objects.count}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.is_suspended or getattr(request, "is_held", False):
        return known
    return known | {
        "navigation": _navigation(request.path),
        "staff_navigation": _staff_navigation(user),
        "inbox_count": functools.cache(functools.partial(unread_shown, user)),
        "tabs": tabs_name(request.session.session_key or ""),
        "push_here": noted_here(request),
    }


def _navigation(path: str) -> list[NavigationLink]:
    def link(label: str, icon: str, url: str, *below: str, has_badge: bool = False) -> NavigationLink:
        here = "page" if path == url else "true" if path.startswith((url, *below)) else ""
        return NavigationLink(label, icon, url, here, has_badge)

    return [
        link(_("Today"), "today", reverse("today"), reverse("notifications:inbox")),
        link(_("Groups"), "groups", reverse("peers:list"), "/chat/", "/people/", "/report/", "/reported/", has_badge=True),
        link(_("Library"), "library", reverse("cms:library")),
        link(_("Me"), "me", reverse("members:settings"), reverse("safety:own"), reverse("account_change_password")),
    ]


def _staff_navigation(user: Any) -> list[NavigationLink]:
    links = []
    if user.may(Right.INVITE):
        links.append(NavigationLink(_("People"), "staff", reverse("members:people")))
    if has_desk(user):
        links.append(NavigationLink(_("Reports"), "report", reverse("safety:desk")))
    if user.may(Right.ANNOUNCE):
        links.append(NavigationLink(_("Announcements"), "send", reverse("notifications:announcements")))
    if user.may(Right.REVIEW):
        links.append(NavigationLink(_("Reviews"), "check", reverse("cms:review_desk")))
    if user.may(Right.WRITE):
        links.append(NavigationLink(_("Library editor"), "edit", reverse("wagtailadmin_home")))
    return links
