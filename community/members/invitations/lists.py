"""What lists of invitations and cards show."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest

from community.centre.models import centre
from community.kit.models import OutboxEmail

from ..models import CardSheet, Cohort, Invitation, InvitationQuerySet, InvitationState
from .do_not_write import asked_not_to_write
from .reminders import plan

PAGE_SIZE = 50


def in_states(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The states that any are in, in words, with how many those are."""
    return [(str(state.label), counts[state]) for state in InvitationState if counts[state]]


def shown_cards(cohort: Cohort) -> dict[str, object]:
    """What members/invitations/cards.html shows: the cohort's sheets, the newest first, and how many of all its cards are in each state."""
    numbers = {f"n_{state}": Count("cards", filter=state.is_of("cards__")) for state in InvitationState}
    sheets = list(CardSheet.objects.filter(cards__cohort=cohort).select_related("made_by").annotate(**numbers).order_by("-made_at"))
    counts = [Counter({state.value: getattr(sheet, f"n_{state}") for state in InvitationState}) for sheet in sheets]
    shown = [(sheet, of_sheet.total(), in_states(of_sheet)) for sheet, of_sheet in zip(sheets, counts, strict=True)]
    return {"sheets": shown, "card_states": in_states(sum(counts, Counter()))}


def shown_invitations(request: HttpRequest, invitations: InvitationQuerySet) -> dict[str, object]:
    """What members/invitations/list.html shows: a page of `invitations`, how many are in each state, and which state was asked for."""
    counts = invitations.counts()
    wanted = next((state for state in InvitationState if state == request.GET.get("state")), None)
    if wanted:
        invitations = invitations.filter(wanted.is_of())
    invitations = invitations.select_related("invited_by", "member", "cohort").prefetch_related("reminders")
    page = Paginator(invitations, PAGE_SIZE).get_page(request.GET.get("invitations"))
    listed = list(page.object_list)
    plan(listed)
    return {
        "invitations": page,
        "states": [(state, counts[state], state == wanted) for state in InvitationState if counts[state] or state == wanted],
        "all_count": sum(counts.values()),
        "open_count": sum(counts[state] for state in (InvitationState.PENDING, InvitationState.EXPIRED, InvitationState.BOUNCED)),
        "state": wanted or "",
        "kept_days": centre().keep_invitations,
        "can_send": centre().can_send,
        "sends_texts": bool(settings.SMS_URL),
        "unsent": _unsent(page.object_list),
        "left_alone": asked_not_to_write({each.address for each in listed if each.address}),
    }


def _unsent(invitations: Iterable[Invitation]) -> set[str]:
    """The addresses whose newest e-mail is in the outbox since no mail server was set, where one is set now."""
    if not settings.MAIL_SERVER:
        return set()
    waiting = {each.email: each.sent_at for each in invitations if each.email and each.state == InvitationState.PENDING}
    outbox = OutboxEmail.objects.filter(to__in=waiting).values_list("to", "at")
    return {to for to, at in outbox if at >= waiting[to]}
