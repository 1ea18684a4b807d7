"""Headers that keep what a member read from lying around, and the editor's own rules."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

Handler = Callable[[HttpRequest], HttpResponse]


def privacy_headers(get_response: Handler) -> Handler:
    """Forbid storing and indexing of every response that does not say itself that it is public."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not getattr(response, "is_public", False) and not (request.path.startswith(settings.STATIC_URL) and response.status_code < 400):
            response.headers.setdefault("Cache-Control", "no-store, private")
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    return handle


def editor_policy(get_response: Handler) -> Handler:
    """Give Wagtail's pages, and only them, the rules that they need: inline scripts, and previews in a frame."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/cms/"):
            # A preview has already passed through all of this as a page of the library.
            response.headers.pop("Content-Security-Policy", None)
            response._csp_replace = settings.EDITOR_SECURITY_POLICY  # type: ignore[attr-defined]  # django-csp's own hand-over
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    return handle


def before_anyone(get_response: Handler) -> Handler:
    """Answer the views marked `same_for_everyone` before anything asks who is there, so that they need no session and no database."""

    def handle(request: HttpRequest) -> HttpResponse:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return get_response(request)
        if not getattr(match.func, "same_for_everyone", False):
            return get_response(request)
        request.resolver_match = match
        return match.func(request, *match.args, **match.kwargs)

    return handle
