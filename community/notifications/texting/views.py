"""The page "Text messages": the number of a member, the code that proves it, and its end."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.kit.errors import Refused
from community.members.access import current_member
from community.members.texting import wording
from community.members.texting.numbers import readable

from . import actions, reading
from .forms import NumberForm, TextCodeForm, sentence


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """What a member has chosen, and the form that comes next."""
    return _page(request)


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Send a code to the number that was given."""
    form = NumberForm(request.POST)
    if reading.is_on() and form.is_valid():
        try:
            if actions.ask_code(member=current_member(request), typed=form.cleaned_data["number"], agreed_to=sentence()):
                messages.success(request, _("Text messages are on."))
            return redirect("notifications:texts")
        except Refused as refusal:
            form.add_error("number", refusal.sentence)
    return _page(request, number_form=form)


@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """Turn text messages on where the code is right."""
    form = TextCodeForm(request.POST)
    if form.is_valid():
        try:
            actions.prove(member=current_member(request), code=form.cleaned_data["code"])
            messages.success(request, _("Text messages are on."))
            return redirect("notifications:texts")
        except Refused as refusal:
            form.add_error("code", refusal.sentence)
    return _page(request, code_form=form)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Turn text messages off, and forget the number."""
    actions.remove(member=current_member(request))
    messages.success(request, _("Text messages are off, and your number is gone from here."))
    return redirect("notifications:texts")


def _page(request: HttpRequest, *, number_form: Form | None = None, code_form: Form | None = None) -> HttpResponse:
    member = current_member(request)
    number, asked = reading.number_of(member), reading.plain(reading.open_code(member))
    proven = reading.plain(number)
    context = {
        "is_on": reading.is_on(),
        "example": wording.something_new(),
        "number": number,
        "number_shown": readable(proven) if proven else "",
        "asked": readable(asked) if asked else "",
        "form": number_form or code_form or NumberForm(initial={"number": asked}),
        "number_form": number_form or NumberForm(initial={"number": asked or proven}),
        "code_form": code_form or TextCodeForm(),
    }
    return render(request, "notifications/texts.html", context)
