"""Searching the list of people and of invitations, for staff."""

import uuid
from contextlib import suppress

from django.db.models import Q

from community.kit.errors import Refused
from community.kit.text.addresses import canonical
from community.kit.text.names import skeleton
from community.kit.text.order import by_name

from ..models import Invitation, InvitationQuerySet, User
from ..roles import Right
from ..texting.numbers import canonical as canonical_number
from ..texting.numbers import hashes_of


def search_people(viewer: User, words: str, only: Q) -> list[uuid.UUID]:
    """Return the ids of those people with an account of whom `only` holds, by name.

    All of them, or those with `words` in their name, in any spelling, or as their address.
    """
    here = User.objects.filter(only, is_active=True)
    if words:
        here = here.filter(_matches(viewer, words))
    return [pk for pk, _name in by_name(here.values_list("pk", "name"), lambda person: person[1])]


def search_invitations(words: str) -> InvitationQuerySet:
    """The invitations that nobody has answered: all, or those with `words` in their address or in the name of their cohort.

    A phone number is found by the whole of it, since it is stored encrypted.
    """
    waiting = Invitation.objects.sent().filter(answered_at=None)
    if not words:
        return waiting
    matches = Q(email__icontains=words) | Q(cohort__name__icontains=words)
    with suppress(Refused):
        matches |= Q(number_hash__in=hashes_of(canonical_number(words)))
    return waiting.filter(matches)


def _matches(viewer: User, words: str) -> Q:
    matches = Q(name__icontains=words)
    if key := skeleton(words):
        matches |= Q(name_key__contains=key)
    if viewer.may(Right.HELP_IN):  # they are shown addresses elsewhere too
        with suppress(Refused):
            matches |= Q(pk__in=[member.pk for member in User.objects.reached_at(canonical(words))])
    return matches
