"""Where a person is signed in: one line a session, kept without an IP address and without what the browser says of itself."""

import time

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit.clock import every

from .models import Device, User

HOUR = 3600
NOTED = "device"  # in the session: under which key, and in which hour, it was noted last
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


def note(request: HttpRequest) -> None:
    """Keep, at most once an hour, that this session was in use, and on what."""
    key, hour = request.session.session_key, int(time.time() // HOUR)
    if not key or request.session.get(NOTED) == [key, hour]:
        return
    words = device_words(request.headers.get("User-Agent", ""))
    defaults = {"member": request.user, "words": words, "seen_at": timezone.now()}
    Device.objects.update_or_create(session_key=key, defaults=defaults)
    request.session[NOTED] = [key, hour]


def devices_of(member: User) -> list[Device]:
    """Return where `member` is signed in, the one used last first."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return list(Device.objects.filter(member=member, session_key__in=living))


def end(device: Device) -> None:
    """Sign one device out; its sockets are closed by the next beat of the chat."""
    with transaction.atomic():
        Session.objects.filter(session_key=device.session_key).delete()
        device.delete()


def end_all(member: User, *, but: str | None = None) -> None:
    """Sign a member out everywhere, except in the session with the key `but`: also where nothing has been noted yet."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but or "")
    theirs = [session.session_key for session in living.iterator() if session.get_decoded().get(SESSION_KEY) == str(member.pk)]
    with transaction.atomic():
        Session.objects.filter(session_key__in=theirs).delete()
        Device.objects.filter(member=member).exclude(session_key=but or "").delete()


@every(24 * HOUR)
def forget_ended() -> None:
    """Drop the lines of sessions that are no more."""
    Device.objects.exclude(session_key__in=Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")).delete()
