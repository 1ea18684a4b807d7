"""The roof's own pages: home, Today, help, privacy, and the two files that a browser asks for by fixed names."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from cms.reading import newest_for, way_to_the_first_article
from community.centre.models import Centre, centre
from community.members import sessions
from community.members.models import User, is_alone
from community.members.roles import Role
from community.safety.reading import unread_notes, waiting
from groups.chat.reading import ChannelView, channels_of
from groups.peers.matters import matters_for
from groups.peers.models import PeerGroup

from .doors import public, same_for_everyone

ROWS = 3
HELP_SECONDS = 300.0  # help does not wait for a database that may be away, if it knows the numbers of the last minutes


@dataclass(frozen=True)
class Row:
    """One thing on Today."""

    icon: str
    title: str
    about: str
    url: str


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page for a guest; members go on to Today."""
    if request.user.is_authenticated:
        return redirect("today")
    response = public(render(request, "home.html", lines_of(centre())))
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What is new for a member, at most three rows, and then it ends."""
    member = request.user
    assert isinstance(member, User)
    channels = channels_of(member)
    article, notes = newest_for(member), unread_notes(member)
    reports, urgent = waiting(member)
    first = [_reports_row(reports, urgent)] if reports else []
    first += [_notes_row(notes)] if notes else []
    first += [Row("groups", matter.title, matter.about, matter.url) for matter in matters_for(member)]
    unread = [_unread_row(channel) for channel in channels if channel.unread]
    room = max(0, ROWS - len(first) - bool(article))
    rows = [*first, *unread[:room]]
    if article:
        rows.append(Row("library", article.title, _("New in the library"), reverse("cms:article", args=[article.slug])))
    more = len(first) > ROWS or len(unread) > room
    context = {
        "greeting": greeting(timezone.localtime().hour, member),
        "rows": rows[:ROWS],
        "more": more,
        "has_groups": bool(channels),
        "first_steps": first_steps(member) if member.has_role(Role.ADMIN) else [],
        "has_work": bool(reports),
    }
    return render(request, "today.html", context)


def greeting(hour: int, member: User) -> str:
    """Return the greeting for an hour (0 to 23) of the member's day."""
    if 5 <= hour < 12:
        return _("Good morning, %(name)s.") % {"name": member}
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s.") % {"name": member}
    return _("Good evening, %(name)s.") % {"name": member}


def first_steps(admin: User) -> list[Row]:
    """What a site needs before anybody finds something here, each only while it is missing."""
    steps = []
    if is_alone(admin):
        steps.append(Row("staff", _("Invite somebody"), _("Nobody else is here yet."), reverse("members:people")))
    if not PeerGroup.objects.exists():
        steps.append(Row("groups", _("Make a group"), _("There is no group yet that people could join."), reverse("peers:new")))
    if article := way_to_the_first_article():
        steps.append(Row("edit", _("Write an article"), _("There is nothing in the library yet."), article))
    return steps


def _reports_row(count: int, urgent: int) -> Row:
    if urgent:
        about = ngettext("%(count)d report waits, %(urgent)d urgent", "%(count)d reports wait, %(urgent)d urgent", count)
    else:
        about = ngettext("%(count)d report waits", "%(count)d reports wait", count)
    return Row("report", _("Reports"), about % {"count": count, "urgent": urgent}, reverse("safety:desk"))


def _notes_row(notes: int) -> Row:
    about = ngettext("A moderator wrote you a note", "Moderators wrote you %(count)d notes", notes) % {"count": notes}
    return Row("mail", _("From the moderators"), about, reverse("safety:own"))


def _unread_row(channel: ChannelView) -> Row:
    about = ngettext("%(count)s new message", "%(count)s new messages", channel.unread) % {"count": channel.unread_shown}
    return Row("groups", channel.group_name, about, reverse("chat:conversation", args=[channel.id]))


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
    response = public(render(request, "privacy.html"))
    response.headers["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """What "Leave quickly" does and what it cannot do, with a way to try it."""
    response = public(render(request, "leaving.html"))
    response.headers["Cache-Control"] = "no-cache"
    return response


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
    return response


@same_for_everyone
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps the help page. It stands at the root, since a worker rules only what is below it."""
    response = public(HttpResponse(_worker_source(), content_type="text/javascript; charset=utf-8"))
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _worker_source() -> bytes:
    found = finders.find("community/js/worker.js")
    assert isinstance(found, str)
    return Path(found).read_bytes()


@same_for_everyone
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone shows when the site is put on its home screen: the centre's name and a plain sign."""
    name = centre().name
    icons = [{"src": static(f"community/icons/mark-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)]
    answer = {
        "name": name,
        "short_name": name,
        "start_url": reverse("today"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf8f3",
        "theme_color": "#fbf8f3",
        "icons": icons,
    }
    response = public(JsonResponse(answer, content_type="application/manifest+json"))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
