"""Joining, from an invitation's link or a printed card (card_code_views) to Today, in five steps at most.

The first three are asked of a guest who holds one: consent, name and picture, password or passkey. Who is invited without an address
is asked before the password what they will sign in by: a page of the same step. Their answers are stored in their session until the
third, which makes the account and uses the invitation up in one transaction; before it there is nothing, and after it the account is
whole. The last two are for new members and can be skipped: groups (groups.peers.suggestions.views), and
how this place writes and how to leave it. Opening a link changes nothing, since mail scanners open every link.

The pages keep the site's "same-origin" referrer policy: under "no-referrer" browsers send a form with the origin "null", which the
check against forged requests refuses; and no page here leads to another host.
"""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from community.kit.encryption import seal, unsealed
from community.kit.errors import Refusal, Refused
from community.kit.ids import new_id
from community.kit.text.markdown import to_html

from ..access import current_member
from ..models import ConsentText, Invitation, User
from ..people.disclosure_limits import free_name_for, free_sign_in_name_for
from ..roles import Role, rights_of
from ..signing_in import addresses
from ..signing_in.allauth_internals import auto_generate_recovery_codes, begin_registration, record_authentication, signup_authenticator
from ..signing_in.factor_forms import PasskeyForm
from ..signing_in.factors import count_as_used
from . import actions
from .card_code_views import CARD, ask_again, invitation_by
from .forms import ConsentForm, FirstPasswordForm, NameForm, SignInNameForm
from .steps import LAST, JoiningStep, mark_shown, step

MAX_STORED = 400  # characters of an answer that is stored as it was typed
ANSWERS = "joining"  # in a session: what was answered so far, for one invitation


