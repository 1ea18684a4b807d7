"""Pages on where a member is signed in."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import seams
from ..access import current_member
from ..models import User
from .devices import devices_of, keep_browser_known, sign_out, sign_out_everywhere


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
