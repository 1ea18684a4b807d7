"""Fresh proof of identity, for what decides over others: a password, a code or a passkey of the last five minutes.

A form that comes without it waits in the session, encrypted, and is shown again at its own URL after the proof.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from community.kit.encryption import seal, unsealed
from community.kit.web.form_echo import EchoedField, echoed_fields, holds_file, holds_password

from .allauth_internals import is_reauthentication_required

View = Callable[..., HttpResponse]
# Returns what a form would do and to whom, in a sentence, from its fields and its URL's arguments: shown when the form is.
Describe = Callable[..., Any]
HELD = "held"  # in a session: the form that waits; in a URL: that it is to be shown


def no_description(fields: dict[str, str], **kwargs: Any) -> str:
    """For pages without a form."""
    return ""


def demand(request: HttpRequest, *, describe: Describe, needed: bool = True) -> HttpResponse | None:
    """Return the response where proof is missing: a redirect to the page that takes it or, after that, the form that waited."""
    if needed and is_reauthentication_required(request, app="members"):
        return _ask_for_proof(request)
    if request.method == "POST":
        request.session.pop(HELD, None)  # it is being sent, so it is not shown again
    elif HELD in request.GET:
        return _waiting_form(request, describe)
    return None


def proven(describe: Describe, *, where: Callable[[HttpRequest], bool] = lambda _request: True) -> Callable[[View], View]:
    """Ask for proof before the decorated view, for requests where `where(request)` is true."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return demand(request, describe=describe, needed=where(request)) or view(request, *args, **kwargs)

        return guarded

    return decorate


def _ask_for_proof(request: HttpRequest) -> HttpResponse:
    url, path = get_adapter().get_reauthentication_methods(request.user)[0]["url"], request.get_full_path()
    if request.method == "POST":
        fields = [(field.name, field.value) for field in echoed_fields(request)]
        held_back = {"held_back": holds_password(request), "file_held_back": holds_file(request)}
        held = {"path": request.path, "again": path, "fields": fields, **held_back}
        request.session[HELD] = seal(held)
        path += f"{'&' if '?' in path else '?'}{HELD}"
    return redirect(f"{url}?{urlencode({'next': path})}")


def _waiting_form(request: HttpRequest, describe: Describe) -> HttpResponse | None:
    held = unsealed(request.session.get(HELD, ""))
    if held is None or held["path"] != request.path:
        return None
    posted = [EchoedField(name, value) for name, value in held["fields"]]
    description = describe(dict(held["fields"]), **request.resolver_match.kwargs) if request.resolver_match else ""
    context = held | {"form_echo": posted, "written": any(field.is_written for field in posted), "description": description}
    return render(request, "members/signing_in/proven.html", context)
