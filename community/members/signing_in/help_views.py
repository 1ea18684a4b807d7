"""Pages on which admins help somebody in who can't sign in anymore; and that the member has read what they did."""

import uuid

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.kit.errors import Refusal, Refused
from community.kit.text.order import by_name

from .. import rules
from ..access import current_member, for_right
from ..models import User
from ..people import recovery
from ..roles import Right
from . import addresses
from .forms import AddressForThemForm, CodeForThemForm, FactorsOffForm
from .shared_mailboxes import mailbox_owners


@require_POST
def helped(request: HttpRequest) -> HttpResponse:
    """A member has read what staff changed."""
    recovery.mark_read(member=current_member(request))
    return redirect("mfa_index")


@for_right(Right.HELP_IN)
@require_safe
def shared_mailboxes(request: HttpRequest) -> HttpResponse:
    """Which accounts share a mailbox, and what to do about it."""
    mailboxes = [[owner, *owner.mailbox_sharers.all()] for owner in by_name(mailbox_owners())]
    return render(request, "members/signing_in/shared_mailboxes.html", {"mailboxes": mailboxes})


def _helping(fields: dict[str, str], member: uuid.UUID) -> str:
    sentences = {"factors": _("Take %(name)s's second step off"), "code": _("Make a code for %(name)s")}
    sentence = sentences.get(fields.get("what", ""), _("Ask for a new address for %(name)s"))
    return sentence % {"name": get_object_or_404(User, pk=member)}


@for_right(Right.HELP_IN, describe=_helping)
@require_http_methods(["GET", "HEAD", "POST"])
def help_in(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """An admin helps somebody to sign in again: by taking their second step off, a new address, or a code in person."""
    person = get_object_or_404(User, pk=member, is_active=True)
    if person == current_member(request):
        raise Http404
    what = request.POST.get("what", "")
    factors_off = FactorsOffForm(request.POST if what == "factors" else None, auto_id="factors_%s")
    address = AddressForThemForm(request.POST if what == "address" else None, auto_id="address_%s")
    code = CodeForThemForm(request.POST if what == "code" else None, auto_id="code_%s")
    form: Form = {"address": address, "code": code}.get(what, factors_off)
    if form.is_valid():
        try:
            if what == "code":
                given = recovery.give_code(actor=current_member(request), member=person, reason=form.cleaned_data["reason"])
                return render(request, "members/signing_in/code_for_them.html", {"person": person, "code": given})
            done = _help(current_member(request), person, what, form.cleaned_data)
        except Refused as refusal:
            form.add_error("reason" if refusal.code == Refusal.NO_REASON else "email" if what == "address" else None, refusal.sentence)
        else:
            messages.success(request, done)
            return redirect("members:people")
    context = {"person": person, "factors_off": factors_off, "address": address, "code": code, "form": form}
    context |= {"has_factors": recovery.has_factors(person), "may_be_given_code": rules.may_be_given_code(person)}
    return render(request, "members/signing_in/help_in.html", context)


def _help(actor: User, person: User, what: str, fields: dict[str, str]) -> str:
    if what == "factors":
        recovery.take_factors_off(actor=actor, member=person, reason=fields["reason"])
        done = _("%(name)s's second step is off, and they're signed out everywhere. An e-mail tells them.")
        without = _("%(name)s's second step is off, and they're signed out everywhere. They have no address here, so tell them yourself.")
        return (done if person.email else without) % {"name": person}
    addresses.request_change(actor=actor, member=person, email=fields["email"], reason=fields["reason"])
    return _("If that address can be used, an e-mail is on its way to it. It counts a day from now at the earliest, once it's confirmed.")
