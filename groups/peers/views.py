"""The pages of peer groups. Those of join requests are in `join`."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.members.access import current_member, for_right
from community.members.roles import Right
from community.members.signing_in.proof import proven
from community.notifications.actions import mark_read
from community.notifications.models import preferences_of

from . import actions, reading, rules
from .access import describe_new_group, managed_group, visible_group
from .forms import ChangeForm, JoinForm, NewGroupForm
from .models import Membership, PeerGroup
from .notifying import NEWCOMER
from .page import group_page
from .pending import pending_for


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """The member's groups with what was said in them last, and the others that they may know of."""
    member = current_member(request)
    mine, others = reading.groups_for(member)
    context = {"pending": pending_for(member), "mine": mine, "others": others, "may_make": rules.can_make(member)}
    context["hides_words"] = preferences_of(member).hides_words
    return render(request, "peers/groups.html", context)


@require_GET
def hello(request: HttpRequest) -> HttpResponse:
    """The newcomers whom this member was asked to welcome, and the conversations that both are in."""
    mark_read(current_member(request), NEWCOMER.key)
    return render(request, "peers/hello.html", {"newcomers": reading.newcomers_of(current_member(request))})


@require_GET
def group(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    return group_page(request, *visible_group(request, group))


@require_POST
def join(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Join an open group or accept an offered seat; for members, accept the changed agreement."""
    found, mine = visible_group(request, group)
    inside = rules.belongs(mine)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return group_page(request, found, mine, join=form)
    act = actions.accept if inside else actions.join
    try:
        act(member=current_member(request), group=found, agreed_version=form.cleaned_data["version"])
    except Refused as refusal:
        if refusal.code == Refusal.NOT_FOUND:
            raise Http404 from None
        now, mine = visible_group(request, group)
        return group_page(request, now, mine, join=JoinForm.begin_again(now, refusal.sentence))
    messages.success(request, _("Thank you.") if inside else _("Welcome. You can say hello, or just read for a while."))
    return redirect("peers:group", group=found.pk)


@require_GET
def agreement(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """The agreement with its older versions, who changed it and when, for members of the group and who may make groups."""
    found = get_object_or_404(PeerGroup.objects.inside_for(current_member(request)), pk=group)
    accepted = dict(current_member(request).acceptances.filter(text__group=found).values_list("text", "agreed_at"))
    texts = list(found.agreement_texts.select_related("made_by"))
    for text in texts:
        text.is_accepted, text.accepted_at = text.pk in accepted, accepted.get(text.pk)
    return render(request, "peers/agreements/agreement_texts.html", {"group": found, "texts": texts, "lost": texts[-1].version > 1})


@require_POST
def leave(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Leave at once; the page that follows offers to undo it."""
    found = get_object_or_404(PeerGroup.objects.of(current_member(request)), pk=group)
    try:
        actions.leave(member=current_member(request), group=found)
    except Refused:  # removed since the page was shown
        raise Http404 from None
    return redirect("peers:left", group=found.pk)


def _just_left(request: HttpRequest, group: uuid.UUID) -> PeerGroup:
    """Return the group that this member has just left themselves, also a hidden one, which they knew."""
    recent = Membership.objects.left_recently(current_member(request)).select_related("group")
    return get_object_or_404(recent, group=group).group


@require_GET
def left(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    found = _just_left(request, group)
    context = {"group": found, "minutes": limits.LEAVE_UNDO_WINDOW.seconds // 60, "led": found.memberships.leading().exists()}
    return render(request, "peers/left.html", context)


@require_POST
def undo(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    found = _just_left(request, group)
    try:
        actions.undo_leave(member=current_member(request), group=found)
    except Refused as refusal:  # the time for it has ended, or they joined too often
        messages.warning(request, refusal.sentence)
        return redirect("peers:list")
    messages.success(request, _("You're back. Nothing was lost."))
    return redirect("peers:group", group=found.pk)


@for_right(Right.MAKE_GROUPS)
@proven(describe_new_group)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = NewGroupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_group(actor=current_member(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("The group is open."))
            return redirect("peers:group", group=made.pk)
    return render(request, "peers/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    found, _mine = managed_group(request, group)
    initial = {"name": found.name, "purpose": found.purpose, "agreement": found.agreement, "etag": found.etag}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=initial)
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(actor=current_member(request), group=found, **form.cleaned_data)
        except Refused as refusal:
            if refusal.code == Refusal.CHANGED:
                newer = PeerGroup.objects.get(pk=found.pk)
                form.begin_again(newer.etag, refusal.sentence)
            else:
                form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("peers:group", group=found.pk)
    return render(request, "peers/edit.html", {"form": form, "group": found, "newer": newer})


def _membership(found: PeerGroup, member: uuid.UUID) -> Membership:
    return get_object_or_404(found.memberships.current().select_related("member"), member=member)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Remove a member, after a page that says what it means."""
    found, mine = managed_group(request, group)
    theirs = _membership(found, member)
    if not rules.can_remove(current_member(request), mine, theirs):
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.remove(actor=current_member(request), group=found, member=theirs.member)
        except Refused as refusal:  # they left since the page was shown
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _("%(name)s is no longer in the group.") % {"name": theirs.member})
        return redirect("peers:people", group=found.pk)
    return render(request, "peers/remove.html", {"group": found, "person": theirs.member})


def describe_appointment(fields: dict[str, str], group: uuid.UUID, member: uuid.UUID) -> str:
    sentence = _("Make %(name)s a member of %(group)s, and no longer a facilitator")
    if fields.get("role") == Membership.Role.FACILITATOR:
        sentence = _("Make %(name)s a facilitator of %(group)s")
    found = get_object_or_404(PeerGroup, pk=group)
    return sentence % {"name": _membership(found, member).member, "group": found}


@for_right(Right.MAKE_GROUPS)
@proven(describe_appointment)
@require_POST
def appoint(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Make a member a facilitator, or a facilitator a member again."""
    found = get_object_or_404(PeerGroup, pk=group)
    role = Membership.Role.FACILITATOR if request.POST.get("role") == Membership.Role.FACILITATOR else Membership.Role.MEMBER
    try:
        actions.appoint(actor=current_member(request), group=found, member=_membership(found, member).member, role=role)
    except Refused as refusal:  # they left since the page was shown
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Saved."))
    return redirect("peers:people", group=found.pk)
