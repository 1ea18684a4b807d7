"""Suggesting groups to the members of a cohort: each is offered a seat, and nobody is added without accepting it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refusal, Refused
from community.members.models import Cohort, User

from .. import actions, rules
from ..actions import membership_of
from ..join import seats
from ..join.seats import locked
from ..models import JoinRequest, PeerGroup, Suggestion
from ..verbs import PeersVerb


def suggest_groups(*, actor: User, cohort: Cohort, groups: Iterable[PeerGroup]) -> None:
    """Suggest exactly these groups to a cohort, also to members who have joined the site already. Nobody leaves a group by it.

    Whoever suggests them is offered none. Raises Refused: forbidden.
    """
    _check(actor)
    wanted = set(groups)
    with transaction.atomic():
        Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
        known = {suggestion.group for suggestion in cohort.suggestions.select_related("group")}
        cohort.suggestions.exclude(group__in=wanted).delete()
        Suggestion.objects.bulk_create([Suggestion(cohort=cohort, group=group) for group in wanted - known])
        for group in sorted(wanted ^ known, key=lambda group: group.pk):
            if group in wanted:
                _offer(group, User.objects.active().filter(invitation__cohort=cohort).exclude(pk=actor.pk))
            else:
                _withdraw(group, cohort)
        audit.record(actor=actor, verb=PeersVerb.SUGGEST_GROUPS, target=cohort.pk)


def suggest_to(*, actor: User, member: User, groups: Iterable[PeerGroup]) -> None:
    """Offer one member a seat in each of these groups. Raises Refused: away (their account is not open), forbidden, self."""
    _check(actor)
    if actor.pk == member.pk:
        raise Refused(Refusal.SELF, _("You can't let yourself into a group. Somebody else has to."))
    with transaction.atomic():
        if not User.objects.active().filter(pk=member.pk).exists():
            raise Refused(Refusal.AWAY, _("%(name)s's account is not open.") % {"name": member})
        for group in sorted(groups, key=lambda group: group.pk):
            _offer(group, [member])
        audit.record(actor=actor, verb=PeersVerb.SUGGEST_GROUPS, target=member.pk)


def _check(actor: User) -> None:
    if not rules.can_make(actor):
        raise Refused(Refusal.FORBIDDEN, _("Only a coordinator or an admin can suggest groups."))


def make_group(*, actor: User, cohort: Cohort, **fields: Any) -> PeerGroup:
    """Make a group for a cohort (`fields` as `actions.make_group` takes them), and suggest it to the cohort.

    Raises Refused: bad_name, forbidden, name_taken.
    """
    with transaction.atomic():
        group = actions.make_group(actor=actor, **fields)
        suggested = PeerGroup.objects.filter(suggestions__cohort=cohort)
        suggest_groups(actor=actor, cohort=cohort, groups=[*suggested, group])
    return group


def welcome(*, member: User) -> None:
    """Offer a new member the groups that are suggested to their cohort."""
    with transaction.atomic():
        for group in PeerGroup.objects.filter(suggestions__cohort__invitations__member=member).order_by("pk"):
            _offer(group, [member])


def _offer(group: PeerGroup, people: Iterable[User]) -> None:
    """Put people on the waiting list and offer the free seats; but nobody who belongs, has an open join request, or was removed."""
    group = locked(group)
    for person in people:
        membership = membership_of(group, person)
        if membership is not None and (rules.belongs(membership) or membership.was_removed):
            continue
        if not group.join_requests.open().filter(member=person).exists():
            seats.begin(group, person, JoinRequest.State.WAITING, origin=JoinRequest.Origin.SUGGESTED)
    seats.offer_free_seats(group)


def _withdraw(group: PeerGroup, cohort: Cohort) -> None:
    group = locked(group)
    for join_request in group.join_requests.open().filter(origin=JoinRequest.Origin.SUGGESTED, member__invitation__cohort=cohort):
        seats.move(join_request, JoinRequest.State.WITHDRAWN)
    seats.offer_free_seats(group)
