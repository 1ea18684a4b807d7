"""Fresh proof of who is there, for what decides over others: a password, a code or a passkey of the last five minutes.

A form that comes without it waits in the session, sealed, and is given back at its own address once the proof is there.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from community.kit.posted import Posted, given_back, holds_file, holds_password
from community.kit.sealed import seal, unseal

View = Callable[..., HttpResponse]
HELD = "held"  # the form that waits, in the session; in an address, that it is to be shown


def missing(request: HttpRequest, *, needed: bool = True) -> HttpResponse | None:
    """Return the answer to a request that may not go on: to where the proof is given or, after that, what waited for it."""
    if needed and is_reauthentication_required(request, app="members"):
        return _lead(request)
    if request.method == "POST":
        request.session.pop(HELD, None)  # it was sent, and is not offered again
    elif HELD in request.GET:
        return _waited(request)
    return None


def proven_where(needed: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    """Open the decorated view to who has just proven who they are, for the requests of which `needed` says so."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return missing(request, needed=needed(request)) or view(request, *args, **kwargs)

        return guarded

    return decorate


proven = proven_where(lambda _request: True)


def _lead(request: HttpRequest) -> HttpResponse:
    way, path = get_adapter().get_reauthentication_methods(request.user)[0]["url"], request.get_full_path()
    if request.method == "POST":
        fields = [(field.name, field.value) for field in given_back(request)]
        held_back = {"held_back": holds_password(request), "file_held_back": holds_file(request)}
        held = {"path": request.path, "again": path, "fields": fields, **held_back}
        request.session[HELD] = seal(held)
        path += f"{'&' if '?' in path else '?'}{HELD}"
    return redirect(f"{way}?{urlencode({'next': path})}")


def _waited(request: HttpRequest) -> HttpResponse | None:
    try:
        held = unseal(request.session.get(HELD, ""))
    except ValueError:  # sealed under a key that is gone
        return None
    if held["path"] != request.path:
        return None
    posted = [Posted(name, value) for name, value in held["fields"]]
    return render(request, "members/proven.html", held | {"posted": posted, "written": any(field.is_written for field in posted)})
