"""The inbox, and the way from a notification to what it is about."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from community.members.access import current_member

from .. import actions, leftovers
from ..models import Notification, preferences_of
from ..preferences import hours
from .reading import newest_of, page_of, rows_of


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What the member was notified of. Opening it marks nothing as read; what it shows as gone is no longer counted."""
    member = current_member(request)
    leftovers.recount(member)
    page, rows = page_of(member, request.GET.get("page"))
    about_break = hours.break_of(preferences_of(member), timezone.now())
    return render(request, "notifications/inbox.html", {"page": page, "rows": rows, "newest": newest_of(member), **about_break})


@require_GET
def open_one(request: HttpRequest, notification: UUID) -> HttpResponse:
    """Mark a notification as read and lead to what it is about, or say that it is gone."""
    found = actions.mark_one_read(current_member(request), notification)
    if found is None:
        raise Http404
    shown = rows_of([found])[0].shown
    if shown is None:
        messages.warning(request, _("This is no longer here."))
    return redirect(shown.url if shown else "notifications:inbox")


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark everything in the inbox as read that was there when the page was drawn."""
    actions.mark_all_read(current_member(request), until=_moment(request.POST.get("until", "")))
    messages.success(request, _("Marked as read."))
    return redirect("notifications:inbox")


@require_POST
def dismiss(request: HttpRequest, notification: UUID) -> HttpResponse:
    """Take a notification out of the inbox whose matter is gone: what is still so stays, whoever is signed in here."""
    found = Notification.objects.filter(member=current_member(request), pk=notification).first()
    if found is None:
        raise Http404
    if rows_of([found])[0].shown is None:
        actions.dismiss(current_member(request), notification)
    return redirect("notifications:inbox")


def _moment(words: str) -> dt.datetime | None:
    try:
        found = parse_datetime(words)
        return found.astimezone(dt.UTC) if found and is_aware(found) else None
    except (ValueError, OverflowError):  # a time that no calendar has in UTC
        return None
