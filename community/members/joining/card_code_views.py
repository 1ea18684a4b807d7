"""The page that takes the code of a printed card, and leads on to the steps of joining without it.

Whose code was right has the card's invitation in their session, and the addresses of the steps hold a word in the place of a link's
key. A code uses nothing up: only an account does, so whoever breaks off types it again.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from community.kit.errors import Refusal, Refused

from ..invitations.card_codes import read_code, spaced
from ..invitations.cards import find_card
from ..models import Invitation, InvitationQuerySet
from ..signing_in.attempt_limits import before_card, count_wrong_card
from ..signing_in.link_keys import hash_of
from .forms import CardForm

CARD = "card"  # in an address, in the place of a link's key
CARD_INVITATION = "joining by card"  # in a session: the id of the invitation
NO_SUCH_CARD = _("This code doesn't work. Check it against your card. If it's right, ask the person who gave you the card for a new one.")


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """Take a code. A phone that scanned it finds it filled in; nothing happens until it is sent."""
    if request.method != "POST":
        form = CardForm(initial={"code": spaced(read_code(request.GET.get("code", "")))})
    else:
        form = CardForm(request.POST)
        if form.is_valid():
            try:
                request.session[CARD_INVITATION] = str(card_with(request, form.cleaned_data["code"]).pk)
                if request.user.is_anonymous:
                    request.session.set_expiry(0)  # a shared device forgets the card when its browser closes
                return redirect("members:invitation", key=CARD)
            except Refused as refusal:
                form.add_error("code", refusal.sentence)
    return render(request, "members/joining/card.html", {"form": form})


def card_with(request: HttpRequest, code: str) -> Invitation:
    """Return the card with this code. Raises Refused: run_out (whatever became of it, or where it never was), rate_limited."""
    before_card(request)
    found = find_card(code)
    if not found:
        count_wrong_card(request)
        raise Refused(Refusal.RUN_OUT, str(NO_SUCH_CARD))
    return found


def invitation_by(invitations: InvitationQuerySet, request: HttpRequest, key: str) -> InvitationQuerySet:
    """Which of these the steps of joining are about: the one of a link's key, or the card that this session holds."""
    if key == CARD:
        held = request.session.get(CARD_INVITATION)
        return invitations.filter(pk=held) if held else invitations.none()
    return invitations.of_link(hash_of(key))


def ask_again(request: HttpRequest) -> HttpResponse:
    """Ask for a code, where the card that this session held no longer works, or where it holds none."""
    if request.session.pop(CARD_INVITATION, None):
        messages.warning(request, NO_SUCH_CARD)
    return redirect("members:card")
