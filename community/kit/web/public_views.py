"""Marks for what is open to everybody, and its address for others' use."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse

View = Callable[..., HttpResponse]
SHARED = "mainstay.shared"  # in the scope of a request: its answer is public, and for a guest


def public(response: HttpResponse) -> HttpResponse:
    """Mark a response as public: `community.middleware.privacy_headers` then lets it be stored and indexed.

    It names no day of its last change, as Django's feed and sitemap do: what was taken down since leaves an earlier one.
    """
    response.is_public = True  # type: ignore[attr-defined]
    response.headers.pop("Last-Modified", None)
    return response


def absolute_url(name: str, *args: str) -> str:
    """The address of a page as the site is configured, whatever host the request names."""
    return settings.SITE_URL + reverse(name, args=args)


def same_for_everyone(view: View) -> View:
    """Mark a view that asks nobody who they are. `community.middleware.before_anyone` answers it without session and database."""
    marked: Any = login_not_required(view)
    marked.same_for_everyone = True
    return marked
