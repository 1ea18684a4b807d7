"""The page of an announcement, and the pages of those who write them."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from community.kit.errors import Refusal, Refused
from community.kit.ids import new_id
from community.kit.text.markdown import to_html
from community.members.access import current_member, for_right
from community.members.roles import Right

from ..actions import mark_read
from ..models import Announcement
from . import actions, reading
from .audiences import people_in, readers_of
from .forms import AnnouncementForm
from .notifying import ANNOUNCEMENT, announcement_shown
from .samples import samples

PAGE_SIZE = 25


@require_GET
def announcement(request: HttpRequest, announcement: uuid.UUID) -> HttpResponse:
    """An announcement, for who is in its audience. To open it is to have read it."""
    found = get_object_or_404(Announcement.objects.standing(), pk=announcement)
    member = current_member(request)
    if not readers_of([found], [member.pk]):
        raise Http404
    mark_read(member, ANNOUNCEMENT.key, about=found.pk)
    return render(request, "notifications/announcements/announcement.html", {"announcement": found, "text_html": to_html(found.body)})


@for_right(Right.ANNOUNCE)
@require_GET
def announcements(request: HttpRequest) -> HttpResponse:
    """What was announced, the newest first."""
    page = Paginator(reading.managed_by(current_member(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": reading.rows_for(current_member(request), page)}
    return render(request, "notifications/announcements/list.html", context)


@for_right(Right.ANNOUNCE)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write an announcement, look at it as it will arrive, and publish it. Until then nothing is stored."""
    author = current_member(request)
    if request.method != "POST":
        return _form(request, AnnouncementForm(author=author, initial={"identity": new_id()}))
    form, step = AnnouncementForm(request.POST, author=author), request.POST.get("step")
    if not form.is_valid() or step == "change":
        return _form(request, form)
    if step != "publish":
        return _preview(request, form)
    try:
        made = actions.announce(actor=author, **form.words)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        if refusal.code == Refusal.REUSED:  # they went back to the page, and changed what it says
            form.data = again = request.POST.copy()
            again["identity"] = str(new_id())
        return _form(request, form)
    messages.success(request, _("Published. People are being notified now."))
    return redirect("notifications:manage_announcement", announcement=made.pk)


def _form(request: HttpRequest, form: AnnouncementForm) -> HttpResponse:
    return render(request, "notifications/announcements/write.html", {"form": form})


def _preview(request: HttpRequest, form: AnnouncementForm) -> HttpResponse:
    """What arrives by each way, and how many people it reaches."""
    author, words = current_member(request), form.words
    draft = Announcement(pk=words["identity"], title=words["title"], body=words["body"], audience=words["audience"], chosen=words["chosen"])
    people = people_in(draft.audience, draft.chosen).exclude(pk=author.pk).count()
    context = {
        "form": form,
        "row": announcement_shown(draft),
        "text_html": to_html(draft.body),
        "samples": samples(),
        "audience": reading.rows_for(author, [draft])[0].audience,
        "reach": reading.reach_in_words(people),
        "has_readers": people > 0,
    }
    return render(request, "notifications/announcements/preview.html", context)


@for_right(Right.ANNOUNCE)
@require_GET
def manage(request: HttpRequest, announcement: uuid.UUID) -> HttpResponse:
    """An announcement for staff: what became of it, and the way to withdraw it."""
    found = get_object_or_404(reading.managed_by(current_member(request)).select_related("made_by"), pk=announcement)
    context = {"announcement": found, "row": reading.rows_for(current_member(request), [found])[0], "text_html": to_html(found.body)}
    return render(request, "notifications/announcements/manage.html", context)


@for_right(Right.ANNOUNCE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, announcement: uuid.UUID) -> HttpResponse:
    """Ask whether an announcement is to be withdrawn, and do it."""
    found = get_object_or_404(reading.managed_by(current_member(request)), pk=announcement)
    if request.method == "POST":
        actions.withdraw(actor=current_member(request), announcement=found)
        messages.success(request, _("Withdrawn. Nobody can read it now."))
    elif found.withdrawn_at is None:
        return render(request, "notifications/announcements/withdraw.html", {"announcement": found})
    return redirect("notifications:manage_announcement", announcement=found.pk)
