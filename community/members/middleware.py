"""What holds for every request of a signed-in member: their session, time zone, pause, second factor and consent."""

import time
from collections.abc import Callable, Set
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import urlencode

from community.centre.models import centre
from community.centre.zones import zone_named
from community.kit.web.form_echo import to_copy

from . import seams
from .access import current_member
from .models import ConsentText
from .people.closing_models import AccountClosing
from .signing_in import devices
from .signing_in.factors import RequiredStep, records_of, required_step
from .signing_in.sessions import UNTIL

Handler = Callable[[HttpRequest], HttpResponse]

# What stays open to a paused member: the privacy page, and leaving. Help is open to everybody anyway.
OPEN_WHILE_PAUSED = frozenset({"privacy", "leaving", "account_logout"})
# What stays open to a session that lacks its second factor: the same, how long the session lives, and the pages of the factor.
OPEN_WHILE_HELD = OPEN_WHILE_PAUSED | {"members:session"}
# When one's account closes, keeping it, and proving who one is: nobody has to agree to anything to go.
CLOSING = frozenset({"members:closing", "members:cancel_closing", "account_reauthenticate"})
OPEN_BEFORE_FACTOR = {
    RequiredStep.SET_UP: OPEN_WHILE_HELD | {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"},
    RequiredStep.USE: OPEN_WHILE_HELD | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"},
}
CHANGES_FACTORS = frozenset({
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
})  # fmt: skip
# What stays open while one's account waits to be closed, beside what rooms above add to that.
OPEN_WHILE_CLOSING = OPEN_WHILE_HELD | OPEN_BEFORE_FACTOR[RequiredStep.USE] | CLOSING
# Without consent to the newest version: all of that (the factor comes first), the policy, and what open pages of rooms above fetch.
OPEN_WITHOUT_CONSENT = CLOSING | OPEN_BEFORE_FACTOR[RequiredStep.SET_UP] | OPEN_BEFORE_FACTOR[RequiredStep.USE] | {
    "mfa_view_recovery_codes", "members:close_own", "members:consent", "members:consent_version",
}  # fmt: skip


def _stays_open(view_name: str) -> bool:
    return view_name in OPEN_WITHOUT_CONSENT or view_name in seams.OPEN_WITHOUT_CONSENT | seams.OPEN_WHILE_CLOSING


def session_age(get_response: Handler) -> Handler:
    """Extend a session while its member uses it, and end it at once if they may not be here anymore."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _prolong(request)
        elif SESSION_KEY in request.session:
            request.session.flush()
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty() and request.method in ("GET", "HEAD"):
            for name in (
                "CSRF_COOKIE",
                "CSRF_COOKIE_NEEDS_UPDATE",
            ):  # the forms' token ends with the session
                request.META.pop(name, None)
        return get_response(request)

    return handle


def _prolong(request: HttpRequest) -> None:
    """Extend the session, or end it if its time is up. Members who became staff since they signed in get the limits of staff."""
    session: Any = request.session
    if request.user.is_staff and UNTIL not in session:
        session.limit(min((record["at"] for record in records_of(session, request.user)), default=time.time()))
    if session.is_over:
        logout(request)
    elif not _is_poll(request):
        session.prolong()


def time_zone(get_response: Handler) -> Handler:
    """Show times in the member's time zone, to guests in the center's."""

    def handle(request: HttpRequest) -> HttpResponse:
        zone = request.user.time_zone if request.user.is_authenticated else centre().time_zone
        with timezone.override(zone_named(zone)):
            return get_response(request)

    return handle


def pause(get_response: Handler) -> Handler:
    """Show members whose account is paused a page that says so, and nothing else but help and signing out.

    Who asked for their account to be closed is shown how to keep it instead.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or not request.user.is_suspended:
            return get_response(request)
        is_closing = AccountClosing.objects.filter(pk=request.user.pk).exists()
        if _view_name(request.path_info) in (_open_while_closing(request) if is_closing else OPEN_WHILE_PAUSED):
            return get_response(request)
        if is_closing and request.method in ("GET", "HEAD"):
            return redirect("members:closing")
        return render(request, "members/people/paused.html", to_copy(request) | {"is_closing": is_closing}, status=403)

    return handle


def _open_while_closing(request: HttpRequest) -> Set[str]:
    """What stays open; staff without a second factor set one up before they can keep their account."""
    must_set_up = required_step(current_member(request), request.session) is RequiredStep.SET_UP
    return OPEN_WHILE_CLOSING | seams.OPEN_WHILE_CLOSING | (OPEN_BEFORE_FACTOR[RequiredStep.SET_UP] if must_set_up else set())


def second_factor(get_response: Handler) -> Handler:
    """Redirect staff whose session has not used a second factor to it, from every page. Forms and scripts' requests are refused."""

    def handle(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        name = _view_name(request.path_info)
        step = required_step(request.user, request.session, changes_factors=name in CHANGES_FACTORS)
        request.is_held = step is not None  # type: ignore[attr-defined]  # so the pages that stay open link nowhere else
        if step is None or name in OPEN_BEFORE_FACTOR[step]:
            return get_response(request)
        url = _factor_url(request, step)
        if request.method in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
            return redirect(f"{url}?{urlencode({'next': request.get_full_path()})}")
        return render(request, "members/signing_in/second_step_first.html", {**to_copy(request), "factor_url": url}, status=403)

    return handle


def _factor_url(request: HttpRequest, step: RequiredStep) -> str:
    if step is RequiredStep.SET_UP:
        return reverse("mfa_index")
    by_code = request.user.authenticator_set.exclude(type=Authenticator.Type.WEBAUTHN).exists()  # type: ignore[union-attr]
    return reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")


def consent(get_response: Handler) -> Handler:
    """Ask members who have not agreed to the newest version of the policy, before their next page opens. This is the whole rule:

    No page opens until they agree, except what is always open. What they are doing goes on: a form that they send is accepted, an open
    conversation stays open, and they are asked with the page after it.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not request.user.is_authenticated or _stays_open(_view_name(request.path_info)):
            return get_response(request)
        if ConsentText.objects.defer("body").awaiting(request.user) is None:
            return get_response(request)
        return redirect(f"{reverse('members:consent')}?{urlencode({'next': request.get_full_path()})}")

    return handle


def note_device(get_response: Handler) -> Handler:
    """Store the device of a session and when it was last used, for the page "Where you are signed in".

    From then on the account knows its browser, as it does one in which a new password was chosen without the old one.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not _is_poll(request):
            devices.note_use(request, response, request.user)
        elif member := getattr(request, "came_back", None):
            devices.remember_browser(request, response, member)
        return response

    return handle


def _is_poll(request: HttpRequest) -> bool:
    """True for what a page asks by itself: nobody did anything, and nothing may be written into the session.

    It asks how long the session lives, and for itself anew, where something in it has changed (notifications/js/regions.js).
    """
    return request.method == "GET" and (request.path_info == reverse("members:session") or "X-By-Itself" in request.headers)


def _view_name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
