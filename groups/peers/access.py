"""How the views of this room find a group. To an outsider a hidden one is a 404, like one that does not exist."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from community.kit.errors import Ended
from community.kit.ids import as_id
from community.members.access import current_member
from community.members.models import User

from . import actions, reading, rules
from .models import Membership, PeerGroup


def ended(member: User, **group: object) -> Ended | None:
    """Return the 404 for a former member of a group, or None for anybody else; `group` is a lookup from a membership."""
    former = Membership.objects.filter(member=member, ended_at__isnull=False, **group).first()
    return Ended(removed=former.was_removed) if former else None


def visible_group(request: HttpRequest, group: uuid.UUID) -> tuple[PeerGroup, Membership | None]:
    """Return a group that this member may know of, and their membership or None; it may have ended. Raises Http404."""
    found = PeerGroup.objects.visible_to(current_member(request)).with_seats_for(current_member(request)).filter(pk=group).first()
    if found is None:
        raise ended(current_member(request), group=group) or Http404()
    return found, Membership.objects.filter(group=found, member=current_member(request)).first()


def managed_group(request: HttpRequest, group: uuid.UUID) -> tuple[PeerGroup, Membership | None]:
    """The same, for its facilitators and who may make groups. Raises Http404, or PermissionDenied for members who only see it."""
    found, mine = visible_group(request, group)
    if not rules.can_manage(current_member(request), mine):
        raise PermissionDenied
    return found, mine


def describe_new_group(fields: dict[str, str], **kwargs: object) -> str:
    """Return what the form for a new group does, in words. It appoints a facilitator, so it needs the same proof as appointing."""
    chosen = as_id(fields.get("facilitator"))
    facilitator = User.objects.filter(pk=chosen).first() if chosen else None
    return _("Make the group %(group)s, with %(name)s as its facilitator") % {"group": fields.get("name", ""), "name": facilitator or "…"}


def roster_of(request: HttpRequest, found: PeerGroup, mine: Membership | None) -> reading.Roster:
    """Return the roster of a group, and record it in the audit trail where the reader does not belong to the group."""
    if not rules.belongs(mine):
        actions.record_roster_view(actor=current_member(request), group=found)
    return reading.roster(found)
