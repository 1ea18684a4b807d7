"""Pages on which members change their settings."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.kit import limits
from community.kit.errors import Refused
from community.kit.text.markdown import to_html

from .. import seams
from ..access import current_member
from ..models import User
from ..signing_in import log, ways_back
from ..signing_in.addresses import waiting_change
from . import actions
from .forms import ConversationForm, DiscretionForm, ProfileForm

SETTINGS: dict[str, Callable[..., Form]] = {"profile": ProfileForm, "discretion": DiscretionForm, "conversation": ConversationForm}


@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: HttpRequest) -> HttpResponse:
    """What a member set about themselves, and what they agreed to."""
    member = User.objects.get(pk=current_member(request).pk)
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
    """Handle a form of the settings page that has a URL of its own; a GET redirects to its place on the page."""
    if request.method == "POST":
        member = User.objects.get(pk=current_member(request).pk)
        form = SETTINGS[name](request.POST, member=member)
        if not form.is_valid():
            return _settings_page(request, **{name: form})
        act(member=member, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect(reverse("members:settings") + f"#{name}")


def _settings_page(request: HttpRequest, **sent: Form) -> HttpResponse:
    """The settings page. `sent` is the form that was posted, by its name in SETTINGS, with its errors."""
    member = current_member(request)
    consents = [(consent, to_html(consent.text.body)) for consent in member.consents.select_related("text").order_by("-agreed_at")]
    forms = {name: sent.get(name) or made(member=member) for name, made in SETTINGS.items()}
    context = {
        **forms,
        "form": next(iter(sent.values()), forms["profile"]),
        "consents": consents,
        **log.recent_activity(member),
        "ways_back": {"left": ways_back.left(member), "all": limits.WAYS_BACK},
        "newcomers": User.objects.newcomers_to(member),
        "newcomers_route": seams.newcomers_route(),
        "notification_rows": [row() for row in seams.NOTIFICATIONS],
        "safety_rows": [row() for row in seams.SAFETY],
        "own_rows": [row() for row in seams.YOURS],
        "member": member,
        "waiting": waiting_change(member),
    }
    return render(request, "members/settings/settings.html", context)


@require_POST
def welcoming(request: HttpRequest) -> HttpResponse:
    """Say whether staff may name one to newcomers."""
    willing = request.POST.get("may_welcome") == "yes"
    actions.set_welcoming(member=current_member(request), may_welcome=willing)
    messages.success(request, _("Saved."))
    return redirect("members:settings")
