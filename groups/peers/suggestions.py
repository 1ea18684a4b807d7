"""Suggesting groups to the people of a cohort. What is suggested can be joined by accepting its agreement; nobody is put in silently."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refused
from community.members.models import Cohort, User

from . import actions, rules
from .models import PeerGroup, Suggestion


def suggest_groups(*, actor: User, cohort: Cohort, groups: Iterable[PeerGroup]) -> None:
    """Suggest exactly these groups to the cohort. Who has joined one that is suggested no more stays in it."""
    if not rules.can_make(actor):
        raise Refused("forbidden", _("Only an admin can suggest groups."))
    wanted = list(groups)
    with transaction.atomic():
        Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
        Suggestion.objects.filter(cohort=cohort).exclude(group__in=wanted).delete()
        Suggestion.objects.bulk_create([Suggestion(cohort=cohort, group=group) for group in wanted], ignore_conflicts=True)
        audit.record(actor=actor, verb="peers.suggest_groups", target=cohort.pk)


def make_group(
    *, actor: User, cohort: Cohort, name: str, purpose: str, agreement: str, door: str, past: str, facilitator: User
) -> PeerGroup:
    """Make a group for a cohort, led by `facilitator`, and suggest it to the cohort's people."""
    with transaction.atomic():
        group = actions.make_group(
            actor=actor, name=name, purpose=purpose, agreement=agreement, door=door, past=past, facilitator=facilitator
        )
        Suggestion.objects.create(cohort=cohort, group=group)
        audit.record(actor=actor, verb="peers.suggest_groups", target=cohort.pk)
    return group
