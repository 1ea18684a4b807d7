"""The staff's desk for people who are invited together. To everybody who may not invite, these pages do not exist."""

import uuid
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.centre.models import centre
from community.kit import limits
from community.kit.errors import Refused

from .. import rules, seams
from ..access import current_member, for_right
from ..models import Cohort, Invitation, InvitationState
from ..people.disclosure_limits import count_list
from ..roles import Right
from ..texting.numbers import is_number
from . import cohorts
from .actions import NO_CONSENT
from .address_lists import ListRow
from .cohort_forms import CheckedForm, CohortForm, ListForm, checked_form
from .flashes import emails_sent, texts_sent
from .lists import shown_cards, shown_invitations

PAGE_SIZE = 50
COHORT_FIELDS = {"bad_name": "name", "name_taken": "name", "unwilling": "buddy"}


@for_right(Right.INVITE)
@require_GET
def all_cohorts(request: HttpRequest) -> HttpResponse:
    """Every cohort with what became of its invitations, in one query."""
    page = Paginator(Cohort.objects.with_counts(), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(each, [(state.label, count) for state in InvitationState if (count := getattr(each, f"n_{state}"))]) for each in page]
    return render(request, "members/invitations/cohorts.html", {"rows": rows, "pages": page, "kept_days": centre().keep_invitations})


@for_right(Right.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a cohort. Nobody is written to yet."""
    form = CohortForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = cohorts.make_cohort(actor=current_member(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(COHORT_FIELDS[refusal.code], refusal.sentence)
        else:
            return redirect("members:cohort", cohort=made.pk)
    return render(request, "members/invitations/cohort_edit.html", {"form": form})


@for_right(Right.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, cohort: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Cohort, pk=cohort)
    form = CohortForm(request.POST if request.method == "POST" else None, initial=_present(found))
    if request.method == "POST" and form.is_valid():
        try:
            cohorts.change_cohort(actor=current_member(request), cohort=found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(COHORT_FIELDS[refusal.code], refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("members:cohort", cohort=cohort)
    return render(request, "members/invitations/cohort_edit.html", {"form": form, "cohort": found})


def _present(cohort: Cohort) -> dict[str, Any]:
    return {"name": cohort.name, "buddy": cohort.buddy_id, "without_reminders": cohort.without_reminders}


@for_right(Right.INVITE)
@require_GET
def cohort(request: HttpRequest, cohort: uuid.UUID) -> HttpResponse:
    """One cohort: what is suggested to it, its invitations by e-mail, all of them or those in one state, and its cards."""
    found = get_object_or_404(Cohort.objects.select_related("buddy"), pk=cohort)
    rows = [row(found) for row in seams.COHORT]
    sent = Invitation.objects.sent().filter(cohort=found)
    context = {"cohort": found, "rows": rows, "gives_roles": rules.may_appoint(current_member(request))}
    context |= {**shown_invitations(request, sent), **shown_cards(found)}
    return render(request, "members/invitations/cohort.html", context)


@for_right(Right.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, cohort: uuid.UUID) -> HttpResponse:
    """Invite by a list, in two steps: what is pasted or chosen is shown line by line, and only the second step sends."""
    found = get_object_or_404(Cohort, pk=cohort)
    if request.method == "POST" and "good" in request.POST:
        return _second_step(request, found)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        try:
            count_list(current_member(request))
        except Refused as refusal:
            form.add_error("file" if form.cleaned_data["file"] else "pasted", refusal.sentence)
        else:
            return _check(request, found, form.cleaned_data["lines"])
    return render(
        request,
        "members/invitations/cohort_invite.html",
        {"form": form, "cohort": found, "most": limits.MAX_LIST_LINES, "sends_texts": bool(settings.SMS_URL)},
    )


def _check(request: HttpRequest, found: Cohort, lines: list[ListRow], no_consent: str = "") -> HttpResponse:
    """Show a list as it was read. Nothing has been sent."""
    checked = cohorts.check(lines)
    return _checked_page(request, found, checked.good, checked.bad, no_consent)


def _checked_page(request: HttpRequest, found: Cohort, good: list[ListRow], bad: list[ListRow], no_consent: str = "") -> HttpResponse:
    form = checked_form(good, bad, may_text="may_text" in request.POST, no_consent=no_consent)
    numbers = sum(is_number(line.address) for line in good)
    context = {"form": form, "cohort": found, "good": good, "bad": bad, "to_numbers": numbers, "to_mailboxes": len(good) - numbers}
    return render(request, "members/invitations/cohort_checked.html", context)


def _second_step(request: HttpRequest, found: Cohort) -> HttpResponse:
    form = CheckedForm(request.POST)
    lines = form.lines() if form.is_valid() else []
    try:
        count_list(current_member(request))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        good, others = form.parted() if form.is_valid() else ([], [])
        return _checked_page(request, found, good, [replace(line, reason=refusal.sentence) for line in others])
    if "send" not in request.POST:
        return _check(request, found, lines)
    checked = cohorts.check(lines)
    if not checked.good:
        return _check(request, found, lines)
    addresses, may_text = [line.address for line in checked.good], form.cleaned_data["may_text"]
    if any(map(is_number, addresses)) and not may_text:
        return _check(request, found, lines, str(NO_CONSENT))
    result = cohorts.invite_all(actor=current_member(request), cohort=found, addresses=addresses, may_text=may_text)
    left_out = len(checked.bad) + len(result.refused)
    _report(request, result, left_out)
    return redirect("members:cohort", cohort=found.pk)


@for_right(Right.INVITE)
@require_POST
def resend(request: HttpRequest, cohort: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Cohort, pk=cohort)
    result = cohorts.resend_all(actor=current_member(request), cohort=found)
    _report(request, result, len(result.refused))
    return redirect("members:cohort", cohort=cohort)


@for_right(Right.INVITE)
@require_POST
def revoke(request: HttpRequest, cohort: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Cohort, pk=cohort)
    result = cohorts.revoke_all(actor=current_member(request), cohort=found)
    taken = ngettext(
        "%(count)d invitation is taken back. Its link no longer works.",
        "%(count)d invitations are taken back. Their links no longer work.",
        result.count,
    )
    messages.success(request, taken % {"count": result.count})
    return redirect("members:cohort", cohort=cohort)


def _report(request: HttpRequest, result: cohorts.BulkResult, left_out: int) -> None:
    """Say how many invitations were sent and how many were not, with the first reasons."""
    if result.count - result.texts:
        messages.success(request, emails_sent(result.count - result.texts))
    if result.texts:
        messages.success(request, texts_sent(result.texts))
    if left_out:
        many = ngettext("%(count)d line was left out.", "%(count)d lines were left out.", left_out) % {"count": left_out}
        told = [f"{email}: {sentence}" for email, sentence in result.refused[:3]]
        messages.warning(request, " ".join([many, *told]))
