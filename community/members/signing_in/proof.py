"""Fresh proof of who is there, for what decides over others: a password, a code or a passkey of the last five minutes.

A form that comes without it waits in the session, sealed, and is given back at its own address once the proof is there.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from community.kit.encryption import seal, unsealed
from community.kit.web.form_echo import Posted, given_back, holds_file, holds_password

from .allauth_internals import is_reauthentication_required

View = Callable[..., HttpResponse]
# What a form would do and to whom, in a sentence, by its fields and what its address names: whoever comes back to it reads that.
Says = Callable[..., Any]
HELD = "held"  # the form that waits, in the session; in an address, that it is to be shown


def nothing(fields: dict[str, str], **kwargs: Any) -> str:
    """Of a page that takes no form."""
    return ""


def missing(request: HttpRequest, *, says: Says, needed: bool = True) -> HttpResponse | None:
    """Return the answer to a request that may not go on: to where the proof is given or, after that, what waited for it."""
    if needed and is_reauthentication_required(request, app="members"):
        return _lead(request)
    if request.method == "POST":
        request.session.pop(HELD, None)  # it was sent, and is not offered again
    elif HELD in request.GET:
        return _waited(request, says)
    return None


def proven(says: Says, *, where: Callable[[HttpRequest], bool] = lambda _request: True) -> Callable[[View], View]:
    """Open the decorated view to who has just proven who they are, for the requests of which `where` says so."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return missing(request, says=says, needed=where(request)) or view(request, *args, **kwargs)

        return guarded

    return decorate


def _lead(request: HttpRequest) -> HttpResponse:
    way, path = get_adapter().get_reauthentication_methods(request.user)[0]["url"], request.get_full_path()
    if request.method == "POST":
        fields = [(field.name, field.value) for field in given_back(request)]
        held_back = {"held_back": holds_password(request), "file_held_back": holds_file(request)}
        held = {"path": request.path, "again": path, "fields": fields, **held_back}
        request.session[HELD] = seal(held)
        path += f"{'&' if '?' in path else '?'}{HELD}"
    return redirect(f"{way}?{urlencode({'next': path})}")


def _waited(request: HttpRequest, says: Says) -> HttpResponse | None:
    held = unsealed(request.session.get(HELD, ""))
    if held is None or held["path"] != request.path:
        return None
    posted = [Posted(name, value) for name, value in held["fields"]]
    said = says(dict(held["fields"]), **request.resolver_match.kwargs) if request.resolver_match else ""
    context = held | {"form_echo": posted, "written": any(field.is_written for field in posted), "said": said}
    return render(request, "members/signing_in/proven.html", context)
