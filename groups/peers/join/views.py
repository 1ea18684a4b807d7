"""The pages of joining: asking and waiting; for facilitators answering, inviting and the join rules."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.kit.errors import Refusal, Refused
from community.members.access import current_member

from .. import actions, reading, rules
from ..access import managed_group, roster_of, visible_group
from ..forms import AnswerForm, AskForm, ChangeJoinRulesForm, InviteForm
from ..models import JoinRequest, PeerGroup
from ..page import group_page
from . import changes, policy, requests


@require_POST
def ask(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Ask to join."""
    found, mine = visible_group(request, group)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            requests.ask(member=current_member(request), group=found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, _or_404(refusal).sentence)
        else:
            messages.success(request, _("You've asked. You'll see the answer here and on Today."))
            return redirect("peers:group", group=found.pk)
    return group_page(request, found, mine, ask=form)


def _or_404(refusal: Refused) -> Refused:
    """Return the refusal. Raises Http404 where it says not_found."""
    if refusal.code == Refusal.NOT_FOUND:
        raise Http404
    return refusal


@require_POST
def wait(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Go on the waiting list."""
    found, _mine = visible_group(request, group)
    try:
        requests.wait(member=current_member(request), group=found)
    except Refused as refusal:
        messages.warning(request, _or_404(refusal).sentence)
    return redirect("peers:group", group=found.pk)


@require_POST
def take_back(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Withdraw one's request, leave the waiting list, or decline an offer."""
    found, _mine = visible_group(request, group)
    try:
        requests.take_back(member=current_member(request), group=found)
    except Refused as refusal:
        _or_404(refusal)
    messages.success(request, _("Done. Nobody will ask you why."))
    return redirect("peers:list") if found.join_policy == PeerGroup.JoinPolicy.HIDDEN else redirect("peers:group", group=found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Accept or decline a request, with a note if wanted."""
    found, mine = managed_group(request, group)
    asked = get_object_or_404(found.join_requests.asked().select_related("member"), member=member)
    if not rules.can_let_in(current_member(request), mine, asked.member):
        raise PermissionDenied
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            yes = request.POST.get("verdict") == "yes"
            made = requests.answer(actor=current_member(request), group=found, member=asked.member, yes=yes, **form.cleaned_data)
        except Refused as refusal:  # another facilitator was first, or the member withdrew it
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _answer_sentence(made))
        return redirect("peers:group", group=found.pk)
    return render(request, "peers/join/answer.html", {"group": found, "asked": asked, "form": form})


def _answer_sentence(join_request: JoinRequest) -> str:
    words = {
        JoinRequest.State.OFFERED: _("%(name)s will see your yes, and comes in when they accept the agreement."),
        JoinRequest.State.WAITING: _("%(name)s will see your yes, and is on the waiting list for the next free place."),
    }
    return words.get(JoinRequest.State(join_request.state), _("%(name)s will see your answer.")) % {"name": join_request.member}


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """The roster and open join requests, for facilitators and who may make groups: invite, remove, appoint."""
    found, mine = managed_group(request, group)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person = requests.named(actor=current_member(request), **form.cleaned_data)
            requests.invite(actor=current_member(request), group=found, member=person)
        except Refused as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("%(name)s is invited, and comes in when they accept the agreement.") % {"name": person})
            return redirect("peers:people", group=found.pk)
    roster = roster_of(request, found, mine)
    rows = [(m, rules.can_remove(current_member(request), mine, m)) for m in (*roster.facilitators, *roster.members)]
    context = {
        "form": form,
        "group": found,
        "mine": mine if rules.belongs(mine) else None,
        "rows": rows,
        "open_requests": reading.offered_or_waiting(found),
        "may_appoint": rules.can_make(current_member(request)),
    }
    return render(request, "peers/join/people.html", context)


@require_POST
def withdraw(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Withdraw an invitation, or take somebody off the waiting list."""
    found, _mine = managed_group(request, group)
    join_request = get_object_or_404(found.join_requests.open().select_related("member"), member=member)
    _run(request, lambda: requests.withdraw(actor=current_member(request), group=found, member=join_request.member), _("Taken back."))
    return redirect("peers:people", group=found.pk)


def _run(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Run an action, and flash `done` or why it was refused."""
    try:
        act()
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, done)


@require_http_methods(["GET", "HEAD", "POST"])
def join_rules(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Change the join rules, after a page that says what changes for whom."""
    found, _mine = managed_group(request, group)
    now = {
        "join_policy": found.join_policy,
        "capacity": found.capacity,
        "history_visibility": found.history_visibility,
        "etag": found.join_rules_etag,
    }
    form = ChangeJoinRulesForm(request.POST if request.method == "POST" else None, initial=now)
    newer = None
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("join_policy", "capacity", "history_visibility")}
        sentences = changes.describe(found, **wanted)
        if sentences and "sure" not in request.POST and "back" not in request.POST:
            return render(request, "peers/join/joining_sure.html", {"group": found, "form": form, "changes": sentences})
        if "back" not in request.POST:
            try:
                policy.change(actor=current_member(request), group=found, **form.cleaned_data)
            except Refused as refusal:
                newer = PeerGroup.objects.get(pk=found.pk)
                form.begin_again(newer.join_rules_etag, refusal.sentence)
            else:
                messages.success(request, _("Saved."))
                return redirect("peers:group", group=found.pk)
    return render(request, "peers/join/joining.html", {"group": found, "form": form, "newer": newer})


@require_http_methods(["GET", "HEAD", "POST"])
def step_down(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Stop facilitating, after a page that says what it means."""
    found, mine = visible_group(request, group)
    if not rules.can_step_down(mine):
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.step_down(member=current_member(request), group=found)
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _("You're in this group as a member now."))
        return redirect("peers:group", group=found.pk)
    others = [m for m in reading.roster(found).facilitators if m.member_id != current_member(request).pk]
    return render(request, "peers/join/step_down.html", {"group": found, "others": reading.names_of(others)})
