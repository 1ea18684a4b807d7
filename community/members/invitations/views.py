"""Pages on which staff invite one person, send an invitation again or take it back; and the page on which somebody asks for no more."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.centre.models import centre
from community.kit.errors import Refused
from community.kit.web.public_views import same_for_everyone

from .. import rules
from ..access import current_member, for_right
from ..models import Invitation, User
from ..people.disclosure_limits import limit_disclosures
from ..people.views import people_address, people_page
from ..roles import Right, Role
from ..signing_in.proof import proven
from . import actions
from .do_not_write import stop
from .do_not_write import write_again as allow
from .flashes import email_sent, text_sent, with_outbox
from .forms import InvitationForm, WriteAgainForm


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


@same_for_everyone  # so that it asks for no session and no token of a form: a mail service has neither
@require_http_methods(["GET", "HEAD", "POST"])
def do_not_write(request: HttpRequest, token: str) -> HttpResponse:
    """End invitations to an address with a POST (RFC 8058); whatever else opens this, such as a scanner of links, sees a button.

    A token that is none of ours answers alike.
    """
    if request.method == "POST":
        stop(token=token)
    return render(None, "members/invitations/do_not_write.html", {"centre": centre(), "is_done": request.method == "POST"})


@for_right(Right.WRITE_AGAIN)
@require_http_methods(["GET", "HEAD", "POST"])
def write_again(request: HttpRequest) -> HttpResponse:
    """Let somebody be invited who had asked us not to write. Who that is, is shown nowhere: their address or number has to be typed."""
    form = WriteAgainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with limit_disclosures(current_member(request)):
                allow(actor=current_member(request), address=form.cleaned_data["address"])
        except Refused as refusal:
            form.add_error("address", refusal.sentence)
        else:
            messages.success(request, _("You can invite them now."))
            return redirect("members:people")
    return render(request, "members/invitations/write_again.html", {"form": form})


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
