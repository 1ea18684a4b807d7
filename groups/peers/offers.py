"""Offering groups to the people of a cohort. What is offered can be joined by accepting its agreement; nobody is put in silently."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refused
from community.members.models import Cohort, User

from . import actions, rules
from .models import Offer, PeerGroup


def offer_groups(*, actor: User, cohort: Cohort, groups: Iterable[PeerGroup]) -> None:
    """Offer exactly these groups to the cohort. Who has joined one that is offered no more stays in it."""
    if not rules.can_make(actor):
        raise Refused("forbidden", _("Only an admin can offer groups."))
    wanted = list(groups)
    with transaction.atomic():
        Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
        Offer.objects.filter(cohort=cohort).exclude(group__in=wanted).delete()
        Offer.objects.bulk_create([Offer(cohort=cohort, group=group) for group in wanted], ignore_conflicts=True)
        audit.record(actor=actor, verb="peers.offer_groups", target=cohort.pk)


def make_group(
    *, actor: User, cohort: Cohort, name: str, purpose: str, agreement: str, door: str, past: str, facilitator: User
) -> PeerGroup:
    """Make a group for a cohort, led by `facilitator`, and offer it to the cohort's people."""
    with transaction.atomic():
        group = actions.make_group(
            actor=actor, name=name, purpose=purpose, agreement=agreement, door=door, past=past, facilitator=facilitator
        )
        Offer.objects.create(cohort=cohort, group=group)
        audit.record(actor=actor, verb="peers.offer_groups", target=cohort.pk)
    return group
