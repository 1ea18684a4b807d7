"""The step of joining at which new members choose groups, and the pages where staff suggest groups."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.kit.errors import Refused
from community.kit.ids import as_id
from community.members.access import current_member, for_right
from community.members.joining.steps import FOURTH, mark_shown, step
from community.members.models import Cohort, User
from community.members.roles import Right
from community.members.signing_in.proof import proven

from .. import actions, reading, rules
from ..access import describe_new_group
from ..forms import ChoiceForm, NewGroupForm
from ..models import JoinRequest, Membership, PeerGroup
from . import actions as suggestion_actions
from .forms import PersonForm, SuggestionForm


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """The fourth step of joining: choose groups or none. Each is joined by accepting its agreement."""
    mark_shown(request, FOURTH)
    chosen, form = None, None
    if request.method == "POST":
        chosen = get_object_or_404(PeerGroup.objects.visible_to(current_member(request)), pk=as_id(request.POST.get("group")))
        form = ChoiceForm(request.POST, group=chosen)
        if form.is_valid():
            try:
                actions.join(member=current_member(request), group=chosen, agreed_version=form.cleaned_data["version"])
            except Refused as refusal:
                chosen.refresh_from_db(fields=["agreement", "agreement_version"])
                form = ChoiceForm.begin_again(chosen, refusal.sentence, group=chosen)
            else:
                messages.success(request, _("You're in %(group)s now.") % {"group": chosen})
                return redirect("suggestions:welcome")
    mine, others = reading.groups_for(current_member(request))
    ended = {membership.group_id: membership for membership in Membership.objects.filter(member=current_member(request))}
    refused = chosen if form and form.errors else None  # also when it has just become full: its form says so
    open_to = [group for group in others if group == refused or rules.can_join(group, ended.get(group.pk), group.join_request)]
    open_to.sort(key=lambda group: not _is_suggested(group))
    context = {
        "mine": mine,
        "choices": [(group, form if group == refused else _blank(group), _is_suggested(group)) for group in open_to],
        "form": form,
        "step": step(FOURTH, for_staff=current_member(request).is_staff),
    }
    return render(request, "suggestions/welcome.html", context)


def _is_suggested(group: PeerGroup) -> bool:
    return group.join_request is not None and group.join_request.origin == JoinRequest.Origin.SUGGESTED


def _blank(group: PeerGroup) -> ChoiceForm:
    return ChoiceForm(initial={"version": group.agreement_version}, group=group)


@for_right(Right.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def cohort(request: HttpRequest, cohort: uuid.UUID) -> HttpResponse:
    """Choose which groups are suggested to a cohort."""
    found = get_object_or_404(Cohort, pk=cohort)
    form = SuggestionForm(
        request.POST if request.method == "POST" else None, initial={"groups": found.suggestions.values_list("group", flat=True)}
    )
    if request.method == "POST" and form.is_valid():
        suggestion_actions.suggest_groups(actor=current_member(request), cohort=found, groups=form.cleaned_data["groups"])
        messages.success(request, _("Saved."))
        return redirect("members:cohort", cohort=cohort)
    return render(request, "suggestions/cohort.html", {"form": form, "cohort": found})


@for_right(Right.MAKE_GROUPS)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """Suggest groups to one member. It doesn't tell which groups they are in: what they have already is left as it is."""
    found = get_object_or_404(User.objects.active().exclude(pk=current_member(request).pk), pk=member)
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            suggestion_actions.suggest_to(actor=current_member(request), member=found, groups=form.cleaned_data["groups"])
        except Refused as refusal:  # their account was paused or closed since
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Suggested. %(name)s decides.") % {"name": found})
        return redirect("members:people")
    return render(request, "suggestions/person.html", {"form": form, "person": found})


@for_right(Right.MAKE_GROUPS)
@proven(describe_new_group)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, cohort: uuid.UUID) -> HttpResponse:
    """Make a group for a cohort, and suggest it to the cohort."""
    found = get_object_or_404(Cohort, pk=cohort)
    form = NewGroupForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            made = suggestion_actions.make_group(actor=current_member(request), cohort=found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("%(group)s is open, and is suggested to this cohort.") % {"group": made})
            return redirect("members:cohort", cohort=cohort)
    return render(request, "suggestions/make.html", {"form": form, "cohort": found})
