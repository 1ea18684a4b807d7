"""How the views of this room find a group. A hidden one answers an outsider like a group that is not there."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from community.kit.errors import Ended
from community.kit.ids import as_id
from community.members.access import me
from community.members.models import User

from . import actions, reading, rules
from .models import Membership, PeerGroup


def ended(member: User, **group: object) -> Ended | None:
    """Return what answers somebody who belonged to a group once, else None; `group` says how to find it from a membership."""
    once = Membership.objects.filter(member=member, ended_at__isnull=False, **group).first()
    return Ended(removed=once.was_removed) if once else None


def seen(request: HttpRequest, group: uuid.UUID) -> tuple[PeerGroup, Membership | None]:
    """The group, where this member may know of it, and their membership, also one that has ended."""
    found = PeerGroup.objects.visible_to(me(request)).with_places_for(me(request)).filter(pk=group).first()
    if found is None:
        raise ended(me(request), group=group) or Http404()
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
