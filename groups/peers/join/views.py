"""The pages of joining: asking and waiting; and for who looks after the group, answering, inviting and the rules of joining."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.kit.errors import Refusal, Refused
from community.members.access import me

from .. import actions, reading, rules
from ..access import managed, roster_of, seen
from ..forms import AnswerForm, AskForm, InviteForm, JoiningForm
from ..models import JoinRequest, PeerGroup
from ..page import group_page
from . import changes, policy, requests


@require_POST
def ask(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Ask those who look after the group."""
    found, mine = seen(request, group)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            requests.ask(member=me(request), group=found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, _gently(refusal).sentence)
        else:
            messages.success(request, _("You've asked. You'll see the answer here and on Today."))
            return redirect("peers:group", group=found.pk)
    return group_page(request, found, mine, ask=form)


def _gently(refusal: Refused) -> Refused:
    """The refusal, or the page that is not there where that is the answer."""
    if refusal.code == Refusal.NOT_FOUND:
        raise Http404
    return refusal


@require_POST
def wait(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Join the waiting list."""
    found, _mine = seen(request, group)
    try:
        requests.wait(member=me(request), group=found)
    except Refused as refusal:
        messages.warning(request, _gently(refusal).sentence)
    return redirect("peers:group", group=found.pk)


@require_POST
def take_back(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Take one's question back, leave the waiting list, or turn down what was offered."""
    found, _mine = seen(request, group)
    try:
        requests.take_back(member=me(request), group=found)
    except Refused as refusal:
        _gently(refusal)
    messages.success(request, _("Done. Nobody will ask you why."))
    return redirect("peers:list") if found.join_policy == PeerGroup.JoinPolicy.HIDDEN else redirect("peers:group", group=found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Answer a question with yes or no, and a kind word if wanted."""
    found, mine = managed(request, group)
    question = get_object_or_404(found.join_requests.asked().select_related("member"), member=member)
    if not rules.can_let_in(me(request), mine, question.member):
        raise PermissionDenied
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            yes = request.POST.get("verdict") == "yes"
            made = requests.answer(actor=me(request), group=found, member=question.member, yes=yes, **form.cleaned_data)
        except Refused as refusal:  # another facilitator was first, or they took it back
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _answered(made))
        return redirect("peers:group", group=found.pk)
    return render(request, "peers/join/answer.html", {"group": found, "question": question, "form": form})


def _answered(join_request: JoinRequest) -> str:
    words = {
        JoinRequest.State.OFFERED: _("%(name)s will see your yes, and comes in when they accept the agreement."),
        JoinRequest.State.WAITING: _("%(name)s will see your yes, and is on the waiting list for the next free place."),
    }
    return words.get(JoinRequest.State(join_request.state), _("%(name)s will see your answer.")) % {"name": join_request.member}


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Who belongs and who is coming, for those who look after the group: invite, remove, appoint."""
    found, mine = managed(request, group)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person = requests.named(actor=me(request), **form.cleaned_data)
            requests.invite(actor=me(request), group=found, member=person)
        except Refused as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("%(name)s is invited, and comes in when they accept the agreement.") % {"name": person})
            return redirect("peers:people", group=found.pk)
    roster = roster_of(request, found, mine)
    rows = [(m, rules.can_remove(me(request), mine, m)) for m in (*roster.facilitators, *roster.members)]
    context = {
        "form": form,
        "group": found,
        "mine": mine if rules.belongs(mine) else None,
        "rows": rows,
        "coming": reading.coming_to(found),
        "may_appoint": rules.can_make(me(request)),
    }
    return render(request, "peers/join/people.html", context)


@require_POST
def withdraw(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Take an invitation back, or somebody off the waiting list."""
    found, _mine = managed(request, group)
    coming = get_object_or_404(found.join_requests.open().select_related("member"), member=member)
    _do(request, lambda: requests.withdraw(actor=me(request), group=found, member=coming.member), _("Taken back."))
    return redirect("peers:people", group=found.pk)


def _do(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Act, and say so, or why not."""
    try:
        act()
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, done)


@require_http_methods(["GET", "HEAD", "POST"])
def joining(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Change who may come in, how many and what they see, after a page that says what changes for whom."""
    found, _mine = managed(request, group)
    now = {
        "join_policy": found.join_policy,
        "capacity": found.capacity,
        "history_visibility": found.history_visibility,
        "edition": found.joining_edition,
    }
    form = JoiningForm(request.POST if request.method == "POST" else None, initial=now)
    newer = None
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("join_policy", "capacity", "history_visibility")}
        said = changes.in_words(found, **wanted)
        if said and "sure" not in request.POST and "back" not in request.POST:
            return render(request, "peers/join/joining_sure.html", {"group": found, "form": form, "changes": said})
        if "back" not in request.POST:
            try:
                policy.change(actor=me(request), group=found, **form.cleaned_data)
            except Refused as refusal:
                newer = PeerGroup.objects.get(pk=found.pk)
                form.begin_again(newer.joining_edition, refusal.sentence)
            else:
                messages.success(request, _("Saved."))
                return redirect("peers:group", group=found.pk)
    return render(request, "peers/join/joining.html", {"group": found, "form": form, "newer": newer})


@require_http_methods(["GET", "HEAD", "POST"])
def step_down(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Stop facilitating, after a page that says what it means."""
    found, mine = seen(request, group)
    if not rules.can_step_down(mine):
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.step_down(member=me(request), group=found)
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _("You're in this group as a member now."))
        return redirect("peers:group", group=found.pk)
    others = [m for m in reading.roster(found).facilitators if m.member_id != me(request).pk]
    return render(request, "peers/join/step_down.html", {"group": found, "others": reading.names_of(others)})
