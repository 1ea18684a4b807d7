"""The list of people for staff, pausing accounts and closing them."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit import limits
from community.kit.encryption import seal, unsealed
from community.kit.errors import Refused
from community.kit.text.seen import one_line

from .. import rules, seams
from ..access import current_member, for_right
from ..invitations.forms import InvitationForm
from ..models import DoNotWrite, User
from ..roles import Right
from ..signing_in.shared_mailboxes import mailbox_owners
from . import actions
from .closing import closing_time, what_comes_first
from .closing_models import AccountClosing
from .lists import JOINED, list_chosen, shown_list

SEARCH_KEY = "people_sought"


@for_right(Right.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The list of those who have joined, are invited, or could be overlooked.

    What staff search for is in their session: in a URL it would leave a name in the browser's history.
    """
    if request.method == "POST":
        request.session[SEARCH_KEY] = seal(one_line(request.POST.get("sought", ""))[: limits.MAX_SEARCH_LENGTH])
        return redirect(f"{people_address(request.POST.get('show', ''))}#here")
    return people_page(request, InvitationForm(gives_roles=rules.may_appoint(current_member(request))))


def _search_of(request: HttpRequest) -> str:
    """What staff search for, which is encrypted, since sessions are in the database."""
    return str(unsealed(request.session.get(SEARCH_KEY, "")) or "")


def people_address(asked: str) -> str:
    """Return the address of one of the lists of people."""
    show = list_chosen(asked)
    return reverse("members:people") + (f"?show={show}" if show != JOINED else "")


def people_page(request: HttpRequest, form: InvitationForm) -> HttpResponse:
    search = _search_of(request)
    context = {
        "form": form,
        "search": search,
        "may": {right.value: current_member(request).may(right) for right in Right},
        "suggesting": seams.SUGGESTING,
        "list_url": reverse("members:people"),  # an invitation that was refused is answered at another address
        "has_shared_mailboxes": mailbox_owners().exists(),
        "has_opted_out": DoNotWrite.objects.exists,  # asked by the page, for those who may do something about it
        **shown_list(request, search),
    }
    return render(request, "members/people/people.html", context)


@for_right(Right.PAUSE)
@require_GET
def pause(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """What it means to pause an account, and whether to: the names of many people stand close to one another."""
    return render(request, "members/people/pause.html", {"person": get_object_or_404(User, pk=member)})


def _pausing(fields: dict[str, str], member: uuid.UUID) -> str:
    return _("Pause %(name)s's account") % {"name": get_object_or_404(User, pk=member)}


@for_right(Right.PAUSE, describe=_pausing)
@require_POST
def suspend(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    person = _open_account(member)
    try:
        actions.suspend(actor=current_member(request), member=person)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("%(name)s's account is paused.") % {"name": person})
    return redirect("members:people")


def _letting_back(fields: dict[str, str], member: uuid.UUID) -> str:
    return _("Let %(name)s back in") % {"name": get_object_or_404(User, pk=member)}


@for_right(Right.PAUSE, describe=_letting_back)
@require_POST
def reinstate(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    person = _open_account(member)
    try:
        actions.reinstate(actor=current_member(request), member=person)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        done = _("%(name)s can come in again.")
        leaves = _("%(name)s isn't paused by staff anymore. Their account still closes, unless they keep it.")
        messages.success(request, (leaves if AccountClosing.objects.filter(pk=person.pk).exists() else done) % {"name": person})
    return redirect("members:people")


def _closing(fields: dict[str, str], member: uuid.UUID) -> str:
    sentence = _("Close %(name)s's account in a week") if "in_a_week" in fields else _("Close %(name)s's account for good, at once")
    return sentence % {"name": get_object_or_404(User, pk=member)}


@for_right(Right.CLOSE, describe=_closing)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """Close an account in a week, or at once, after a page that says what either means."""
    person, actor = _open_account(member), current_member(request)
    try:
        if request.method != "POST":
            actions.check_closing(actor=actor, member=person)
            closes_at = person.closing.closes_at if hasattr(person, "closing") else closing_time(timezone.now())
            context = {"person": person, "first": what_comes_first(person), "closes_at": closes_at}
            return render(request, "members/people/close.html", context)
        if "in_a_week" in request.POST:
            actions.close_in_a_week(actor=actor, member=person)
            sentence = _("%(name)s's account is going to be closed. Until then they can sign in and keep it.")
            messages.success(request, sentence % {"name": person})
        else:
            actions.close_account(actor=actor, member=person)
            messages.success(request, _("%(name)s's account is closed.") % {"name": person})
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("members:people")


def _open_account(member: uuid.UUID) -> User:
    """Somebody whose account is open, paused or not."""
    return get_object_or_404(User, pk=member, is_active=True)
