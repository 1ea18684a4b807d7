"""Closing one's own account, and keeping it after all."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit.errors import Refused

from .. import seams
from ..access import current_member
from ..people.actions import is_last_admin
from ..people.closing import closing_time, what_comes_first
from ..people.closing_models import AccountClosing
from ..signing_in.proof import proven
from .closing_actions import ask_for_closing, cancel_closing
from .forms import ClosingForm


def _asking_to_close(fields: dict[str, str]) -> str:
    return _("Close my account")


@proven(_asking_to_close)
@require_http_methods(["GET", "HEAD", "POST"])
def close_own(request: HttpRequest) -> HttpResponse:
    """Ask for one's account to be closed, after a page that says what that means and when it would be."""
    member = current_member(request)
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_for_closing(member=member, empties_messages=form.cleaned_data["words"] == form.EMPTY)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            return redirect("members:close_own")
        logout(request)
        return render(request, "members/settings/closing_begins.html", {"closing": made})
    context = {
        "form": form,
        "first": what_comes_first(member),
        "is_last_admin": is_last_admin(member),
        "closes_at": closing_time(timezone.now()),
    }
    return render(request, "members/settings/close_own.html", context)


@require_GET
def closing(request: HttpRequest) -> HttpResponse:
    """Show when one's account closes, and what can be done until then."""
    member = current_member(request)
    found = AccountClosing.objects.filter(pk=member.pk).first()
    if found is None:
        return redirect("members:settings")
    context = {"closing": found, "rows": [row(member) for row in seams.WHILE_CLOSING]}
    return render(request, "members/settings/closing.html", context)


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Keep one's account."""
    try:
        cancel_closing(member=current_member(request))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("members:closing")
    messages.success(request, _("Your account stays, and everything is where it was. Good to see you."))
    return redirect("today")
