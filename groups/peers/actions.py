"""Every change of a peer group and of who belongs to it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refused

from . import rules, signals
from .models import Membership, PeerGroup

UNDO = dt.timedelta(minutes=10)


def _forbidden() -> Refused:
    return Refused("forbidden", _("Only those who look after this group can do that."))


def _locked(group: PeerGroup) -> PeerGroup:
    """The group, held until the commit: of two who join or leave at once the second sees what the first did."""
    return PeerGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


@transaction.atomic
def make_group(
    *, actor: Any, name: str, purpose: str, agreement: str, door: str, past: str, facilitator: Any
) -> PeerGroup:  # fmt: skip
    """Make a group with its first facilitator, who thereby agrees to its agreement."""
    if not rules.can_make(actor):
        raise _forbidden()
    group = PeerGroup.objects.create(name=name, purpose=purpose, agreement=agreement, door=door, past=past)
    audit.record(actor=actor, verb="peers.make_group", target=group.pk)
    signals.group_made.send(PeerGroup, group=group)
    _enter(group, facilitator, agreed_version=group.agreement_version, role=Membership.Role.FACILITATOR)
    return group


@transaction.atomic
def change_group(*, actor: Any, group: PeerGroup, name: str, purpose: str, agreement: str) -> PeerGroup:
    """Change what a group says of itself; another agreement is a new version of it."""
    group = _locked(group)
    if not rules.can_look_after(actor, group):
        raise _forbidden()
    group.name, group.purpose = name, purpose
    changed = agreement.strip() != group.agreement.strip()
    if changed:
        group.agreement = agreement
        group.agreement_version += 1
    group.save()
    audit.record(actor=actor, verb="peers.change_group", target=group.pk)
    if changed:
        signals.agreement_changed.send(PeerGroup, group=group, actor=actor)
    return group


def _enter(
    group: PeerGroup, member: Any, *, agreed_version: int, role: str = Membership.Role.MEMBER, returning: bool = False
) -> Membership:
    membership = group.memberships.filter(member=member).first() or Membership(group=group, member=member)
    membership.role, membership.agreed_version = role, agreed_version
    membership.joined_at, membership.ended_at, membership.ended_by = timezone.now(), None, None
    membership.save()
    signals.joined.send(PeerGroup, group=group, member=member, returning=returning)
    return membership


@transaction.atomic
def join(*, member: Any, group: PeerGroup, agreed_version: int) -> Membership:
    """Join an open group by accepting its agreement as it stands; who belongs already stays as they are."""
    group = _locked(group)
    if membership := rules.membership_of(member, group):
        return membership
    if group.door != PeerGroup.Door.OPEN:
        raise Refused("not_found", _("That group is not open to you."))
    if agreed_version != group.agreement_version:
        raise Refused("agreement_changed", _("The agreement has changed since you opened the page. Please read it again."))
    return _enter(group, member, agreed_version=agreed_version)


@transaction.atomic
def accept_agreement(*, member: Any, group: PeerGroup, agreed_version: int) -> None:
    """Note that a member accepts the present version."""
    group = _locked(group)
    if agreed_version != group.agreement_version:
        raise Refused("agreement_changed", _("The agreement has changed since you opened the page. Please read it again."))
    group.memberships.current().filter(member=member).update(agreed_version=agreed_version)


def _end(membership: Membership, *, by: Any) -> None:
    membership.ended_at, membership.ended_by = timezone.now(), by
    membership.save(update_fields=["ended_at", "ended_by"])
    signals.left.send(PeerGroup, group=membership.group, member=membership.member, removed=by != membership.member)


@transaction.atomic
def leave(*, member: Any, group: PeerGroup) -> None:
    """Leave a group; leaving again changes nothing."""
    if membership := rules.membership_of(member, _locked(group)):
        _end(membership, by=member)


@transaction.atomic
def undo_leave(*, member: Any, group: PeerGroup) -> Membership:
    """Take back one's own leaving of the last ten minutes: everything is as it was."""
    group = _locked(group)
    membership = group.memberships.filter(member=member).first()
    if membership is None:
        raise Refused("not_found", _("That group is not open to you."))
    if membership.ended_at is None:
        return membership
    if membership.ended_by_id != member.pk or timezone.now() - membership.ended_at > UNDO:
        raise Refused("forbidden", _("It is too late to undo this. You can join again."))
    return _enter(group, member, agreed_version=membership.agreed_version, role=membership.role, returning=True)


@transaction.atomic
def add(*, actor: Any, group: PeerGroup, member: Any) -> Membership:
    """Bring a member into a group; they accept its agreement when they first open it."""
    group = _locked(group)
    if not rules.can_look_after(actor, group):
        raise _forbidden()
    if membership := rules.membership_of(member, group):
        return membership
    audit.record(actor=actor, verb="peers.add", target=member.pk)
    return _enter(group, member, agreed_version=0)


@transaction.atomic
def remove(*, actor: Any, group: PeerGroup, member: Any) -> None:
    """End another member's membership."""
    group = _locked(group)
    if not rules.can_look_after(actor, group):
        raise _forbidden()
    if membership := rules.membership_of(member, group):
        audit.record(actor=actor, verb="peers.remove", target=member.pk)
        _end(membership, by=actor)


@transaction.atomic
def appoint(*, actor: Any, group: PeerGroup, member: Any, role: str) -> None:
    """Make a member a facilitator, or a member again."""
    group = _locked(group)
    if not rules.can_make(actor):
        raise _forbidden()
    if not group.memberships.current().filter(member=member).update(role=role):
        raise Refused("not_found", _("That person is not in this group."))
    audit.record(actor=actor, verb="peers.appoint", target=member.pk)
