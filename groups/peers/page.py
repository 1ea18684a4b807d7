"""The page of one group, as each person finds it: outside, on the way in, inside, or looking after it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community.members.access import me

from . import arrivals, reading, rules
from .access import roster_of
from .forms import AskForm, JoinForm
from .models import Arrival, Membership, PeerGroup


def group_page(
    request: HttpRequest, found: PeerGroup, mine: Membership | None, *, join: JoinForm | None = None, ask: AskForm | None = None
) -> HttpResponse:
    """Show a group; a form that was refused comes again with what is wrong."""
    inside = rules.belongs(mine)
    manages = rules.can_manage(me(request), mine)
    roster = roster_of(request, found, mine) if manages else reading.roster(found)
    context = {
        "group": found,
        "mine": mine if inside else None,
        "channel": found.channels.first() if inside else None,
        "roster": roster,
        "size": reading.rounded(len(roster)),
        "shows_members": inside or manages,
        "manages": manages,
        "must_agree": inside and mine is not None and not rules.has_agreed(found, mine),
        "was_removed": not inside and mine is not None and mine.was_removed,
        "questions": found.arrivals.asked().exclude(member=me(request)).select_related("member") if manages else [],
        "is_suggested": found.join_policy == PeerGroup.JoinPolicy.HIDDEN and found.suggestions.exists(),
        "answerers": reading.names_of(roster.facilitators),
        "form": join or ask,
        "join_form": join or JoinForm(initial={"version": found.agreement_version}),
        "ask_form": ask or AskForm(),
        **_way_in(request, found, mine),
    }
    return render(request, "peers/group.html", context)


def _way_in(request: HttpRequest, found: PeerGroup, mine: Membership | None) -> dict[str, Any]:
    """What this member can do to come in, and how far they are. What became of a question counts as read."""
    if rules.belongs(mine):
        return {"arrival": None, "may_join": False}
    arrival = found.arrivals.select_related("group", "by").filter(member=me(request)).first()
    if arrival and arrival.state in Arrival.TOLD and arrival.seen_at is None:
        arrivals.read_answer(member=me(request), group=found)
    return {
        "arrival": arrival,
        "may_join": rules.can_join(found, mine, arrival),
        "may_wait": rules.can_wait(found, mine, arrival),
        "may_ask": rules.can_ask(found, mine, arrival),
        "place": reading.place_in_line(arrival) if arrival and arrival.state == Arrival.State.WAITING else "",
    }
