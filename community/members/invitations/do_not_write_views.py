"""The page on which somebody asks for no more invitations, and the one on which staff let them be invited again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.centre.models import centre
from community.kit.errors import Refused
from community.kit.web.public_views import same_for_everyone

from ..access import current_member, for_right
from ..people.disclosure_limits import limit_disclosures
from ..roles import Right
from .do_not_write import stop
from .do_not_write import write_again as allow
from .forms import WriteAgainForm


@same_for_everyone  # so that it asks for no session and no token of a form: a mail service has neither
@require_http_methods(["GET", "HEAD", "POST"])
def do_not_write(request: HttpRequest, token: str) -> HttpResponse:
    """End invitations to an address with a POST (RFC 8058); whatever else opens this, such as a scanner of links, sees a button.

    A token that is none of ours answers alike.
    """
    if request.method == "POST":
        stop(token=token)
    return render(None, "members/invitations/do_not_write.html", {"centre": centre(), "is_done": request.method == "POST"})


@for_right(Right.WRITE_AGAIN)
@require_http_methods(["GET", "HEAD", "POST"])
def write_again(request: HttpRequest) -> HttpResponse:
    """Let somebody be invited who had asked us not to write. Who that is, is shown nowhere: their address or number has to be typed."""
    form = WriteAgainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with limit_disclosures(current_member(request)):
                allow(actor=current_member(request), address=form.cleaned_data["address"])
        except Refused as refusal:
            form.add_error("address", refusal.sentence)
        else:
            messages.success(request, _("You can invite them now."))
            return redirect("members:people")
    return render(request, "members/invitations/write_again.html", {"form": form})
