"""What holds for every request of a signed-in member: their time zone, a pause of their account, and the text they agreed to."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import urlencode

from community.centre.models import centre

from .models import ConsentText

Handler = Callable[[HttpRequest], HttpResponse]

# What stays open to a paused member: help, what we promise, the way out, and what a browser and a proxy fetch by themselves.
OPEN_WHILE_PAUSED = frozenset({"help", "privacy", "account_logout", "manifest", "service_worker", "healthz", "readyz"})
# To who has not agreed to the newest text yet, also the text itself, and what an open conversation fetches.
OPEN_UNAGREED = OPEN_WHILE_PAUSED | {"members:consent", "members:consent_version", "chat:history"}


def member_locale(get_response: Handler) -> Handler:
    """Show times in the member's zone, to a guest in the centre's."""

    def handle(request: HttpRequest) -> HttpResponse:
        zone = request.user.time_zone if request.user.is_authenticated else centre().time_zone
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return get_response(request)

    return handle


def pause(get_response: Handler) -> Handler:
    """Show a member whose account is paused that page, and nothing else but help and the way out."""

    def handle(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or not request.user.is_suspended or _stays_open(request.path_info, OPEN_WHILE_PAUSED):
            return get_response(request)
        return render(request, "members/paused.html", status=403)

    return handle


def consent(get_response: Handler) -> Handler:
    """Ask a member who has not agreed to the newest text, before the next page opens. This is the whole rule:

    no page opens until they agree, but for what is always open. What they are in the midst of goes on: a form that is on
    its way is taken, an open conversation stays open, and they are asked with the page after it.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not request.user.is_authenticated or _stays_open(request.path_info, OPEN_UNAGREED):
            return get_response(request)
        if ConsentText.objects.defer("body").awaiting(request.user) is None:
            return get_response(request)
        return redirect(f"{reverse('members:consent')}?{urlencode({'next': request.get_full_path()})}")

    return handle


def _stays_open(path: str, names: frozenset[str]) -> bool:
    try:
        return resolve(path).view_name in names
    except Resolver404:
        return False
