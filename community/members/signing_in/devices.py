"""The devices on which people are signed in, one row per session, without an IP address or a user agent.

Also which browsers an account knows: an encrypted cookie says so, which only this site can read and which outlives the session.
"""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.encryption import seal, unsealed
from community.kit.schedule import periodic

from .. import seams
from ..models import Device, User

HOUR = 3600
PURPOSE = "known"  # so that no other encrypted cookie passes for this one
NOTED = "device"  # in the session: the key and the hour of the last note
# In this order, since each names itself after the ones below it.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_words(user_agent: str) -> str:
    """Return in words what a browser says of itself: "Firefox on Android"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    machine = next((name for mark, name in MACHINES if mark in user_agent), None)
    if browser and machine:
        return _("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    return browser or machine or _("A device that does not say what it is")


def note_use(request: HttpRequest, response: HttpResponse, member: User) -> None:
    """Store, at most once an hour, that this session was in use, and on what device."""
    key, hour = request.session.session_key, int(time.time() // HOUR)
    if not key or request.session.get(NOTED) == [key, hour]:
        return
    was_known = is_known(request, lambda: [member])
    remember_browser(request, response, member)
    words = device_words(request.headers.get("User-Agent", ""))
    defaults = {"member": member, "words": words, "seen_at": timezone.now()}
    with transaction.atomic():
        device, is_new = Device.objects.update_or_create(session_key=key, defaults=defaults)
        if is_new and not was_known:
            seams.new_browser.send(sender=Device, device=device)
        seams.came.send(sender=Device, member=member)
    request.session[NOTED] = [key, hour]


def remember_browser(request: HttpRequest, response: HttpResponse, member: User) -> None:
    """Have this browser be one that the account of `member` knows, beside those of the last others who signed in here."""
    known = _known_accounts(request)
    known.pop(str(member.pk), None)
    known[str(member.pk)] = [int(time.time()), _stamp(member)]
    sealed = seal(f"{PURPOSE} {json.dumps(dict([*known.items()][-limits.MAX_ACCOUNTS_PER_DEVICE :]))}")
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME, sealed, max_age=limits.KNOWN_DEVICE_LIFETIME, secure=secure, httponly=True, samesite="Lax"
    )


def is_known(request: HttpRequest, people: Callable[[], Iterable[User]]) -> bool:
    """True where the account of one of `people` knows this browser: for half a year, unless its password changed or it was signed out."""
    known = _known_accounts(request)
    return bool(known) and any(_is_valid(known.get(str(member.pk)), member) for member in people())


def _is_valid(note: Any, member: User) -> bool:
    since, stamp = note if isinstance(note, list) and len(note) == 2 else (0, "")
    return time.time() - since < limits.KNOWN_DEVICE_LIFETIME.total_seconds() and stamp == _stamp(member)


def _stamp(member: User) -> str:
    """What changes with the password of `member`, and whenever their browsers are forgotten."""
    return salted_hmac("community.members.devices", f"{member.password}{member.browsers or ''}").hexdigest()[:16]


def _forget_browsers(member: User) -> None:
    """Forget all browsers of `member`. Those in which a session lives on are known again within the hour."""
    User.objects.filter(pk=member.pk).update(browsers=F("browsers") + 1)
    member.refresh_from_db(fields=["browsers"])


def keep_browser_known(request: HttpRequest) -> None:
    """Have `note_use` remember this browser again with the response, whatever was forgotten meanwhile."""
    request.session.pop(NOTED, None)


def _known_accounts(request: HttpRequest) -> dict[str, Any]:
    """What the cookie holds: by account id, when it came to know this browser, and its stamp then."""
    purpose, _space, known = str(unsealed(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))).partition(" ")
    return dict(json.loads(known)) if purpose == PURPOSE else {}


def devices_of(member: User) -> list[Device]:
    """Return where `member` is signed in, the one used last first."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return list(Device.objects.filter(member=member, session_key__in=living))


def disconnect_here(request: HttpRequest) -> None:
    """Reach nobody in this browser any more, once its session has ended; also where it had run out by itself before.

    What is just now registered for that session has waited for its end, or is found here.
    """
    if key := request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        seams.disconnected.send(sender=User, session=key)


def sign_out(device: Device) -> None:
    """Sign one device out. Its connections are closed by the chat's next liveness check.

    Nobody stored which of the known browsers it is, so all of them are forgotten.
    """
    with transaction.atomic():
        _forget_browsers(device.member)  # first, since it locks the member: in one order nobody waits for another
        Session.objects.filter(session_key=device.session_key).delete()
        seams.disconnected.send(sender=User, session=device.session_key)
        device.delete()


def sign_out_everywhere(member: User, *, keep: str | None = None) -> None:
    """Sign a member out everywhere, except in the session with the key `keep`, also on devices that have no row yet.

    No browser is known to their account any more.
    """
    living = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=keep or "")
    keys = [session.session_key for session in living.iterator() if session.get_decoded().get(SESSION_KEY) == str(member.pk)]
    with transaction.atomic():
        _forget_browsers(member)
        Session.objects.filter(session_key__in=keys).delete()
        Device.objects.filter(member=member).exclude(session_key=keep or "").delete()
        seams.disconnected.send(sender=User, member=member, keep=keep)


def shorten_sessions(member: User) -> None:
    """End the sessions of somebody who has become staff no later than those of staff end, even if no page is opened in them."""
    latest = timezone.now() + limits.STAFF_SESSION_LIFETIME
    sessions = Session.objects.filter(session_key__in=member.devices.values("session_key"))
    sessions.filter(expire_date__gt=latest).update(expire_date=latest)


@periodic(24 * HOUR, name="community.members.devices.forget_ended")
def forget_ended() -> None:
    """Delete the rows of sessions that have ended."""
    Device.objects.exclude(session_key__in=Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")).delete()
