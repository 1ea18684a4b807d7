"""Reporting and blocking for members, and the desk of those who decide."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit import limits
from community.kit.encryption import seal, unsealed
from community.kit.errors import Refusal, Refused
from community.kit.web import flashes
from community.kit.web.redirects import own_path
from community.members.access import current_member, open_to
from community.members.models import User
from community.members.rules import may_appoint, may_pause

from . import actions, contacts, reading, reportable, rules
from .forms import DecisionForm, ReportForm
from .models import Report

DECIDED_SHOWN = 20  # closed cases on the desk
DECIDED = "decided"  # in a session: the report that was decided on last, with what was typed, in case that is taken back
PAGE_SIZE = 50


def _back(request: HttpRequest) -> str:
    """Where the member came from, if that is a page of this site."""
    return own_path(request, "back")


def _with_back(request: HttpRequest, path: str) -> str:
    """The path, which remembers where the member came from."""
    back = _back(request)
    return f"{path}?{urlencode({'back': back})}" if back else path


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, target: uuid.UUID) -> HttpResponse:
    """Report something that the member sees."""
    seen = reportable.find(kind, current_member(request), target)
    if seen is None or not rules.can_report(current_member(request), seen):
        raise Http404
    before = Report.objects.open().filter(reporter=current_member(request), kind=kind, target_id=target).first()
    initial = {"reason": before.reason, "note": before.note} if before else {}
    form = ReportForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.report(member=current_member(request), kind=kind, target_id=target, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect(_with_back(request, reverse("safety:reported", args=[made.pk])))
    return render(request, "safety/report.html", {"form": form, "seen": seen, "kind": kind, "before": before, "back": _back(request)})


@require_GET
def person(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """The card of somebody with whom one shares a space: which, and links to report or block them."""
    other = get_object_or_404(User, pk=member)
    spaces = contacts.shared_spaces(current_member(request), other)
    if other == current_member(request) or not spaces:
        raise Http404
    context = {
        "person": other,
        "met_in": ", ".join(contacts.names(current_member(request), spaces)),
        "may_block": rules.can_block(current_member(request), other, shares_space=True),
        "is_blocked": other.pk in rules.blocked_ids(current_member(request)),
        "back": _back(request),
    }
    return render(request, "safety/person.html", context)


@require_GET
def reported(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """What happens now with a member's report, and the offer to block its author."""
    made = get_object_or_404(Report.objects.filter(reporter=current_member(request)).select_related("author"), pk=report)
    actions.see_answers(member=current_member(request), reports=[made])
    author = made.author
    if author and (author.pk in rules.blocked_ids(current_member(request)) or not rules.can_block(current_member(request), author)):
        author = None
    context = {
        "report": made,
        "reviewing_right": rules.reviewing_right(made),
        "hours": reading.promised_hours(),
        "author": author,
        "back": _back(request),
    }
    return render(request, "safety/reported.html", context)


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """What the moderators wrote to me, what I reported, and whom I blocked."""
    reports = list(Report.objects.filter(reporter=current_member(request)).select_related("author").order_by("-made_at"))
    actions.see_answers(member=current_member(request), reports=reports)
    context = {
        "notes": Report.objects.notes_to(current_member(request)),
        "reports": reports,
        "blocks": reading.blocks_of(current_member(request)),
    }
    return render(request, "safety/own.html", context)


@require_POST
def read_note(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    note = get_object_or_404(Report.objects.notes_to(current_member(request)), pk=report)
    actions.read_note(member=current_member(request), report=note)
    messages.success(request, _("Marked as read."))
    return redirect("safety:own")


@require_POST
def block(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """Block somebody, and go on where they were seen."""
    other = get_object_or_404(User, pk=member)
    try:
        actions.block(member=current_member(request), other=other)
    except Refused:
        raise Http404 from None
    said = _("You've blocked %(name)s. What they write is folded away for you. They aren't told.") % {"name": other}
    flashes.with_undo(request, said, _with_back(request, reverse("safety:unblock", args=[other.pk])))
    return redirect(_back(request) or "safety:own")


@require_POST
def unblock(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    if member not in rules.blocked_ids(current_member(request)):
        raise Http404
    other = User.objects.get(pk=member)
    actions.unblock(member=current_member(request), other=other)
    messages.success(request, _("You'll see what %(name)s writes again.") % {"name": other})
    return redirect(_back(request) or "safety:own")


@open_to(rules.has_desk)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Open reports and the latest decisions. Reporters are not in the list."""
    waiting = Paginator(reading.queue(current_member(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    decided = Report.objects.on_desk_of(current_member(request)).filter(state=Report.State.CLOSED).select_related("decided_by")
    return render(request, "safety/desk.html", {"waiting": waiting, "decided": decided.order_by("-decided_at")[:DECIDED_SHOWN]})


def _typed_before(request: HttpRequest, report: Report) -> dict[str, str]:
    """What the member typed for a decision on `report` that they took back, unless they decided on another report since."""
    stored = unsealed(request.session.get(DECIDED, ""))
    typed: dict[str, str] = stored["typed"] if stored and stored["report"] == str(report.pk) else {}
    return typed


@open_to(rules.has_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """One report, and the decision on it. Each view is recorded in the audit trail."""
    mine = Report.objects.on_desk_of(current_member(request)).select_related("reporter", "author", "decided_by")
    found = get_object_or_404(mine, pk=report)
    form = DecisionForm(
        request.POST if request.method == "POST" else None, decisions=rules.decisions_on(found), initial=_typed_before(request, found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            decided = actions.decide(actor=current_member(request), report=found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("kind_note" if refusal.code == Refusal.EMPTY else None, refusal.sentence)
        else:
            request.session[DECIDED] = seal({"report": str(decided.pk), "typed": form.cleaned_data})
            undo = _("You can take it back for %(seconds)d seconds.") % {"seconds": limits.DECISION_UNDO_WINDOW.seconds}
            said = f"{reading.done_sentence(decided)} {undo}"
            flashes.with_undo(request, said, reverse("safety:undo", args=[decided.pk]))
            return redirect("safety:desk")
    elif request.method != "POST":
        actions.record_view(actor=current_member(request), report=found)
    before, after = reading.neighbors(current_member(request), found)
    context = {
        "case": found,
        "reported": reading.reported(found),
        "reported_messages": reading.reported_messages(found),
        "met_in": ", ".join(reading.spaces_of(found, current_member(request))),
        "may_pause": may_pause(current_member(request)),
        "may_appoint": may_appoint(current_member(request)),
        "form": form,
        "before": before,
        "after": after,
    }
    return render(request, "safety/case.html", context)


@open_to(rules.has_desk)
@require_POST
def undo(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """Take back one's own latest decision."""
    found = get_object_or_404(Report.objects.on_desk_of(current_member(request)), pk=report)
    try:
        actions.take_back(actor=current_member(request), report=found)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("safety:desk")
    messages.success(request, _("Taken back. It's waiting for a decision again."))
    return redirect("safety:case", report=found.pk)
