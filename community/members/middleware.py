"""What holds for every request of a signed-in member: their session's age, their time zone, and a pause of their account."""

import zoneinfo
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from community.centre.models import centre

Handler = Callable[[HttpRequest], HttpResponse]

# What stays open to a paused member: what we promise, and the way out. Help needs no mention: it asks nobody who they are.
OPEN_WHILE_PAUSED = frozenset({"privacy", "leaving", "account_logout"})


def session_age(get_response: Handler) -> Handler:
    """Keep a session alive while its member does something, and end at once one whose member may not be here any more."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if request.method != "GET" or request.path_info != reverse("members:session"):  # who only asks how long it lives does nothing
                request.session.prolong()  # type: ignore[attr-defined]
        elif SESSION_KEY in request.session:
            request.session.flush()
        return get_response(request)

    return handle


def readers_zone(get_response: Handler) -> Handler:
    """Show times in the member's zone, to a guest in the centre's."""

    def handle(request: HttpRequest) -> HttpResponse:
        zone = request.user.time_zone if request.user.is_authenticated else centre().time_zone
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return get_response(request)

    return handle


def pause(get_response: Handler) -> Handler:
    """Show a member whose account is paused that page, and nothing else but help and the way out."""

    def handle(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or not request.user.is_suspended or _stays_open(request.path_info):
            return get_response(request)
        return render(request, "members/paused.html", status=403)

    return handle


def _stays_open(path: str) -> bool:
    try:
        return resolve(path).view_name in OPEN_WHILE_PAUSED
    except Resolver404:
        return False
