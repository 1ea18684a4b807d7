"""Sessions of people. One without "Keep me signed in" ends by itself when it was not used for a while.

Its row in the database carries the end, so pages and sockets agree on it, and nothing else has to be stored.
"""

import contextlib
import datetime as dt
import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends import db
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from community.kit import limits
from community.kit.web.flashes import EncryptedCookie

IDLE = "idle"  # the limit of this session in seconds, where it is not the members'
UNTIL = "until"  # when it ends whatever is done, in seconds since 1970
EXACT_TO = dt.timedelta(minutes=1)  # one write a minute is enough to keep a session alive, and a hundred of them in its life


class SessionStore(db.SessionStore):
    """Django's sessions in the database, whose end moves on while their member uses them."""

    ends: dt.datetime | None = None

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]  # the one place where Django has the whole row
        self.ends = row.expire_date if row else None
        return row

    def get_session_cookie_age(self) -> int:
        if self.get("_session_expiry") == 0:  # it ends with the browser, so it is not to be remembered
            return int(self.get(IDLE, settings.IDLE_SECONDS))
        return int(settings.SESSION_COOKIE_AGE)

    def get_expiry_age(self, **kwargs: Any) -> int:
        age = int(super().get_expiry_age(**kwargs))
        return max(0, min(age, int(self[UNTIL] - time.time()))) if UNTIL in self else age

    def get_expiry_date(self, **kwargs: Any) -> dt.datetime:
        date: dt.datetime = super().get_expiry_date(**kwargs)
        return min(date, dt.datetime.fromtimestamp(self[UNTIL], dt.UTC)) if UNTIL in self else date

    def limit(self, since: float) -> None:
        """Limit this session, which began at `since` (seconds since 1970), like those of staff, whose pages show other people's affairs."""
        self[IDLE], self[UNTIL] = settings.STAFF_IDLE_SECONDS, since + limits.STAFF_SESSION_LIFETIME.total_seconds()

    @property
    def is_over(self) -> bool:
        """True where its time has run out, whatever its row says."""
        return UNTIL in self and self[UNTIL] <= time.time()

    @property
    def is_last(self) -> bool:
        """True where its end cannot move on anymore."""
        return UNTIL in self and self.ends is not None and self.ends.timestamp() > self[UNTIL] - 1

    @property
    def left(self) -> int | None:
        """The seconds until this session ends if nothing is done; None for a remembered one of a member, which needs no warning."""
        if self.ends is None or not (self.get_expire_at_browser_close() or UNTIL in self):
            return None
        return max(0, int((self.ends - timezone.now()).total_seconds()))

    def prolong(self) -> None:
        """Move the end on, since the session was used, unless that was written just now."""
        if self.ends is None or not self.get_expire_at_browser_close():
            return
        end = self.get_expiry_date()
        if abs(end - self.ends) > min(EXACT_TO, dt.timedelta(seconds=self.get_session_cookie_age() / 100)):
            self.model.objects.filter(session_key=self.session_key).update(expire_date=end)
            self.ends = end


def end(request: HttpRequest, response: HttpResponse) -> None:
    """End the session that the request names, before anything else has read it, with the database away too.

    Its cookie goes, and so do that of its forms, the notes that nobody has read yet, which are not for the next person at this
    browser, and what told that somebody had signed in on it.
    """
    if key := request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        with contextlib.suppress(DatabaseError):
            logout(request)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.DEVICE_COOKIE_NAME, EncryptedCookie.cookie_name):
        response.delete_cookie(name, samesite="Lax")
