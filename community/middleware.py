"""Patience, compression, headers that keep what was read from lying around, the editor's rules, and a form after its session."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.kit.ops.patience import for_a_person
from community.kit.web.form_echo import to_copy
from community.kit.web.public_views import SHARED
from community.notifications.push.reading import outlives

Handler = Callable[[HttpRequest], HttpResponse]
TEXTS = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
NOT_KEPT = "no-store, private"
WAGTAILS_TITLE = re.compile(rb"<title>[^<]* - Wagtail\s*</title>")


def patience(get_response: Handler) -> Handler:
    """Let no page wait for ever for what it asks of the database: one that is frozen answers nothing, and ends no connection."""

    def handle(request: HttpRequest) -> HttpResponse:
        with for_a_person():
            return get_response(request)

    return handle


def compression(get_response: Handler) -> Handler:
    """Send whole texts compressed to who takes that: on a thin line a conversation opens in a third of the time.

    Django's own middleware adds a random length to each page, so that its size tells nothing of what it holds (docs/decisions/0018).
    What flows is left alone: Django packs each piece by itself, and browsers read the first; styles and scripts are packed already.
    """
    gzip = GZipMiddleware(get_response)

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # What is asked for in parts must be the same bytes as the whole.
        in_parts = response.status_code == 206 or "Accept-Ranges" in response.headers
        if not (response.streaming or in_parts) and response.headers.get("Content-Type", "").startswith(TEXTS):
            gzip.process_response(request, response)
        return response

    return handle


def privacy_headers(get_response: Handler) -> Handler:
    """Forbid storing and indexing of every response that does not say itself that it is public; have browsers ask anew for what is.

    To a browser with a session nothing is public but files and what is the same for everyone, whatever a view says: other pages
    show who is there, and Back must not show them when the session is over. A view says by `is_for_everyone` on its response that
    guests get the very same: the pictures of public articles do.

    A response that takes the session's cookie away, whatever ended the session, has the browser forget what this site kept in it,
    and takes the cookie of its forms too, unless it is a page on which a form may stand that has just been sent with it. The worker
    stays where a session ended by itself in a browser whose pushes go on (docs/decisions/0040), and where it hands on this very
    answer: Chromium would wait for its end, and it for Chromium, and no page would come. What was kept, the next page forgets then.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers["Reporting-Endpoints"] = f'policy="{settings.POLICY_REPORTS}"'
        is_file = request.path.startswith(settings.STATIC_URL) and response.status_code < 400
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES and not (is_file or getattr(response, "is_for_everyone", False))
        if has_session and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = NOT_KEPT
        if getattr(response, "is_public", False):
            getattr(request, "scope", {})[SHARED] = not has_session
            response.headers.setdefault("Cache-Control", "no-cache")
        elif not is_file:
            response.headers.setdefault("Cache-Control", NOT_KEPT)
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie["max-age"] == 0:
            keeps_worker = request.method in ("GET", "HEAD") or _outlives(request)
            response.headers["Clear-Site-Data"] = '"cache"' if keeps_worker else '"cache", "storage"'
            if settings.CSRF_COOKIE_NAME not in response.cookies and (request.method != "POST" or 300 <= response.status_code < 400):
                response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite="Lax")
        return response

    return handle


def _outlives(request: HttpRequest) -> bool:
    """Whether pushes outlive the session that this request named. A database that is away can't say so."""
    with suppress(DatabaseError):
        return outlives(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    return False


def editor_policy(get_response: Handler) -> Handler:
    """Give Wagtail's pages, and only them, the rules that they need: inline scripts, and previews in a frame."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/cms/"):
            # A preview has already passed through all of this as a page of the library.
            response.headers.pop("Content-Security-Policy", None)
            response._csp_replace = settings.EDITOR_SECURITY_POLICY  # type: ignore[attr-defined]  # django-csp's own hand-over
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
            _name_no_article(response)
        return response

    return handle


def _name_no_article(response: HttpResponse) -> None:
    """Give a page of the editor a title that tells nothing. Wagtail's names the article, and tabs and histories keep it."""
    if response.streaming or "text/html" not in response.headers.get("Content-Type", ""):
        return
    title = format_html("<title>{} – {}</title>", _("Library editor"), centre().name)
    response.content = WAGTAILS_TITLE.sub(lambda _theirs: title.encode(), response.content, count=1)
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))


def before_anyone(get_response: Handler) -> Handler:
    """Answer the views marked `same_for_everyone` before anything asks who is there, so that they need no session."""

    def handle(request: HttpRequest) -> HttpResponse:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return get_response(request)
        if not getattr(match.func, "same_for_everyone", False):
            return get_response(request)
        request.resolver_match = match
        response = match.func(request, *match.args, **match.kwargs)
        response.is_for_everyone = True
        return response

    return handle


class SignInMiddleware(LoginRequiredMiddleware):
    """Ask guests to sign in, before any view looks at what they ask for. What somebody wrote while their session ended is given back."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]  # Django's redirects only
        if request.method != "POST":
            answer: HttpResponse = super().handle_no_permission(request, view_func)
            return answer
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"detail": _("You are signed out. Sign in to continue.")}, status=401)
        sign_in = f"{reverse('account_login')}?{urlencode({'next': _page_of(request)})}"
        echo = to_copy(request)
        if not echo.get("words"):
            return redirect(sign_in)
        return render(request, "401.html", {**echo, "sign_in": sign_in}, status=401)


def _page_of(request: HttpRequest) -> str:
    """The page of ours on which the form stood: many forms post to an address that cannot be opened."""
    page = urlsplit(request.headers.get("Referer", ""))
    if f"{page.scheme}://{page.netloc}" not in settings.ORIGINS:
        return reverse(settings.LOGIN_REDIRECT_URL)
    return page._replace(scheme="", netloc="", fragment="").geturl()
