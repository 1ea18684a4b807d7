"""The roof's own pages: home, Today, help, privacy, and the two files that a browser asks for by fixed names."""

import datetime as dt
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from community.centre.branding.logo import GROUND
from community.centre.models import Centre, centre
from community.kit.web.public_views import public, same_for_everyone
from community.members.access import current_member
from community.members.joining import steps
from community.members.signing_in import devices, sessions

from .today import today_of

WORKER = (Path(__file__).parent / "static/community/js/worker.js").read_text(encoding="utf-8")
HELP_SECONDS = 300.0  # help does not wait for a database that may be away, if it knows the numbers of the last minutes


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page for a guest; members go on to Today."""
    if request.user.is_authenticated:
        return redirect("today")
    return public(render(request, "home.html", lines_of(centre())))


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """A member's groups, three rows at most of what else there is, and then it ends. Who broke joining off goes on with that first."""
    if route := steps.next_route(request):
        return redirect(route)
    return render(request, "today.html", today_of(current_member(request)))


def lines_of(site: Centre) -> dict[str, object]:
    """Return what a page with help lines shows: `centre`, its `country` and when its numbers were `checked` (None where none is chosen)."""
    country = site.national
    return {"centre": site, "country": country, "checked": dt.date.fromisoformat(country.checked) if country else None}


@same_for_everyone
@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Whom to ring, and what to do in an overdose: the same bytes for everybody, with the database away too."""
    response = public(render(None, "help.html", lines_of(centre(seconds_old=HELP_SECONDS))))  # no request, so nobody is known
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What we keep and who can read it."""
    return public(render(request, "privacy.html"))


@login_not_required
@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """What "Leave quickly" does and what it cannot do, with a way to try it."""
    return public(render(request, "leaving.html"))


@same_for_everyone
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """End the session and lead to a page of another site: the form behind "Leave quickly", which works without scripts too.

    It stands on the help page, which is the same for everybody and can hold no token: the browser's word on where the form
    came from is asked instead. The answer sends the browser on by itself, since a form of ours may not lead to another host.
    """
    if request.method != "POST":
        return redirect("leaving")
    away = centre(seconds_old=HELP_SECONDS).way_out
    response = render(None, "away.html", {"away": away})
    response.headers["Refresh"] = f"0; url={away}"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.headers.get("Origin") in settings.ORIGINS:
        sessions.end(request, response)
        with suppress(DatabaseError):
            devices.disconnect_here(request)
    return response


def _icon(size: int, purpose: str) -> str:
    if not (icon := centre().icon):
        return static(f"community/icons/mark-{size}.png")  # its sign lies within what every mask leaves, and its ground reaches the edges
    return reverse("icon_masked" if purpose == "maskable" else "icon", args=[icon.key, size])


@same_for_everyone
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps the help page. It stands at the root, since a worker rules only what is below it."""
    # Named with the release, it is another worker in each, which keeps the help page of its own release.
    return public(HttpResponse(f"{WORKER}// {settings.STATIC_ROOT.name}\n", content_type="text/javascript; charset=utf-8"))


@same_for_everyone
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone shows when the site is put on its home screen: the centre's name and icon, or a plain sign."""
    name = centre().name
    icons = [
        {"src": _icon(size, purpose), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    answer = {
        "id": "/",  # whatever page it starts with one day, it stays the app that people have installed
        "name": name,
        "short_name": name,
        "start_url": reverse("today"),
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": icons,
    }
    response = public(JsonResponse(answer, content_type="application/manifest+json"))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
