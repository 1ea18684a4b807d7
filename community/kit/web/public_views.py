"""Marks for what is open to everybody."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse

View = Callable[..., HttpResponse]


def public(response: HttpResponse) -> HttpResponse:
    """Mark a response as public: `community.middleware.privacy_headers` then lets it be stored and indexed."""
    response.is_public = True  # type: ignore[attr-defined]
    return response


def same_for_everyone(view: View) -> View:
    """Mark a view that asks nobody who they are. `community.middleware.before_anyone` answers it without session and database."""
    marked: Any = login_not_required(view)
    marked.same_for_everyone = True
    return marked
