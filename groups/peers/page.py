"""The page of one group, for those outside it, with an open join request, inside it, and for its facilitators."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community.members.access import current_member

from . import reading, rules
from .access import roster_of
from .forms import AskForm, JoinForm
from .join import requests
from .models import JoinRequest, Membership, PeerGroup
from .notifying import mark_group_read


def group_page(
    request: HttpRequest, found: PeerGroup, mine: Membership | None, *, join: JoinForm | None = None, ask: AskForm | None = None
) -> HttpResponse:
    """Render the page of a group. A form that was refused is passed in, and shows its errors."""
    inside = rules.belongs(mine)
    manages = rules.can_manage(current_member(request), mine)
    roster = roster_of(request, found, mine) if manages else reading.roster(found)
    member = current_member(request)
    asked = list(found.join_requests.asked().exclude(member=member).select_related("member")) if manages else []
    how_to_join = _how_to_join(request, found, mine)
    mark_group_read(member, found, [*asked, *filter(None, [how_to_join["join_request"]])])
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
        "asked": asked,
        "is_suggested": found.join_policy == PeerGroup.JoinPolicy.HIDDEN and found.suggestions.exists(),
        "answerers": reading.names_of(roster.facilitators),
        "form": join or ask,
        "join_form": join or JoinForm(initial={"version": found.agreement_version}),
        "ask_form": ask or AskForm(),
        **how_to_join,
    }
    return render(request, "peers/group.html", context)


def _how_to_join(request: HttpRequest, found: PeerGroup, mine: Membership | None) -> dict[str, Any]:
    """What this member can do to join, and their join request. What was decided about it counts as seen."""
    if rules.belongs(mine):
        return {"join_request": None, "may_join": False}
    join_request = found.join_requests.select_related("group", "by").filter(member=current_member(request)).first()
    if join_request and join_request.state in JoinRequest.DECIDED and join_request.seen_at is None:
        requests.see_decision(member=current_member(request), group=found)
    return {
        "join_request": join_request,
        "may_join": rules.can_join(found, mine, join_request),
        "may_wait": rules.can_wait(found, mine, join_request),
        "may_ask": rules.can_ask(found, mine, join_request),
        "position": reading.position_of(join_request) if join_request and join_request.state == JoinRequest.State.WAITING else "",
    }
