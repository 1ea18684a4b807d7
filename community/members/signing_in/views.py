"""Pages on signing in: the second factor, devices, the address, sessions, and help for people who cannot get in."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import LogoutView, PasswordChangeView, PasswordResetView, PasswordSetView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.kit.errors import Refusal, Refused
from community.kit.text.order import by_name
from community.kit.web.redirects import own_path

from .. import rules, seams
from ..access import current_member, for_right
from ..joining import steps
from ..models import AddressChange, User
from ..people import recovery
from ..people.disclosure_limits import limit_disclosures
from ..roles import Right
from . import addresses, attempt_limits
from .allauth_internals import begin_registration, clear_login
from .devices import devices_of, disconnect_here, keep_browser_known, sign_out, sign_out_everywhere
from .factors import accepts_code, count_as_used, factors_of
from .forms import AddedPasswordForm, AddressForm, AddressForThemForm, CodeForThemForm, FactorsOffForm, WithoutAddressForm
from .link_keys import hash_of
from .shared_mailboxes import mailbox_owners

OVERVIEW = reverse_lazy("mfa_index")


class WhileJoining:
    """A page on signing in that says which step of joining it is, for people who come to it while joining."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # stands before a view
        return context | {"step": steps.step_on_signing_in(self.request)}


class Overview(WhileJoining, IndexView):
    """What somebody signs in with, and what staff changed about it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = current_member(self.request)
        added = {"helps": recovery.unread_helps(member), "waiting": addresses.waiting_change(member)}
        return super().get_context_data(**kwargs) | added


class AskForLink(PasswordResetView):
    """Asking for a link to choose a new password."""

    def form_valid(self, form: Any) -> HttpResponse:
        refused = attempt_limits.count_reset(self.request, form.cleaned_data["email"])
        response: HttpResponse = refused or super().form_valid(form)
        return response


class SignOut(LogoutView):
    """Signing out, which asks first."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():
            response: HttpResponseBase = super().post(*args, **kwargs)
            disconnect_here(self.request)
        return response


class FirstPassword(PasswordSetView):
    """The first password of somebody who joined with a passkey."""

    template_name = "account/password_change.html"
    form_class = AddedPasswordForm
    success_url = reverse_lazy("members:settings")


class ChangePassword(PasswordChangeView):
    """A new password. Members who have none yet get a link to choose the first or, without an address, choose it here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        member = current_member(request)
        if not member.has_usable_password():
            if member.email:
                return redirect("account_reset_password")
            first: HttpResponseBase = reauthentication_required(app="members")(FirstPassword.as_view())(request)
            return first
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


@method_decorator(login_not_required, name="dispatch")
class SecondStep(AuthenticateView):
    """The second step of signing in. If staff took it off meanwhile, signing in starts again, and the password is enough."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if response.headers.get("Location") == reverse("account_login"):
            clear_login(request)  # else that page would redirect back here, and so on
        return response


class SetUpApp(WhileJoining, ActivateTOTPView):
    """An authenticator app. The code that confirms it is used up, like every other, and is this session's second step."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        app = factors_of(current_member(self.request)).get(type=Authenticator.Type.TOTP)
        accepts_code(app, form.cleaned_data["code"])
        count_as_used(self.request, app)
        return response


class AddPasskey(WhileJoining, AddWebAuthnView):
    """A passkey that can sign in alone: it is found without an address, and asks for a finger, a face or a PIN."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"js_data": {"creation_options": begin_registration(current_member(self.request), True)}}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        count_as_used(self.request, factors_of(current_member(self.request)).latest("pk"))
        return response


