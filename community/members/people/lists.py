"""The list of people that staff live in: who has joined, who is invited, and those who could be overlooked."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from community.centre.models import centre

from .. import seams
from ..access import current_member
from ..invitations.lists import PAGE_SIZE, shown_invitations
from ..models import Invitation, InvitationState, User
from ..roles import Right
from .search import search_invitations, search_people

JOINED, INVITED, UNREACHED = "joined", "invited", "unreached"


@dataclass(frozen=True)
class PeopleFilter:
    """What the list can be narrowed to, and how many that are."""

    key: str
    label: Any
    count: int
    is_shown: bool


def list_chosen(asked: str) -> str:
    """Return the key of the list that was asked for; of those who have joined where it is none."""
    known = {JOINED, INVITED, UNREACHED, *(mark.key for mark in seams.PEOPLE)}
    return asked if asked in known else JOINED


def shown_list(request: HttpRequest, search: str) -> dict[str, object]:
    """What members/people/people.html shows: the filters, and one page of the list that was asked for."""
    show = list_chosen(request.GET.get("show", ""))
    context = {"show": show if show != JOINED else "", "filters": _filters(show), "can_send": centre().can_send}
    if show in (INVITED, UNREACHED):
        invitations = search_invitations(search).filter(InvitationState.BOUNCED.is_of() if show == UNREACHED else Q())
        listed = shown_invitations(request, invitations)
        return context | listed | {"found": listed["all_count"], "lists_invitations": True}
    viewer = current_member(request)
    only = next((mark.holds() for mark in seams.PEOPLE if mark.key == show), Q())
    page = Paginator(search_people(viewer, search, only), PAGE_SIZE).get_page(request.GET.get("page"))
    people = _with_marks().in_bulk(page.object_list)
    rows = [(people[pk], [mark.label for mark in seams.PEOPLE if getattr(people[pk], mark.key, False)]) for pk in page.object_list]
    return context | {"page": page, "rows": rows, "found": page.paginator.count, "finds_addresses": viewer.may(Right.HELP_IN)}


def _filters(show: str) -> list[PeopleFilter]:
    """Each list with how many are on it, in two queries; one that is empty is left out."""
    marks = seams.PEOPLE
    here = User.objects.filter(is_active=True)
    people = here.aggregate(**{JOINED: Count("pk"), **{mark.key: Count("pk", filter=mark.holds()) for mark in marks}})
    invitations = Invitation.objects.sent().filter(answered_at=None)
    invited = invitations.aggregate(**{INVITED: Count("pk"), UNREACHED: Count("pk", filter=InvitationState.BOUNCED.is_of())})
    labels = {JOINED: _("Joined"), INVITED: _("Invited"), UNREACHED: _("Not reached"), **{mark.key: mark.label for mark in marks}}
    counts = people | invited
    return [
        PeopleFilter(key, label, counts[key], key == show) for key, label in labels.items() if counts[key] or key in (show, JOINED, INVITED)
    ]


def _with_marks() -> Any:
    """People with their roles, and each with the marks that stand beside their name."""
    marks = {mark.key: ExpressionWrapper(mark.holds(), BooleanField()) for mark in seams.PEOPLE if mark.is_chip}
    return User.objects.annotate(**marks).select_related("closing").prefetch_related("groups")
