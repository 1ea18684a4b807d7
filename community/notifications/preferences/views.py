"""The page on which a member chooses how they are reached, and its forms."""

from django.contrib import messages
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.members.access import current_member

from ..models import preferences_of
from ..texting import reading as texting
from . import actions, hours
from .forms import PauseForm, PreferencesForm
from .sections import SECTIONS


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What a member chose, with the form that changes it."""
    member = current_member(request)
    form = PreferencesForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "POST" and form.is_valid():
        actions.set_preferences(member=member, **form.chosen)
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    return preferences_page(request, preferences=form)


def preferences_page(request: HttpRequest, **sent: Form | ModelForm) -> HttpResponse:
    """The page of preferences. `sent` is the form that was posted, by the key of its section, with its errors."""
    member, now = current_member(request), timezone.now()
    chosen = preferences_of(member)
    form = sent.get("preferences") or PreferencesForm(member=member)
    sections = [(section, sent.get(section.key) or section.form(member)) for section in SECTIONS.values()]
    context = {
        "preferences": form,
        "form": next(iter(sent.values()), form),
        "sections": [(section, part) for section, part in sections if part.fields],
        "may_text": texting.is_on() or texting.number_of(member),
        **hours.break_of(chosen, now),
        "pauses": PauseForm().fields["until"].choices,  # type: ignore[attr-defined]
        "is_refused": chosen.misses_emails,
    }
    return render(request, "notifications/preferences.html", context)


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Let nothing leave the site for a while."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say until when."), content_type="text/plain")
    actions.pause(member=current_member(request), until=form.cleaned_data["until"])
    messages.success(request, _("Quiet. What is new waits for you here."))
    return redirect("notifications:preferences")


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """End a pause."""
    actions.resume(member=current_member(request))
    messages.success(request, _("Turned on again."))
    return redirect("notifications:preferences")


@require_POST
def try_again(request: HttpRequest) -> HttpResponse:
    """Write again to an address that refused e-mails."""
    actions.try_again(member=current_member(request))
    messages.success(request, _("We'll write to you again when something is new."))
    return redirect("notifications:preferences")