class ViewCodes(WhileJoining, ViewRecoveryCodesView):
    """Recovery codes, with a link to where the member came from."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        joining = steps.next_route(self.request)
        next_url = own_path(self.request, "next") or (reverse(joining) if joining else OVERVIEW)
        return super().get_context_data(**kwargs) | {"next_url": next_url}


class NamePasskey(EditWebAuthnView):
    success_url = OVERVIEW


class RemovePasskey(RemoveWebAuthnView):
    success_url = OVERVIEW

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"refusal": self._refusal()}

    def form_valid(self, form: Any) -> HttpResponse:
        if self._refusal():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        response: HttpResponse = super().form_valid(form)
        return response

    def _refusal(self) -> str:
        return str(get_adapter().refusal_to_delete(self.object))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """How long the session lives on (a GET), and that somebody is there (a POST); 401 once it is over.

    A page that was open meanwhile learns from it who is signed in now, and the token that its forms need.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    now: Any = request.session
    return JsonResponse({"left": now.left, "last": now.is_last, "who": str(current_member(request).pk), "token": get_token(request)})


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Where a member is signed in. IP addresses are not stored, so none is shown."""
    found = devices_of(current_member(request))
    here = request.session.session_key
    seams.devices_seen.send(sender=User, member=current_member(request))
    return render(
        request, "members/signing_in/devices.html", {"devices": found, "here": here, "others": any(d.session_key != here for d in found)}
    )


@require_POST
def end_device(request: HttpRequest, device: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(current_member(request).devices, pk=device)
    if found.session_key == request.session.session_key:
        return redirect("account_logout")
    sign_out(found)
    keep_browser_known(request)
    messages.success(request, _("Signed out there."))
    return redirect("members:devices")


@require_POST
def end_other_devices(request: HttpRequest) -> HttpResponse:
    sign_out_everywhere(current_member(request), keep=request.session.session_key)
    keep_browser_known(request)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("members:devices")


@require_POST
def helped(request: HttpRequest) -> HttpResponse:
    """A member has read what staff changed."""
    recovery.mark_read(member=current_member(request))
    return redirect(OVERVIEW)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="members")
def change_address(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            addresses.request_change(member=current_member(request), email=form.cleaned_data["email"])
        except Refused as refusal:
            form.add_error("email", refusal.sentence)
        else:
            return render(request, "members/signing_in/address_asked.html", {"email": form.cleaned_data["email"]})
    return render(request, "members/signing_in/address.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="members")
def take_address_away(request: HttpRequest) -> HttpResponse:
    """Going without an address from now on."""
    member = current_member(request)
    if not member.email:
        return redirect("members:change_address")
    try:
        addresses.check_taking_away(member)
    except Refused as refusal:
        return render(
            request, "members/signing_in/address_away.html", {"refusal": refusal.sentence}, status=422 if request.method == "POST" else 200
        )
    form = WithoutAddressForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            with limit_disclosures(member):
                addresses.take_away(member=member, sign_in=form.cleaned_data.get("sign_in", ""))
        except Refused as refusal:
            form.add_error("sign_in" if "sign_in" in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("Your address is deleted here. From now on you sign in by your sign-in name."))
            return redirect("members:settings")
    return render(request, "members/signing_in/address_away.html", {"form": form})


@require_POST
def stop_own_address(request: HttpRequest) -> HttpResponse:
    """A member stops the change of their address that waits."""
    if addresses.stop_own(member=current_member(request)):
        messages.success(request, _("Stopped. What you sign in with stays as it is."))
    return redirect("members:settings")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, key: str) -> HttpResponse:
    """The page behind the e-mail to a new address. Opening it changes nothing, since mail scanners open every link."""
    change = AddressChange.objects.open().filter(confirm_hash=hash_of(key)).first()
    if change and request.method == "POST":
        try:
            change = addresses.confirm(key=key)
        except Refused:
            change = None
    if not change:
        return render(request, "members/signing_in/address_over.html", status=404)
    return render(request, "members/signing_in/address_confirm.html", {"change": change})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_address(request: HttpRequest, key: str) -> HttpResponse:
    """The page behind the e-mail to the present address."""
    if not AddressChange.objects.waiting().filter(stop_hash=hash_of(key)).exists():
        return render(request, "members/signing_in/address_over.html", status=404)
    if request.method != "POST":
        return render(request, "members/signing_in/address_stop.html")
    try:
        addresses.stop(key=key)
    except Refused:
        return render(request, "members/signing_in/address_over.html", status=404)
    return render(request, "members/signing_in/address_stop.html", {"stopped": True})


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
