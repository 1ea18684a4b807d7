"""Access to pages of staff. For everybody else such a page does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from .models import User
from .roles import PROVEN, Right
from .signing_in.proof import Describe, no_description, proven

View = Callable[..., HttpResponse]


def current_member(request: HttpRequest) -> User:
    """Return the current member, in a view that guests do not reach."""
    if isinstance(request.user, User):
        return request.user
    raise Http404


def for_right(right: Right, *, describe: Describe = no_description) -> Callable[[View], View]:
    """Open the decorated view to members who have `right`; a guest is asked to sign in, others get a 404.

    Where the right decides over others, they are asked for proof of who they are; `describe` says what waits meanwhile.
    """
    opened = open_to(lambda member: member.may(right))
    return (lambda view: opened(proven(describe)(view))) if right in PROVEN else opened


def open_to(may: Callable[[User], bool]) -> Callable[[View], View]:
    """Open the decorated view to the members of whom `may` says so; a guest is asked to sign in, others get a 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(current_member(request)):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate
