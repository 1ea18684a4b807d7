"""The page *My things*, on which a member asks for all that is kept of them, waits for it and fetches it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.kit.errors import Refused
from community.members.access import current_member
from community.members.people.closing_models import AccountClosing
from community.members.signing_in.proof import proven

from . import actions, seams
from .models import Download


@require_safe
def things(request: HttpRequest) -> HttpResponse:
    """What can be asked for, what is being made, or what can be fetched; also while one's account waits to be closed."""
    member = current_member(request)
    seams.seen.send(sender=Download, member=member)
    download = Download.objects.filter(member=member).first()
    closing = AccountClosing.objects.filter(pk=member.pk).first()
    ends = [each for each in (download and download.until, closing and closing.closes_at) if each]
    return render(request, "downloads/things.html", {"download": download, "closing": closing, "until": min(ends, default=None)})


def _what_is_asked(fields: dict[str, str], **kwargs: Any) -> str:
    return _("Have a copy made of everything that is kept of you here.")


def _what_is_fetched(fields: dict[str, str], **kwargs: Any) -> str:
    return _("Download your things to this device.")


@proven(_what_is_asked)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for one's things, with fresh proof of who one is."""
    try:
        actions.ask(member=current_member(request))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("downloads:things")


@proven(_what_is_fetched)
@require_POST
def fetch(request: HttpRequest) -> HttpResponse:
    """Fetch them, with proof anew: a week is long, and a phone soon in other hands."""
    try:
        content = actions.fetch(member=current_member(request))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("downloads:things")
    headers = {"Content-Disposition": 'attachment; filename="my-things.zip"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/zip", headers=headers)
