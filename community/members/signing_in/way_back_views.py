"""Pages on ways back: making them while signed in, and coming back by one while not."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from community.kit import limits
from community.kit.encryption import seal
from community.kit.errors import Refused

from .. import seams
from ..access import current_member
from ..models import User
from ..tasks import note_wrong_way_back, reset_path
from . import attempt_limits, ways_back
from .forms import WayBackForm
from .proof import proven


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def way_back(request: HttpRequest) -> HttpResponse:
    """A guest comes back: a right code opens the page for a new password, as the link of an e-mail does."""
    form = WayBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (member := _use(request, form)):
        return redirect(reset_path(member))
    return render(request, "members/signing_in/way_back.html", {"form": form})


def _use(request: HttpRequest, form: WayBackForm) -> User | None:
    """Use the code up, and return whose it is. Where it was no right one, the form says so, alike for everybody."""
    login: str = form.cleaned_data["login"]
    try:
        attempt = attempt_limits.count_way_back(request, login)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    if member := ways_back.use(login=login, name=form["login"].value(), code=form.cleaned_data["code"]):
        attempt.rollback()
        return member
    note_wrong_way_back.enqueue(seal(login))  # whose it is, is looked up in the background, since the time it takes would tell
    form.add_error(None, _("The name and the code don't go together, or the code was used or has run out. Check both and try again."))
    return None


def _making(fields: dict[str, str]) -> str:
    return _("Make new ways back")


@require_http_methods(["GET", "HEAD", "POST"])
@proven(_making, where=lambda request: request.method == "POST")
def own(request: HttpRequest) -> HttpResponse:
    """What ways back are, and how many of them a member has left; new ones, which are shown once."""
    member = current_member(request)
    context: dict[str, Any] = {"all": limits.WAYS_BACK}
    if request.method == "POST":
        try:
            context["codes"] = ways_back.make(member)
        except Refused as refusal:
            context["refusal"] = refusal.sentence
    seams.ways_back_seen.send(sender=User, member=member)
    context |= {"left": ways_back.left(member), "offered": ways_back.are_offered_to(member)}
    return render(request, "members/signing_in/ways_back.html", context)


@require_POST
def refuse(request: HttpRequest) -> HttpResponse:
    """A member wants no ways back, and is not asked again."""
    ways_back.refuse(current_member(request))
    messages.success(request, _("We won't ask again. You can make ways back under Me at any time."))
    return redirect("today")
