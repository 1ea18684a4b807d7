"""The pages that are shown when something went wrong. None of them says more than the person already knows."""

import logging
import secrets
import sys
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from community.centre.models import centre
from community.kit.errors import Ended
from community.kit.ops.logs import why
from community.kit.web.form_echo import echoed_fields, holds_file, holds_password, to_copy
from community.kit.web.streaming import Away

from .views import HELP_SECONDS, lines_of

log = logging.getLogger("mainstay.errors")
WAIT_SECONDS = 60  # the window of allauth's limits that end in a page of their own


def _again(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to send a form once more."""
    posted = echoed_fields(request)
    written = any(field.is_written for field in posted)
    held_back = {"held_back": holds_password(request), "file_held_back": holds_file(request)}
    return {"form_echo": posted, "written": written, "again": request.get_full_path(), **held_back}


def _again_of_ours(request: HttpRequest) -> dict[str, Any]:
    """The same, of a form of our own alone: what another site posts here must not end up in a form of ours that waits for one click."""
    return _again(request) if request.headers.get("Origin") in settings.ORIGINS else {}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Give back what was typed into a page that had been open too long, in a form that can be sent again."""
    return render(request, "403_csrf.html", _again_of_ours(request), status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """429 for who tried too often (allauth asks for it): how long to wait, and what was typed in a form that can be sent again."""
    response = render(request, "429.html", _again(request), status=429)
    response.headers["Retry-After"] = str(WAIT_SECONDS)
    return response


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with what was typed to be copied: a right may be taken away while somebody writes."""
    return render(request, "403.html", to_copy(request), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with what was typed likewise: a group may be left, or gone. What is hidden answers with the same bytes as what is not.

    Who belonged to the group that they ask for reads that they do not any more, and whom to write to.
    """
    if isinstance(exception, Ended):
        return render(request, "peers/out.html", {"removed": exception.removed} | to_copy(request), status=404)
    return render(request, "404.html", to_copy(request), status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, without asking who is there."""
    return _plain("400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a reference that stands in the log too; 503 where the database or the bucket is away, or the disk full. Needs none.

    What was typed comes back in a form that can be sent again.
    """
    error = sys.exc_info()[1]
    again = _again_after(request)
    reason = why(error) if error else ""
    if reason:
        log.error("A page could not be answered: %s.", reason)
    if reason or isinstance(error, OperationalError | InterfaceError | Away):
        response = _plain("503.html", 503, **again)
        response.headers["Retry-After"] = "60"
        return response
    reference = secrets.token_hex(4).upper()
    match = getattr(request, "resolver_match", None)
    log.error("Reference %s: %s in %s.", reference, type(error).__name__, (match and match.view_name) or "unknown route")
    return _plain("500.html", 500, reference=reference, **again)


def _again_after(request: HttpRequest) -> dict[str, Any]:
    """What a failure gives back. Where even the form cannot be read any more the page stands without it."""
    try:
        return _again_of_ours(request) | {"csrf_token": get_token(request)}
    except Exception:
        log.exception("A form could not be given back.")
        return {}


def _plain(template: str, status: int, **context: Any) -> HttpResponse:
    return render(None, template, {**lines_of(centre(seconds_old=HELP_SECONDS)), **context}, status=status)
