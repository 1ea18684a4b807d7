"""Pages on which staff invite one person, send an invitation again or take it back."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.kit.errors import Refused

from .. import rules
from ..access import current_member, for_right
from ..models import Invitation, User
from ..people.disclosure_limits import limit_disclosures
from ..people.views import people_address, people_page
from ..roles import Right, Role
from ..signing_in.proof import proven
from . import actions
from .flashes import email_sent, text_sent, with_outbox
from .forms import InvitationForm


def _inviting(fields: dict[str, str]) -> str:
    return _("Invite %(email)s as staff: %(role)s") % {"email": fields.get("email", ""), "role": Role(fields["role"]).label}


def _gives_role(actor: User, role: str) -> bool:
    return role in Role.values and rules.may_appoint(actor)


@for_right(Right.INVITE)
@proven(_inviting, where=lambda request: _gives_role(current_member(request), request.POST.get("role", "")))  # as giving a role is
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST, gives_roles=rules.may_appoint(current_member(request)))
    if not form.is_valid():
        return people_page(request, form)
    try:
        with limit_disclosures(current_member(request)):
            actions.invite(actor=current_member(request), **form.cleaned_data)
    except Refused as refusal:
        form.add_error("number" if form.cleaned_data.get("number") else "email", refusal.sentence)
        return people_page(request, form)
    messages.success(request, text_sent() if form.cleaned_data.get("number") else with_outbox(email_sent()))
    return redirect("members:people")


@for_right(Right.INVITE)
@require_POST
def resend(request: HttpRequest, invitation: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.sent(), pk=invitation)
    over = " " + _("Earlier links no longer work.")
    return _change_invitation(request, found, actions.resend, with_outbox(email_sent() + over) if found.email else text_sent() + over)


@for_right(Right.INVITE)
@require_POST
def revoke(request: HttpRequest, invitation: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=invitation)
    link, code = _("The invitation is taken back. Its link no longer works."), _("The card is taken back. Its code no longer works.")
    return _change_invitation(request, found, actions.revoke, code if found.sheet_id else link)


def _change_invitation(request: HttpRequest, found: Invitation, act: Callable[..., object], done: str) -> HttpResponse:
    try:
        act(actor=current_member(request), invitation=found)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done)
    if found.sheet_id:
        return redirect("members:card_sheet", sheet=found.sheet_id)
    if found.cohort_id and "cohort" in request.POST:
        return redirect("members:cohort", cohort=found.cohort_id)
    return redirect(people_address(request.POST.get("show", "")))
