"""The pages of peer groups. A hidden group answers an outsider like a group that is not there."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit.errors import Refused
from community.members.access import for_right, me
from community.members.roles import Right

from . import actions, reading, rules
from .forms import AddForm, ChangeForm, JoinForm, NewGroupForm
from .models import UNDO, Membership, PeerGroup


def _seen(request: HttpRequest, group: uuid.UUID) -> tuple[PeerGroup, Membership | None]:
    """The group, where this member may know of it, and their membership, also one that has ended."""
    found = get_object_or_404(PeerGroup.objects.visible_to(me(request)), pk=group)
    return found, Membership.objects.filter(group=found, member=me(request)).first()


def _managed(request: HttpRequest, group: uuid.UUID) -> tuple[PeerGroup, Membership | None]:
    """The same, where they may change it; to who only sees it, that is forbidden."""
    found, mine = _seen(request, group)
    if not rules.can_manage(me(request), mine):
        raise PermissionDenied
    return found, mine


def _roster(request: HttpRequest, found: PeerGroup, mine: Membership | None) -> reading.Roster:
    """Who belongs; that somebody who does not belong reads their names is noted."""
    if not rules.belongs(mine):
        actions.look(actor=me(request), group=found)
    return reading.roster(found)


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    mine, others = reading.groups_for(me(request))
    for group in (*mine, *others):
        group.size_in_words = reading.rounded(group.size)
    return render(request, "peers/groups.html", {"mine": mine, "others": others, "may_make": rules.can_make(me(request))})


@require_GET
def group(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    return _page(request, *_seen(request, group))


def _page(request: HttpRequest, found: PeerGroup, mine: Membership | None, join: JoinForm | None = None) -> HttpResponse:
    inside = rules.belongs(mine)
    manages = rules.can_manage(me(request), mine)
    roster = _roster(request, found, mine) if manages else reading.roster(found)
    context = {
        "group": found,
        "mine": mine if inside else None,
        "channel": found.channels.first() if inside else None,
        "roster": roster,
        "size": reading.rounded(len(roster)),
        "shows_members": inside or manages,
        "manages": manages,
        "must_agree": inside and mine is not None and not rules.has_agreed(found, mine),
        "may_join": rules.can_join(found, mine),
        "form": join or JoinForm(initial={"version": found.agreement_version}),
    }
    return render(request, "peers/group.html", context)


def _again(found: PeerGroup, sentence: str) -> JoinForm:
    """The form with the present version, so that what is agreed to next is what is on the page."""
    form = JoinForm({"version": found.agreement_version, "agreed": ""})
    form.full_clean()
    form.errors.clear()
    form.add_error(None, sentence)
    return form


@require_POST
def join(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Join an open group; or, belonging already, accept its agreement anew."""
    found, mine = _seen(request, group)
    inside = rules.belongs(mine)
    if not inside and found.door == PeerGroup.Door.HIDDEN:
        raise Http404
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _page(request, found, mine, form)
    act = actions.accept if inside else actions.join
    try:
        act(member=me(request), group=found, agreed_version=form.cleaned_data["version"])
    except Refused as refusal:
        found.refresh_from_db(fields=["agreement", "agreement_version"])
        return _page(request, found, mine, _again(found, refusal.sentence))
    messages.success(request, _("Thank you.") if inside else _("Welcome. You can say hello, or just read for a while."))
    return redirect("peers:group", group=found.pk)


@require_POST
def leave(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Leave at once; the page that follows offers to take it back."""
    found = get_object_or_404(PeerGroup.objects.of(me(request)), pk=group)
    try:
        actions.leave(member=me(request), group=found)
    except Refused:  # removed meanwhile
        raise Http404 from None
    return redirect("peers:left", group=found.pk)


def _just_left(request: HttpRequest, group: uuid.UUID) -> PeerGroup:
    """The group that this member left by themselves a moment ago: also a hidden one, which they knew."""
    lately = Membership.objects.left_lately(me(request)).select_related("group")
    return get_object_or_404(lately, group=group).group


@require_GET
def left(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    return render(request, "peers/left.html", {"group": _just_left(request, group), "minutes": UNDO.seconds // 60})


@require_POST
def undo(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    found = _just_left(request, group)
    try:
        actions.undo_leave(member=me(request), group=found)
    except Refused as refusal:  # the ten minutes ended meanwhile, or they have come and gone too often
        messages.warning(request, refusal.sentence)
        return redirect("peers:list")
    messages.success(request, _("You are back. Nothing was lost."))
    return redirect("peers:group", group=found.pk)


@for_right(Right.MAKE_GROUPS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = NewGroupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_group(actor=me(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("The group is open."))
            return redirect("peers:group", group=made.pk)
    return render(request, "peers/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    found, _mine = _managed(request, group)
    initial = {"name": found.name, "purpose": found.purpose, "agreement": found.agreement, "edition": found.edition}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=initial)
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(actor=me(request), group=found, **form.cleaned_data)
        except Refused as refusal:
            if refusal.code == "changed":
                newer = PeerGroup.objects.get(pk=found.pk)
                form.begin_again(newer, refusal.sentence)
            else:
                form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("peers:group", group=found.pk)
    return render(request, "peers/edit.html", {"form": form, "group": found, "newer": newer})


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Who belongs, for those who look after the group: add, remove, appoint."""
    found, mine = _managed(request, group)
    form = AddForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["name"]
        try:
            actions.add(actor=me(request), group=found, member=person)
        except Refused as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("%(name)s belongs to the group now.") % {"name": person})
            return redirect("peers:people", group=found.pk)
    roster = _roster(request, found, mine)
    rows = [(m, rules.can_remove(me(request), mine, m)) for m in (*roster.facilitators, *roster.members)]
    context = {"form": form, "group": found, "rows": rows, "may_appoint": rules.can_make(me(request))}
    return render(request, "peers/people.html", context)


def _membership(found: PeerGroup, member: uuid.UUID) -> Membership:
    return get_object_or_404(found.memberships.current().select_related("member"), member=member)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Remove a member, after a page that says what it means."""
    found, mine = _managed(request, group)
    theirs = _membership(found, member)
    if not rules.can_remove(me(request), mine, theirs):
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.remove(actor=me(request), group=found, member=theirs.member)
        except Refused as refusal:  # they left meanwhile
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _("%(name)s does not belong to the group any more.") % {"name": theirs.member})
        return redirect("peers:people", group=found.pk)
    return render(request, "peers/remove.html", {"group": found, "person": theirs.member})


@for_right(Right.MAKE_GROUPS)
@require_POST
def appoint(request: HttpRequest, group: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """Make a member a facilitator, or a facilitator a member again."""
    found = get_object_or_404(PeerGroup, pk=group)
    role = Membership.Role.FACILITATOR if request.POST.get("role") == Membership.Role.FACILITATOR else Membership.Role.MEMBER
    try:
        actions.appoint(actor=me(request), group=found, member=_membership(found, member).member, role=role)
    except Refused as refusal:  # they left meanwhile
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Saved."))
    return redirect("peers:people", group=found.pk)