@method_decorator([login_not_required, sensitive_post_parameters("password")], name="dispatch")
class StepView(View):
    """One of the three steps behind a link. What is posted is stored whichever button was pressed; only "Next" needs it to be valid."""

    http_method_names = ["get", "head", "post"]
    number = 0
    template = ""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        key = str(kwargs["key"])
        invitations = invitation_by(Invitation.objects.select_related("invited_by", "cohort__buddy"), request, key)
        if request.user.is_authenticated and invitations.filter(member=request.user).exists():
            return redirect("members:joined")
        invitation = invitations.open().first()
        if not invitation:
            return run_out(request, key)
        if request.user.is_authenticated:
            return render(request, "members/joining/signed_in.html", {"key": key}, status=403 if request.method == "POST" else 200)
        self.key, self.invitation, self.text = key, invitation, ConsentText.objects.latest()
        stored = request.session.get(ANSWERS, {})
        self.answers: dict[str, Any] = stored if stored.get("invitation") == str(invitation.pk) else {}
        if route := self.unanswered_step():
            return self.redirect_back(request, route)
        return super().dispatch(request, *args, **kwargs)

    def redirect_back(self, request: HttpRequest, route: str) -> HttpResponse:
        """Redirect to the step that has to be answered first; what was typed meanwhile is not lost."""
        if "version" in self.answers and route == "members:invitation":
            messages.warning(request, _("What you agree to has changed while you were here. Please read it again."))
        if request.method == "POST":
            self.store_typed(request)
        return redirect(route, key=self.key)

    def store_typed(self, request: HttpRequest) -> None:
        """Store what was typed into this step, right or not."""

    def unanswered_step(self) -> str:
        """The route of an earlier step that has to be answered first, or ""."""
        return ""

    def form(self, data: Any = None) -> forms.Form:
        raise NotImplementedError

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self.show(request, self.form())

    def show(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        context = {"form": form, "invitation": self.invitation, "key": self.key, "step": self.step()}
        return render(request, self.template, context | self.extra_context())

    def step(self) -> JoiningStep:
        return step(self.number, for_staff=bool(self.invitation.role))

    def extra_context(self) -> dict[str, Any]:
        return {}

    def store_answers(self, request: HttpRequest, **answers: Any) -> None:
        """Store answers in the session, until the account is made or the browser closes."""
        self.answers |= {"invitation": str(self.invitation.pk), **answers}
        request.session[ANSWERS] = self.answers
        request.session.set_expiry(0)


class ConsentStep(StepView):
    """What this is, who sees what, and who has sent the invitation, which is said nowhere else."""

    number = 1
    template = "members/joining/consent.html"

    def form(self, data: Any = None) -> ConsentForm:
        return ConsentForm(data, text=self.text, initial={"adult": "version" in self.answers})

    def extra_context(self) -> dict[str, Any]:
        rights = rights_of(Role(self.invitation.role)) if self.invitation.role else []
        return {"text": self.text, "text_html": to_html(self.text.body), "rights": rights}

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        self.store_answers(request, version=form.cleaned_data["version"])
        return redirect("members:join_name", key=key)


class NameStep(StepView):
    """The name and the picture."""

    number = 2
    template = "members/joining/name.html"

    def unanswered_step(self) -> str:
        return "" if self.answers.get("version") == self.text.version else "members:invitation"

    def form(self, data: Any = None) -> NameForm:
        answers = {name: self.answers.get(name, "") for name in ("name", "drawing")}
        return NameForm(data, invitation=self.invitation, initial=answers)

    def extra_context(self) -> dict[str, Any]:
        cohort = self.invitation.cohort
        return {"is_welcomed": bool(cohort and cohort.buddy and cohort.buddy.may_welcome)}

    def store_typed(self, request: HttpRequest) -> None:
        form = self.form(request.POST)
        form.is_valid()
        self.store_answers(request, name=str(form["name"].value() or "")[:200], drawing=form.cleaned_data.get("drawing", ""), named=False)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        self.store_typed(request)
        if "back" in request.POST:
            return redirect("members:invitation", key=key)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                self.store_answers(request, name=free_name_for(self.invitation, form.cleaned_data["name"]), named=True)
                return redirect("members:join_password" if self.invitation.email else "members:join_sign_in", key=key)
            except Refused as refusal:
                form.add_error("name", refusal.sentence)
        return self.show(request, form)


class SignInStep(StepView):
    """What somebody who is invited without an address will sign in by; they may give one here."""

    number = 3
    template = "members/joining/sign_in.html"

    def unanswered_step(self) -> str:
        if self.answers.get("version") != self.text.version:
            return "members:invitation"
        if not self.answers.get("named"):
            return "members:join_name"
        return "members:join_password" if self.invitation.email else ""

    def form(self, data: Any = None) -> SignInNameForm:
        return SignInNameForm(data, initial={name: unsealed(self.answers.get(name, "")) or "" for name in ("sign_in", "email")})

    def store_typed(self, request: HttpRequest) -> None:
        form = self.form(request.POST)
        typed = {name: seal(str(form[name].value() or "")[:MAX_STORED]) for name in ("sign_in", "email")}
        self.store_answers(request, **typed, signs_in=False)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        self.store_typed(request)
        if "back" in request.POST:
            return redirect("members:join_name", key=key)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                sign_in = free_sign_in_name_for(self.invitation, form.cleaned_data["sign_in"], shown=self.answers["name"])
                self.store_answers(request, sign_in=seal(sign_in), email=seal(form.cleaned_data["email"]), signs_in=True)
                return redirect("members:join_password", key=key)
            except Refused as refusal:
                form.add_error("sign_in", refusal.sentence)
        return self.show(request, form)


class PasswordStep(StepView):
    """How they will sign in: with a password, or with a passkey that the browser makes. Answering it makes the account."""

    number = 3
    template = "members/joining/password.html"

    def unanswered_step(self) -> str:
        if self.answers.get("version") != self.text.version:
            return "members:invitation"
        if not self.answers.get("named"):
            return "members:join_name"
        return "" if self.invitation.email or self.answers.get("signs_in") else "members:join_sign_in"

    def form(self, data: Any = None) -> FirstPasswordForm:
        return FirstPasswordForm(data, person=self.future_member())

    def extra_context(self) -> dict[str, Any]:
        """What the browser needs to make a passkey for an account that is not there yet."""
        member = self.future_member()
        options = begin_registration(member, True)
        return {"member": member, "passkey": PasskeyForm(user=member), "js_data": {"creation_options": options}}

    def future_member(self) -> User:
        """The member they will be, unsaved."""
        if "id" not in self.answers:
            self.store_answers(self.request, id=str(new_id()))
        member = User(pk=UUID(self.answers["id"]), email=self.invitation.email, name=self.answers["name"])
        if not member.email:
            member.sign_in_by(self.sign_in())
        return member

    def sign_in(self) -> str:
        """The sign-in name that they chose, "" where they sign in with the address that was invited."""
        return str(unsealed(self.answers.get("sign_in", "")) or "")

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        if "back" in request.POST:
            return redirect("members:join_name" if self.invitation.email else "members:join_sign_in", key=key)
        if "credential" in request.POST and "id" in self.answers:
            return self.answer_by_passkey(request)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        try:
            member = self.make_account(request, password=form.cleaned_data["password"])
        except Refused as refusal:
            return self.redirect_refused(request, refusal)
        record_authentication(request, member, "password")  # staff go on to their second step without typing it again
        return redirect(step(3, for_staff=member.is_staff).following)

    def answer_by_passkey(self, request: HttpRequest) -> HttpResponse:
        form = PasskeyForm(request.POST, user=self.future_member())
        if not form.is_valid():
            messages.warning(request, _("The passkey could not be used. Try once more, or choose a password."))
            return self.show(request, self.form())
        try:
            member = self.make_account(request, password=None, member_id=self.future_member().pk)
        except Refused as refusal:
            return self.redirect_refused(request, refusal)
        count_as_used(request, signup_authenticator(request, member, form.cleaned_data["name"], form.cleaned_data["credential"]))
        auto_generate_recovery_codes(request)
        following = reverse(step(3, for_staff=member.is_staff).following)
        return redirect(f"{reverse('mfa_view_recovery_codes')}?{urlencode({'next': following})}")

    def make_account(self, request: HttpRequest, **credentials: Any) -> User:
        """Make the account and sign in to it."""
        given = {name: self.answers[name] for name in ("name", "drawing")}
        member = actions.answer(invitation=self.invitation, text=self.text, sign_in=self.sign_in(), **given, **credentials)
        request.session.pop(ANSWERS, None)
        get_adapter().login(request, member)
        request.session.set_expiry(0)  # a shared device forgets them when its browser closes
        if not member.email and (email := unsealed(self.answers.get("email", ""))):
            addresses.request_change(member=member, email=email)
            messages.success(request, _("If your address can be used, an e-mail is on its way to it. It counts once you confirm it."))
        return member

    def redirect_refused(self, request: HttpRequest, refusal: Refused) -> HttpResponse:
        """Somebody was quicker: with the name, the link, or a new version of the policy. The answers stay stored."""
        if refusal.code in (Refusal.BAD_NAME, Refusal.NAME_TAKEN):
            self.store_answers(request, named=False)
            messages.warning(request, refusal.sentence)
            return redirect("members:join_name", key=self.key)
        if refusal.code in (Refusal.BAD_SIGN_IN_NAME, Refusal.SIGN_IN_NAME_TAKEN):
            self.store_answers(request, signs_in=False)
            messages.warning(request, refusal.sentence)
            return redirect("members:join_sign_in", key=self.key)
        if refusal.code == Refusal.TEXT_CHANGED:
            messages.warning(request, refusal.sentence)
            return redirect("members:invitation", key=self.key)
        return run_out(request, self.key)


def run_out(request: HttpRequest, key: str) -> HttpResponse:
    """The same page for links that are unknown, used, expired or revoked. Whoever came by a card is asked for a code."""
    if key == CARD:
        return ask_again(request)
    return render(request, "members/joining/over.html", status=404)


@require_safe
def joined(request: HttpRequest) -> HttpResponse:
    """The page behind "Back" once the account is made: what is done, and where it can be changed."""
    return render(request, "members/joining/joined.html", {"step": step(3, for_staff=current_member(request).is_staff)})


@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """The last step: what this place sends, and how to leave it quickly."""
    mark_shown(request, LAST)
    return render(request, "members/joining/leaving.html", {"step": step(LAST, for_staff=current_member(request).is_staff)})
