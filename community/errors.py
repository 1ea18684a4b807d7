"""The pages that are shown when something went wrong. None of them says more than the person already knows."""

import logging
import re
import secrets
import sys
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community.centre.models import centre

from .views import HELP_SECONDS, lines_of

log = logging.getLogger("mainstay.errors")
NEVER_GIVEN_BACK = re.compile("password|csrf|token|code|secret", re.IGNORECASE)
ONE_WORD = re.compile(r"[\w\-]{0,64}")


@dataclass(frozen=True)
class Posted:
    """One field that comes back. What a person wrote is shown; a single word or number, such as an id, goes along unseen."""

    name: str
    value: str

    @property
    def is_written(self) -> bool:
        return not ONE_WORD.fullmatch(self.value)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Give back what was typed into a page that had been open too long, in a form that can be sent again.

    Only to a form of our own: what another site posts here must not end up in a form of ours that waits for one click.
    """
    ours = request.headers.get("Origin") in settings.ORIGINS
    posted = [Posted(name, value) for name, values in request.POST.lists() for value in values if not NEVER_GIVEN_BACK.search(name)]
    context = {
        "posted": posted if ours else [],
        "written": any(field.is_written for field in posted),
        "held_back": any("password" in name for name in request.POST),
        "again": request.get_full_path(),
    }
    return render(request, "403_csrf.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, without asking who is there."""
    return _plain("400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a reference that stands in the log too; 503 where the database is away. Needs neither database nor session."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        response = _plain("503.html", 503)
        response.headers["Retry-After"] = "60"
        return response
    reference = secrets.token_hex(4).upper()
    match = getattr(request, "resolver_match", None)
    log.error("Reference %s: %s in %s.", reference, type(error).__name__, (match and match.view_name) or "unknown route")
    return _plain("500.html", 500, reference=reference)


def _plain(template: str, status: int, **context: Any) -> HttpResponse:
    return render(None, template, {**lines_of(centre(seconds_old=HELP_SECONDS)), **context}, status=status)
