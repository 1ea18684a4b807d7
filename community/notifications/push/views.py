"""The page "Notifications on this device", and what its script and every page's tell about their browser."""

import uuid
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.members.access import current_member
from community.members.signing_in.allauth_internals import consume
from community.members.signing_in.devices import device_words

from . import actions, condition, keys, reading, sending

MAX_BYTES = 8192  # of what a browser tells; it needs some hundred
RATES = {"push_test": limits.PUSH_TEST_RATE}
TAKEN = gettext_lazy("The test is on its way. It should be there within a minute.")
NOT_TAKEN = {
    "gone": gettext_lazy("That browser has turned its notifications off. You can turn them on there again."),
    "later": gettext_lazy("The push service of that browser doesn't answer right now. Please try again later."),
    "off": gettext_lazy("Notifications can't leave this site yet. Please tell the staff."),
}
REFUSED = gettext_lazy("The push service of that browser refused the test. Try turning notifications off there, and on again.")


@require_safe
def device(request: HttpRequest) -> HttpResponse:
    """What this browser can, whether it is notified, and where else this member is. What can be turned on here, a script finds out."""
    browsers, here = list(reading.browsers_of(current_member(request))), reading.session_hash(request)
    shown = {
        "browsers": browsers,
        "here": here,
        "is_on": any(browser.session_hash == here for browser in browsers),
        "key": keys.current().public if condition.is_subject_taken() else "",
        "title": sending.TITLE,
    }
    return render(request, "notifications/device.html", shown)


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Register the browser that tells its address. Answers 409 with the present key where it subscribed with another.

    A page that tells it by itself (`renew`) is told by 404 where nobody asked for it, or somebody has turned it off since.
    """
    given = _given(request)
    former = given["former"] if isinstance(given.get("former"), str) else ""
    if given.get("renew") and not _is_wanted(request, given.get("endpoint"), former):
        return JsonResponse({"detail": _("Notifications are off in this browser.")}, status=404)
    try:
        row = actions.register(
            member=current_member(request),
            session_key=str(request.session.session_key),
            words=device_words(request.headers.get("User-Agent", "")),
            given=given,
            former=former,
        )
    except Refused as refusal:
        if refusal.code == Refusal.CHANGED:
            return JsonResponse({"detail": refusal.sentence, "key": keys.current().public}, status=409)
        return JsonResponse({"detail": refusal.sentence}, status=400)
    reading.note_here(request, row)
    return JsonResponse({})


def _given(request: HttpRequest) -> dict[str, Any]:
    try:  # Python's own reader lets lone surrogates through, which nothing can be made of
        given = msgspec.json.decode(request.body) if len(request.body) <= MAX_BYTES else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _is_wanted(request: HttpRequest, *addresses: Any) -> bool:
    """Whether this browser registered in this session, or has an address that is notified: its member's, or of who was here before."""
    return reading.has_registered(request) or any(isinstance(each, str) and each and actions.is_registered(each) for each in addresses)


@require_POST
def remove(request: HttpRequest, browser: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(reading.browsers_of(current_member(request)), pk=browser)
    actions.remove(browser=row)
    if row.session_hash == reading.session_hash(request):
        reading.forget_here(request)
    messages.success(request, _("Notifications are off there now."))
    return redirect("notifications:device")


@require_POST
def test(request: HttpRequest, browser: uuid.UUID) -> HttpResponse:
    """Send a test to one of a member's browsers, and say what its push service answered."""
    row = get_object_or_404(reading.browsers_of(current_member(request)), pk=browser)
    if consume(request, app="mainstay", action="push_test", config=RATES, key=str(row.member_id)) is None:
        messages.error(request, _("That was a lot of tests. Please wait a few minutes."))
    elif (result := sending.send_test(row)) == "taken":
        messages.success(request, TAKEN)
    else:
        messages.error(request, NOT_TAKEN.get(result, REFUSED))
    return redirect("notifications:device")
