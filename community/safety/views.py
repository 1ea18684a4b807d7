"""Reporting and blocking for members, and the moderators' desk."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit.errors import Refused
from community.members.access import for_role
from community.members.roles import Role

from . import acquaintance, actions, reportable, rules
from .forms import DecisionForm, ReportForm
from .models import Block, Report

DECIDED = 20  # closed cases on the desk


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, target: uuid.UUID) -> HttpResponse:
    """Report something that one can see."""
    entry = reportable.of(kind)
    seen = entry.find(request.user, target) if entry else None
    if entry is None or seen is None:
        raise Http404
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.report(reporter=request.user, kind=kind, target=target, **form.cleaned_data)
        return render(request, "safety/reported.html", {"author": seen.author, "back": entry.back(target)})
    return render(request, "safety/report.html", {"form": form, "seen": seen, "back": entry.back(target)})


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """What the moderators wrote to me, what I reported, and whom I blocked."""
    notes = list(Report.objects.filter(author=request.user, decision=Report.Decision.HIDDEN).exclude(note="").order_by("-decided_at"))
    actions.read_notes(member=request.user)
    context = {
        "notes": notes,
        "reports": Report.objects.filter(reporter=request.user).order_by("-made_at"),
        "blocks": Block.objects.filter(blocker=request.user).select_related("blocked").order_by("blocked__name"),
    }
    return render(request, "safety/own.html", context)


def _somebody_met(request: HttpRequest, member: uuid.UUID) -> Any:
    """A person whom one may block: to somebody who only guesses ids, nobody is there."""
    person = get_user_model().objects.filter(pk=member).exclude(pk=request.user.pk).first()
    if person is None or not (acquaintance.have_met(request.user, person) or member in rules.blocked_ids(request.user)):
        raise Http404
    return person


@require_POST
def block(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    person = _somebody_met(request, member)
    actions.block(blocker=request.user, blocked=person)
    messages.success(request, _("You have blocked %(name)s. They are not told.") % {"name": person})
    return redirect("safety:own")


@require_POST
def unblock(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    person = _somebody_met(request, member)
    actions.unblock(blocker=request.user, blocked=person)
    messages.success(request, _("You see what %(name)s writes again.") % {"name": person})
    return redirect("safety:own")


@for_role(Role.MODERATOR)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, and what was decided last. Who reported is not in the list."""
    waiting = Paginator(Report.objects.waiting(), 50).get_page(request.GET.get("page"))
    counts = Report.objects.waiting().order_by().aggregate(open=Count("pk"))
    decided = Report.objects.decided().select_related("decided_by")[:DECIDED]
    return render(request, "safety/desk.html", {"waiting": waiting, "open": counts["open"], "decided": decided})


def _lines(case: Report) -> list[dict[str, Any]]:
    """The reported text and those around it in their order, with the names that people have now."""
    snapshot = case.snapshot
    lines = [{**snapshot, "reported": True}, *snapshot["around"]]
    names = get_user_model().objects.in_bulk([line["author"] for line in lines if line["author"]])
    by_id = {str(pk): person for pk, person in names.items()}
    told = [
        {
            "author": by_id.get(line["author"]),
            "text": line["text"],
            "sent": parse_datetime(line["sent"]),
            "reported": line.get("reported", False),
        }
        for line in lines
    ]
    return sorted(told, key=lambda line: line["sent"])


@for_role(Role.MODERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """One report, and the decision on it. Each look is noted in the audit trail."""
    found = get_object_or_404(Report.objects.select_related("reporter", "author", "decided_by"), pk=report)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hide = form.cleaned_data["hide"] == "yes"
            actions.decide(actor=request.user, report=found, hide=hide, note=form.cleaned_data["note"])
        except Refused as refusal:
            form.add_error("note" if refusal.code == "empty" else None, refusal.sentence)
        else:
            messages.success(request, _("Done. The note is on its way.") if hide else _("Done. Nothing was changed."))
            return redirect("safety:desk")
    elif request.method != "POST":
        actions.look(actor=request.user, report=found)
    context = {"case": found, "lines": _lines(found), "form": form, "may_decide": rules.can_decide(request.user, found)}
    return render(request, "safety/case.html", context)
