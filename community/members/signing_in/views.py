"""Pages on signing in and out: passwords, the second factor, passkeys, and how long the session lives."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import LogoutView, PasswordChangeView, PasswordResetView, PasswordSetView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from community.kit.web.redirects import own_path

from ..access import current_member
from ..joining import steps
from ..people import recovery
from . import addresses, attempt_limits
from .allauth_internals import begin_registration, clear_login
from .devices import disconnect_here
from .factors import accepts_code, count_as_used, factors_of
from .forms import AddedPasswordForm

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
