"""Pages on a member's own address: another one, none from now on, and what the e-mails about it lead to."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.kit.errors import Refused

from ..access import current_member
from ..models import AddressChange
from ..people.disclosure_limits import limit_disclosures
from . import addresses
from .forms import AddressForm, WithoutAddressForm
from .link_keys import hash_of


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
