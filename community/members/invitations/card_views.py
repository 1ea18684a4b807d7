"""Pages on which staff make printed cards for a cohort and take them back.

Their addresses and titles tell nothing: browsers print both at the edge of a sheet.
"""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit.errors import Refused
from community.kit.ids import new_id

from ..access import current_member, for_right
from ..models import CardSheet, Cohort
from ..roles import Right
from . import cards
from .card_codes import spaced
from .card_forms import CardsForm
from .lists import in_states


@for_right(Right.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, cohort: uuid.UUID) -> HttpResponse:
    """Make a sheet of cards. The codes are on this one answer, and nowhere else."""
    found = get_object_or_404(Cohort, pk=cohort)
    form = CardsForm(request.POST) if request.method == "POST" else CardsForm(initial={"identity": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            codes = cards.make_sheet(actor=current_member(request), cohort=found, **form.cleaned_data)
        except Refused as refusal:  # the answer was loaded again, or they went back to the form
            form.add_error(None, refusal.sentence)
            form.data = again = request.POST.copy()
            again["identity"] = str(new_id())
        else:
            shown = [(number, spaced(code), cards.picture_of(code)) for number, code in enumerate(codes, 1)]
            context = {"cohort": found, "cards": shown, "address": cards.typed_address(), "expires_at": cards.expiry()}
            return render(request, "members/invitations/printed_cards.html", context)
    return render(request, "members/invitations/make_cards.html", {"form": form, "cohort": found, "expires_at": cards.expiry()})


@for_right(Right.INVITE)
@require_GET
def sheet(request: HttpRequest, sheet: uuid.UUID) -> HttpResponse:
    """What became of each card of a sheet, by its number."""
    found = get_object_or_404(CardSheet.objects.select_related("made_by"), pk=sheet)
    counts = found.cards.counts()
    context = {
        "sheet": found, "cohort": Cohort.objects.filter(invitations__sheet=found).first(), "cards": found.cards.order_by("card_number"),
        "states": in_states(counts), "open_count": counts["pending"],
    }  # fmt: skip
    return render(request, "members/invitations/card_sheet.html", context)


@for_right(Right.INVITE)
@require_POST
def revoke(request: HttpRequest, sheet: uuid.UUID) -> HttpResponse:
    """Take back all cards of a sheet that still work."""
    count = cards.revoke_sheet(actor=current_member(request), sheet=get_object_or_404(CardSheet, pk=sheet))
    taken = ngettext(
        "%(count)d card is taken back. Its code no longer works.", "%(count)d cards are taken back. Their codes no longer work.", count
    )
    messages.success(request, taken % {"count": count})
    return redirect("members:card_sheet", sheet=sheet)
