"""The pages of peer groups. A hidden group answers an outsider like a group that is not there."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit import audit
from community.kit.errors import Refused
from community.members.access import for_role
from community.members.roles import Role

from . import actions, reading, rules
from .forms import AddForm, GroupForm, JoinForm, NewGroupForm
from .models import Membership, PeerGroup


def _seen(request: HttpRequest, group: uuid.UUID) -> PeerGroup:
    """The group, where this member may know of it; an admin knows of all, to look after them."""
    known = (
        PeerGroup.objects.with_membership_of(request.user) if rules.can_make(request.user) else PeerGroup.objects.visible_to(request.user)
    )
    return get_object_or_404(known, pk=group)


def _looked_after(request: HttpRequest, group: uuid.UUID) -> PeerGroup:
    """The group, where this member may change it; to who only sees it, that is forbidden."""
    found = _seen(request, group)
    if not rules.can_look_after(request.user, found):
        raise PermissionDenied
    return found


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    mine, others = reading.groups_for(request.user)
    for group in (*mine, *others):
        group.size_in_words = reading.rounded(group.size)
    return render(request, "peers/groups.html", {"mine": mine, "others": others, "may_make": rules.can_make(request.user)})


@require_GET
def group(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    return _page(request, _seen(request, group))


def _page(request: HttpRequest, found: PeerGroup, *, join: JoinForm | None = None, status: int = 200) -> HttpResponse:
    mine = rules.membership_of(request.user, found)
    looks_after = rules.can_look_after(request.user, found)
    if looks_after and mine is None:
        audit.record(actor=request.user, verb="peers.look", target=found.pk)
    roster = reading.roster(found)
    context = {
        "group": found,
        "mine": mine,
        "channel": found.channels.first() if mine else None,
        "roster": roster,
        "size": reading.rounded(len(roster)),
        "shows_members": mine is not None or looks_after,
        "looks_after": looks_after,
        "may_appoint": rules.can_make(request.user),
        "must_agree": mine is not None and mine.agreed_version != found.agreement_version,
        "form": join or JoinForm(initial={"version": found.agreement_version}),
    }
    return render(request, "peers/group.html", context, status=status)


def _fresh_join_form(found: PeerGroup, sentence: str) -> JoinForm:
    """The form again with the present version, so that what is agreed to next is what is on the page."""
    form = JoinForm({"version": found.agreement_version, "agreed": ""})
    form.full_clean()
    form.errors.clear()
    form.add_error(None, sentence)
    return form


@require_POST
def join(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Join an open group; or, belonging already, accept its agreement anew."""
    found = _seen(request, group)
    mine = rules.membership_of(request.user, found)
    if mine is None and found.door != PeerGroup.Door.OPEN:
        raise Http404
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _page(request, found, join=form)
    act = actions.accept_agreement if mine else actions.join
    try:
        act(member=request.user, group=found, agreed_version=form.cleaned_data["version"])
    except Refused as refusal:
        found.refresh_from_db(fields=["agreement", "agreement_version"])
        return _page(request, found, join=_fresh_join_form(found, refusal.sentence))
    messages.success(request, _("Thank you.") if mine else _("Welcome. You can say hello, or just read for a while."))
    return redirect("peers:group", group=found.pk)


@require_POST
def leave(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Leave at once; the page that follows offers to take it back."""
    found = get_object_or_404(PeerGroup.objects.of(request.user), pk=group)
    actions.leave(member=request.user, group=found)
    return redirect("peers:left", group=found.pk)


def _just_left(request: HttpRequest, group: uuid.UUID) -> PeerGroup:
    """The group that this member left by themselves not long ago: also a hidden one, which they knew."""
    past = Membership.objects.filter(group=group, member=request.user, ended_by=request.user).exclude(ended_at=None)
    return get_object_or_404(past.select_related("group")).group


@require_GET
def left(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    return render(request, "peers/left.html", {"group": _just_left(request, group), "minutes": actions.UNDO.seconds // 60})


@require_POST
def undo(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    found = _just_left(request, group)
    try:
        actions.undo_leave(member=request.user, group=found)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("peers:list")
    messages.success(request, _("You are back. Nothing was lost."))
    return redirect("peers:group", group=found.pk)


@for_role(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = NewGroupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = actions.make_group(actor=request.user, **form.cleaned_data)
        messages.success(request, _("The group is open."))
        return redirect("peers:group", group=made.pk)
    return render(request, "peers/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    found = _looked_after(request, group)
    form = GroupForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        actions.change_group(actor=request.user, group=found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("peers:group", group=found.pk)
    return render(request, "peers/edit.html", {"form": form, "group": found})


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Who belongs, for those who look after the group: add, remove, appoint."""
    found = _looked_after(request, group)
    form = AddForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.add(actor=request.user, group=found, member=form.cleaned_data["name"])
        messages.success(request, _("%(name)s belongs to the group now.") % {"name": form.cleaned_data["name"]})
        return redirect("peers:people", group=found.pk)
    context = {"form": form, "group": found, "roster": reading.roster(found), "may_appoint": rules.can_make(request.user)}
    return render(request, "peers/people.html", context)


def _one_of(found: PeerGroup, member: uuid.UUID) -> Any:
    return get_object_or_404(get_user_model().objects.filter(memberships__in=found.memberships.current()), pk=member)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Remove a member, after a page that says what it means."""
    found = _looked_after(request, group)
    person = _one_of(found, member)
    if request.method == "POST":
        actions.remove(actor=request.user, group=found, member=person)
        messages.success(request, _("%(name)s does not belong to the group any more.") % {"name": person})
        return redirect("peers:people", group=found.pk)
    return render(request, "peers/remove.html", {"group": found, "person": person})


@for_role(Role.ADMIN)
@require_POST
def appoint(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Make a member a facilitator, or a facilitator a member again."""
    found = get_object_or_404(PeerGroup, pk=group)
    role = Membership.Role.FACILITATOR if request.POST.get("role") == Membership.Role.FACILITATOR else Membership.Role.MEMBER
    actions.appoint(actor=request.user, group=found, member=_one_of(found, member), role=role)
    messages.success(request, _("Saved."))
    return redirect("peers:people", group=found.pk)
