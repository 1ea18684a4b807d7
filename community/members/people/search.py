"""Searching the list of people, for staff."""

import uuid
from contextlib import suppress

from django.db.models import Q

from community.kit.errors import Refused
from community.kit.text.addresses import canonical
from community.kit.text.names import skeleton
from community.kit.text.order import by_name

from ..models import User
from ..roles import Right


def search_people(viewer: User, words: str) -> list[uuid.UUID]:
    """Return the ids of people with an account, by name: all, or those with `words` in their name, in any spelling, or as their address."""
    here = User.objects.filter(is_active=True)
    if words:
        here = here.filter(_matches(viewer, words))
    return [pk for pk, _name in by_name(here.values_list("pk", "name"), lambda person: person[1])]


def _matches(viewer: User, words: str) -> Q:
    matches = Q(name__icontains=words)
    if key := skeleton(words):
        matches |= Q(name_key__contains=key)
    if viewer.may(Right.HELP_IN):  # they are shown addresses elsewhere too
        with suppress(Refused):
            matches |= Q(pk__in=[member.pk for member in User.objects.reached_at(canonical(words))])
    return matches
