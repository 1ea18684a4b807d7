"""The roof's own pages: home, Today, help, privacy, and the two files that a browser asks for by fixed names."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cms.reading import newest_for
from community.centre.models import Centre, centre
from community.members.models import User
from community.members.roles import Right
from community.safety.reading import unread_notes
from groups.chat.reading import ChannelView, channels_of

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
    rows = [_notes_row(notes)] if notes else []
    unread = [_unread_row(channel) for channel in channels if channel.unread]
    room = ROWS - len(rows) - bool(article)
    rows += unread[:room]
    if article:
        rows.append(Row("library", article.title, _("New in the library"), reverse("cms:article", args=[article.slug])))
    more = len(unread) > room
    context = {"greeting": greeting(timezone.localtime().hour, member), "rows": rows, "more": more, "has_groups": bool(channels)}
    stale = centre().stale_lines if member.may(Right.SET_UP) else []
    return render(request, "today.html", context | {"stale_lines": stale})


def greeting(hour: int, member: User) -> str:
    """Return the greeting for an hour (0 to 23) of the member's day."""
    if 5 <= hour < 12:
        return _("Good morning, %(name)s.") % {"name": member}
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s.") % {"name": member}
    return _("Good evening, %(name)s.") % {"name": member}


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
