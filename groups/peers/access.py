"""How the views of this room find a group. A hidden one answers an outsider like a group that is not there."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from community.kit.ids import as_id
from community.members.access import me
from community.members.models import User

from . import actions, reading, rules
from .models import Membership, PeerGroup


def seen(request: HttpRequest, group: uuid.UUID) -> tuple[PeerGroup, Membership | None]:
    """The group, where this member may know of it, and their membership, also one that has ended."""
    found = get_object_or_404(PeerGroup.objects.visible_to(me(request)).with_places_for(me(request)), pk=group)
    return found, Membership.objects.filter(group=found, member=me(request)).first()


def managed(request: HttpRequest, group: uuid.UUID) -> tuple[PeerGroup, Membership | None]:
    """The same, where they may change it; to who only sees it, that is forbidden."""
    found, mine = seen(request, group)
    if not rules.can_manage(me(request), mine):
        raise PermissionDenied
    return found, mine


def naming_the_first(fields: dict[str, str], **kwargs: object) -> str:
    """What the form of a new group does: it appoints, so it asks for the same proof as appointing does."""
    chosen = as_id(fields.get("facilitator"))
    facilitator = User.objects.filter(pk=chosen).first() if chosen else None
    return _("Make the group %(group)s, with %(name)s as its facilitator") % {"group": fields.get("name", ""), "name": facilitator or "…"}


def roster_of(request: HttpRequest, found: PeerGroup, mine: Membership | None) -> reading.Roster:
    """Who belongs; that somebody who does not belong reads their names is noted."""
    if not rules.belongs(mine):
        actions.look(actor=me(request), group=found)
    return reading.roster(found)
