"""Pages on who is here: a member's own settings, and the staff's desk."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.centre.models import centre
from community.kit import limits
from community.kit.encryption import seal, unsealed
from community.kit.errors import Refused
from community.kit.text.markdown import to_html
from community.kit.text.seen import one_line

from . import actions, seams
from .access import for_right, me
from .forms import ConversationForm, DiscretionForm, InviteForm, ProfileForm
from .invitations.cohort_views import shown_invitations, with_outbox
from .joining.asking import asked_by
from .models import Invitation, User
from .people.search import found
from .roles import Right, Role
from .signing_in import log as entries
from .signing_in.proof import proven
from .signing_in.twins import with_twins

A_PAGE = 50
SOUGHT = "people_sought"
SETTINGS: dict[str, Callable[..., Form]] = {"profile": ProfileForm, "discretion": DiscretionForm, "conversation": ConversationForm}


@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: HttpRequest) -> HttpResponse:
    """What a member set about themselves, and what they agreed to."""
    member = User.objects.get(pk=me(request).pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_profile(member=member, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("members:settings")
    return _settings_page(request, profile=form)


@require_http_methods(["GET", "HEAD", "POST"])
def discretion(request: HttpRequest) -> HttpResponse:
    """How the member's pages hide themselves: a form of the settings page."""
    return _part(request, "discretion", actions.set_discretion)


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest) -> HttpResponse:
    """How the member reads and writes in conversations: a form of the settings page."""
    return _part(request, "conversation", actions.set_conversation)


