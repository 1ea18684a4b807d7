"""Pages on who is here: the answer to an invitation, a member's own settings, and the staff's desk."""

import uuid

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.centre.models import centre
from community.kit.errors import Refused
from community.kit.markdown import to_html
from community.kit.models import Letter

from . import actions
from .access import for_right, me
from .forms import AnswerForm, InviteForm, ProfileForm
from .models import ConsentText, Invitation, User
from .roles import Right

A_PAGE = 50


@method_decorator([login_not_required, sensitive_post_parameters("password")], name="dispatch")
class Answer(View):
    """An invitation's page. Opening it changes nothing, since mail scanners open every link; the form's POST answers it.

    The page keeps the site's "same-origin" referrer policy: under "no-referrer" browsers send the form with the origin
    "null", which the check against forged requests refuses; and no page here leads to another host.
    """

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        key = str(kwargs["key"])
        invitation = Invitation.objects.open().select_related("invited_by").filter(key_hash=actions.hash_of(key)).first()
        if not invitation:
            return run_out(request)
        if request.user.is_authenticated:
            return render(request, "members/invitation_signed_in.html", status=403 if request.method == "POST" else 200)
        self.key, self.invitation, self.text = key, invitation, ConsentText.objects.latest()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self.show(request, AnswerForm(invitation=self.invitation, text=self.text))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        form = AnswerForm(request.POST, invitation=self.invitation, text=self.text)
        if not form.is_valid():
            return self.show(request, form)
        fields = form.cleaned_data
        try:
            member = actions.answer(key=self.key, name=fields["name"], password=fields["password"], text=self.text)
        except Refused as refusal:
            if refusal.code in ("bad_name", "name_taken"):
                form.add_error("name", refusal.sentence)
                return self.show(request, form)
            return run_out(request)
        get_adapter().login(request, member)
        request.session.set_expiry(0)  # a shared device forgets them when its browser closes
        return redirect("today")

    def show(self, request: HttpRequest, form: AnswerForm) -> HttpResponse:
        context = {"form": form, "invitation": self.invitation, "text": self.text, "text_html": to_html(self.text.body)}
        return render(request, "members/invitation.html", context)


def run_out(request: HttpRequest) -> HttpResponse:
    """The one answer to links that are unknown, used, expired or revoked."""
    return render(request, "members/invitation_over.html", status=404)


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
    consents = [(consent, to_html(consent.text.body)) for consent in member.consents.select_related("text").order_by("-agreed_at")]
    return render(request, "members/settings.html", {"form": form, "consents": consents})


@for_right(Right.INVITE)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who is here and everybody who was asked."""
    return _desk(request, InviteForm())


@for_right(Right.INVITE)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _desk(request, form)
    try:
        actions.invite(actor=me(request), email=form.cleaned_data["email"], role=form.cleaned_data["role"])
    except Refused as refusal:
        form.add_error("email", refusal.sentence)
        return _desk(request, form)
    messages.success(request, _letter_left())
    return redirect("members:people")


@for_right(Right.INVITE)
@require_POST
def resend(request: HttpRequest, invitation: uuid.UUID) -> HttpResponse:
    return _change_invitation(request, invitation, actions.resend, _letter_left() + " " + _("The earlier link no longer works."))


@for_right(Right.INVITE)
@require_POST
def revoke(request: HttpRequest, invitation: uuid.UUID) -> HttpResponse:
    return _change_invitation(request, invitation, actions.revoke, _("The invitation is taken back. Its link no longer works."))


@for_right(Right.PAUSE)
@require_POST
def suspend(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=member)
    try:
        actions.suspend(actor=me(request), member=person)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("%(name)s's account is paused.") % {"name": person})
    return redirect("members:people")


@for_right(Right.PAUSE)
@require_POST
def let_back(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=member)
    actions.let_back(actor=me(request), member=person)
    messages.success(request, _("%(name)s can come in again.") % {"name": person})
    return redirect("members:people")


def _change_invitation(request: HttpRequest, invitation: uuid.UUID, act: object, done: str) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=invitation)
    try:
        act(actor=me(request), invitation=found)  # type: ignore[operator]
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done)
    return redirect("members:people")


def _letter_left() -> str:
    if settings.MAIL_SERVER:
        return _("The invitation is on its way.")
    if centre().is_demo:
        return _("No mail server is set, so the letter is in the outbox.")
    return _("No mail server is set, so the letter could not leave. Set one, then send the invitation again.")


def _desk(request: HttpRequest, form: InviteForm) -> HttpResponse:
    everybody = Paginator(User.objects.prefetch_related("groups").order_by("name"), A_PAGE).get_page(request.GET.get("people"))
    invitations = Paginator(Invitation.objects.select_related("invited_by", "member"), A_PAGE).get_page(request.GET.get("invitations"))
    ids = [str(invitation.pk) for invitation in invitations]
    lost = set(Letter.objects.filter(about__in=ids, state=Letter.State.FAILED).values_list("about", flat=True))
    context = {
        "form": form,
        "everybody": everybody,
        "invitations": [(invitation, str(invitation.pk) in lost) for invitation in invitations],
        "invitation_pages": invitations,
        "can_send": settings.MAIL_SERVER or centre().is_demo,
    }
    return render(request, "members/people.html", context)
