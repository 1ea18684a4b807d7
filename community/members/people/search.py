"""Everybody who is here, as staff look for somebody among them."""

import uuid
from contextlib import suppress

from django.db.models import Q

from community.kit.errors import Refused
from community.kit.text.addresses import canonical
from community.kit.text.names import skeleton
from community.kit.text.order import by_name

from ..models import User
from ..roles import Right


def found(asker: User, words: str) -> list[uuid.UUID]:
    """Return who is here, by name: all, or those in whose name `words` stand, however they are written, or whose address they are."""
    here = User.objects.filter(is_active=True)
    if words:
        here = here.filter(_fits(asker, words))
    return [pk for pk, _name in by_name(here.values_list("pk", "name"), lambda person: person[1])]


def _fits(asker: User, words: str) -> Q:
    fits = Q(name__icontains=words)
    if look := skeleton(words):
        fits |= Q(name_key__contains=look)
    if asker.may(Right.HELP_IN):  # they are shown addresses elsewhere too
        with suppress(Refused):
            fits |= Q(pk__in=[member.pk for member in User.objects.reached_at(canonical(words))])
    return fits