def _part(request: HttpRequest, name: str, act: Callable[..., None]) -> HttpResponse:
    """A form of the settings page that has an address of its own; who opens that is led to it."""
    if request.method == "POST":
        member = User.objects.get(pk=me(request).pk)
        form = SETTINGS[name](request.POST, member=member)
        if not form.is_valid():
            return _settings_page(request, **{name: form})
        act(member=member, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect(reverse("members:settings") + f"#{name}")


def _settings_page(request: HttpRequest, **sent: Form) -> HttpResponse:
    """The settings page. `sent` is the form that came, by its name in SETTINGS: it says what is wrong with it."""
    member = me(request)
    consents = [(consent, to_html(consent.text.body)) for consent in member.consents.select_related("text").order_by("-agreed_at")]
    forms = {name: sent.get(name) or made(member=member) for name, made in SETTINGS.items()}
    context = {
        **forms,
        "form": next(iter(sent.values()), forms["profile"]),
        "consents": consents,
        **entries.shown(member),
        "newcomers": User.objects.newcomers_to(member),
        "newcomers_route": seams.newcomers_route(),
        "safety_rows": [row() for row in seams.SAFETY],
        "member": member,
    }
    return render(request, "members/settings/settings.html", context)


@require_POST
def welcoming(request: HttpRequest) -> HttpResponse:
    """Say whether staff may name one to newcomers."""
    willing = request.POST.get("may_welcome") == "yes"
    actions.set_welcoming(member=me(request), may_welcome=willing)
    messages.success(request, _("Saved."))
    return redirect("members:settings")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """How long the session lives on (a GET), and that somebody is there (a POST); 401 once it is over.

    A page that was open meanwhile learns from it who is signed in now, and the token that its forms need.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    now: Any = request.session
    return JsonResponse({"left": now.left, "last": now.is_last, "who": str(me(request).pk), "token": get_token(request)})


@for_right(Right.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who is here and everybody who was asked.

    Whom staff look for stands in their session: in an address it would leave a name in the browser's history.
    """
    if request.method == "POST":
        request.session[SOUGHT] = seal(one_line(request.POST.get("sought", ""))[: limits.MAX_SEARCH_LENGTH])
        return redirect(f"{reverse('members:people')}#here")
    return _desk(request, InviteForm())


def _inviting(fields: dict[str, str]) -> str:
    return _("Invite %(email)s as staff: %(role)s") % {"email": fields.get("email", ""), "role": Role(fields["role"]).label}


@for_right(Right.INVITE)
@proven(_inviting, where=lambda request: request.POST.get("role") in Role.values)  # as giving a role is
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _desk(request, form)
    try:
        with asked_by(me(request)):
            actions.invite(actor=me(request), email=form.cleaned_data["email"], role=form.cleaned_data["role"])
    except Refused as refusal:
        form.add_error("email", refusal.sentence)
        return _desk(request, form)
    messages.success(request, with_outbox(_letter_left()))
    return redirect("members:people")


@for_right(Right.INVITE)
@require_POST
def resend(request: HttpRequest, invitation: uuid.UUID) -> HttpResponse:
    done = with_outbox(_letter_left() + " " + _("The earlier link no longer works."))
    return _change_invitation(request, invitation, actions.resend, done)


@for_right(Right.INVITE)
@require_POST
def revoke(request: HttpRequest, invitation: uuid.UUID) -> HttpResponse:
    return _change_invitation(request, invitation, actions.revoke, _("The invitation is taken back. Its link no longer works."))


@for_right(Right.PAUSE)
@require_GET
def pause(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """What it means to pause an account, and whether to: the names of many people stand close to one another."""
    return render(request, "members/people/pause.html", {"person": get_object_or_404(User, pk=member)})


def _pausing(fields: dict[str, str], member: uuid.UUID) -> str:
    return _("Pause %(name)s's account") % {"name": get_object_or_404(User, pk=member)}


@for_right(Right.PAUSE, says=_pausing)
@require_POST
def suspend(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    person = _here(member)
    try:
        actions.suspend(actor=me(request), member=person)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("%(name)s's account is paused.") % {"name": person})
    return redirect("members:people")


def _letting_back(fields: dict[str, str], member: uuid.UUID) -> str:
    return _("Let %(name)s back in") % {"name": get_object_or_404(User, pk=member)}


@for_right(Right.PAUSE, says=_letting_back)
@require_POST
def let_back(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    person = _here(member)
    actions.let_back(actor=me(request), member=person)
    messages.success(request, _("%(name)s can come in again.") % {"name": person})
    return redirect("members:people")


def _closing(fields: dict[str, str], member: uuid.UUID) -> str:
    return _("Close %(name)s's account for good") % {"name": get_object_or_404(User, pk=member)}


@for_right(Right.CLOSE, says=_closing)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """Close an account, after a page that says what it means."""
    person = _here(member)
    act = actions.close_account if request.method == "POST" else actions.check_closing
    try:
        act(actor=me(request), member=person)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("members:people")
    if request.method != "POST":
        return render(request, "members/people/close.html", {"person": person})
    messages.success(request, _("%(name)s's account is closed.") % {"name": person})
    return redirect("members:people")


def _here(member: uuid.UUID) -> User:
    """Somebody whose account is open, paused or not."""
    return get_object_or_404(User, pk=member, is_active=True)


def _change_invitation(request: HttpRequest, invitation: uuid.UUID, act: object, done: str) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=invitation)
    try:
        act(actor=me(request), invitation=found)  # type: ignore[operator]
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done)
    return (
        redirect("members:cohort", cohort=found.cohort_id) if found.cohort_id and "cohort" in request.POST else redirect("members:people")
    )


def _letter_left() -> str:
    if settings.MAIL_SERVER:
        return _("The invitation is on its way.")
    if centre().has_outbox:
        return _("No mail server is set. The e-mail will be in the outbox in a moment.")
    return _("No mail server is set, so the e-mail can't go out. Set one, then send the invitation again.")


def _sought(request: HttpRequest) -> str:
    """Whom staff look for; it is sealed, since sessions lie in the database."""
    return str(unsealed(request.session.get(SOUGHT, "")) or "")


def _desk(request: HttpRequest, form: InviteForm) -> HttpResponse:
    sought = _sought(request)
    everybody = Paginator(found(me(request), sought), A_PAGE).get_page(request.GET.get("people"))
    people = User.objects.prefetch_related("groups").in_bulk(everybody.object_list)
    context = {
        "form": form,
        "sought": sought,
        "everybody": everybody,
        "shown": [people[pk] for pk in everybody.object_list],
        "twins": with_twins().exists(),
        **shown_invitations(request, Invitation.objects.all()),
    }
    return render(request, "members/people/people.html", context)
