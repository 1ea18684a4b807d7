"""Every write to a peer group. What follows from it elsewhere (the conversation, its notices) answers the signals."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.kit import audit
from community.kit.errors import Refused
from community.members.models import User

from . import rules, signals
from .models import UNDO, Membership, PeerGroup, Suggestion

COMINGS = ("peers.join", "peers.undo_leave")  # each writes a notice into the talk
MOST_COMINGS, COMINGS_WITHIN = 10, dt.timedelta(hours=1)


def tidy_agreement(text: str) -> str:
    """Return an agreement with one promise a line: no empty lines, no spaces around."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _not_found() -> Refused:
    return Refused("not_found", _("That group is not here, or it is not open to you."))


def _forbidden() -> Refused:
    return Refused("forbidden", _("Only a facilitator of this group can do that."))


def _agreement_changed() -> Refused:
    return Refused("agreement_changed", _("The agreement changed while you were reading. Here is the new one."))


def _changed_meanwhile() -> Refused:
    return Refused("changed", _("Somebody else has changed this meanwhile. Read what stands now; Save puts your text in its place."))


def _locked(group: PeerGroup) -> PeerGroup:
    """The group's row, read afresh and locked until the commit, so that its memberships change one after another."""
    return PeerGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


def _membership(group: PeerGroup, member: User) -> Membership | None:
    return Membership.objects.filter(group=group, member=member).first()


def _managed(actor: User, group: PeerGroup) -> Membership | None:
    """Refuse an actor who may not manage the group; return their own membership, if any."""
    mine = _membership(group, actor)
    if not rules.can_manage(actor, mine):
        raise _forbidden()
    return mine


def _save_named(group: PeerGroup, **how: Any) -> None:
    try:
        with transaction.atomic():
            group.save(**how)
    except IntegrityError:
        raise Refused("name_taken", _("Another open group has this name. Choose another one.")) from None


def _let_in(group: PeerGroup, member: User, *, role: str, agreed_version: int) -> Membership:
    """Open the member's row of this group, the first one or the one they had, and tell the rooms above."""
    opened = {"role": role, "agreed_version": agreed_version, "joined_at": timezone.now(), "ended_at": None, "ended_by": None}
    membership, _made = Membership.objects.update_or_create(group=group, member=member, defaults=opened)
    signals.joined.send(sender=PeerGroup, group=group, member=member, returning=False)
    return membership


def _may_come(member: User) -> None:
    """Refuse who has come in very often lately, over all groups: everybody in them reads of each time. Going is never refused."""
    User.objects.select_for_update(no_key=True).get(pk=member.pk)
    minutes = audit.minutes_to_wait(actor=member, verbs=COMINGS, most=MOST_COMINGS, within=COMINGS_WITHIN)
    if minutes:
        sentence = ngettext(
            "You have joined groups very often just now. You can come in again in %(minutes)d minute, or a facilitator can add you.",
            "You have joined groups very often just now. You can come in again in %(minutes)d minutes, or a facilitator can add you.",
            minutes,
        )
        raise Refused("rate_limited", sentence % {"minutes": minutes}, retry_after=minutes * 60)


def make_group(*, actor: User, name: str, purpose: str, agreement: str, door: str, past: str, facilitator: User) -> PeerGroup:
    """Make a group led by `facilitator`, who has still to accept its agreement where somebody else wrote it."""
    if not rules.can_make(actor):
        raise Refused("forbidden", _("Only an admin can make a group."))
    with transaction.atomic():
        group = PeerGroup(name=name, purpose=purpose, agreement=tidy_agreement(agreement), door=door, past=past)
        _save_named(group)
        audit.record(actor=actor, verb="peers.make_group", target=group.pk)
        signals.group_made.send(sender=PeerGroup, group=group)
        agreed = group.agreement_version if facilitator == actor else 0
        _let_in(group, facilitator, role=Membership.Role.FACILITATOR, agreed_version=agreed)
    return group


def change_group(*, actor: User, group: PeerGroup, name: str, purpose: str) -> PeerGroup:
    """Give the group another name and purpose."""
    with transaction.atomic():
        group = _locked(group)
        _managed(actor, group)
        if (group.name, group.purpose) != (name, purpose):
            group.name, group.purpose = name, purpose
            _save_named(group, update_fields=["name", "purpose"])
            audit.record(actor=actor, verb="peers.change_group", target=group.pk)
            signals.group_changed.send(sender=PeerGroup, group=group, actor=actor)
    return group


def change_agreement(*, actor: User, group: PeerGroup, agreement: str) -> PeerGroup:
    """Give the agreement a new version, which its author has accepted and the others are asked to."""
    with transaction.atomic():
        group = _locked(group)
        mine = _managed(actor, group)
        agreement = tidy_agreement(agreement)
        if group.agreement != agreement:
            group.agreement = agreement
            group.agreement_version += 1
            group.save(update_fields=["agreement", "agreement_version"])
            if mine is not None and rules.belongs(mine):
                mine.agreed_version = group.agreement_version
                mine.save(update_fields=["agreed_version"])
            audit.record(actor=actor, verb="peers.change_agreement", target=group.pk)
            signals.agreement_changed.send(sender=PeerGroup, group=group, actor=actor)
    return group


def change(*, actor: User, group: PeerGroup, name: str, purpose: str, agreement: str, edition: str) -> PeerGroup:
    """Change what a group says of itself, unless it says something else now than in the `edition` that was changed from."""
    with transaction.atomic():
        group = _locked(group)
        wanted = (name, purpose, tidy_agreement(agreement))
        if edition != group.edition and wanted != (group.name, group.purpose, group.agreement):
            _managed(actor, group)
            raise _changed_meanwhile()
        change_group(actor=actor, group=group, name=name, purpose=purpose)
        return change_agreement(actor=actor, group=group, agreement=agreement)


def accept(*, member: User, group: PeerGroup, agreed_version: int) -> Membership:
    """Note that a member accepts the agreement as they read it."""
    with transaction.atomic():
        group = _locked(group)
        membership = _membership(group, member)
        if membership is None or not rules.belongs(membership):
            raise _not_found()
        if agreed_version != group.agreement_version:
            raise _agreement_changed()
        membership.agreed_version = agreed_version
        membership.save(update_fields=["agreed_version"])
    return membership


def join(*, member: User, group: PeerGroup, agreed_version: int) -> Membership:
    """Join a group that is open, or suggested to them, by accepting its agreement as it is now.

    Joining twice is joining once; ten times an hour is the most.
    """
    with transaction.atomic():
        group = _locked(group)
        membership = _membership(group, member)
        if membership is not None and rules.belongs(membership):
            return membership
        if not rules.can_join(group, membership, is_suggested=is_suggested(group, member)):
            if group.door == PeerGroup.Door.HIDDEN:
                raise _not_found()
            raise Refused("removed", _("A facilitator ended your membership. They can add you again."))
        if agreed_version != group.agreement_version:
            raise _agreement_changed()
        _may_come(member)
        membership = _let_in(group, member, role=Membership.Role.MEMBER, agreed_version=agreed_version)
        audit.record(actor=member, verb="peers.join", target=group.pk)
    return membership


def is_suggested(group: PeerGroup, member: User) -> bool:
    """Whether staff suggest the group to the cohort with which this member came in."""
    return Suggestion.objects.to(member).filter(group=group).exists()


def leave(*, member: User, group: PeerGroup) -> Membership:
    """End one's own membership; it can be taken back for ten minutes."""
    with transaction.atomic():
        group = _locked(group)
        membership = _membership(group, member)
        if membership is None or not rules.belongs(membership):
            raise _not_found()
        membership.ended_at, membership.ended_by = timezone.now(), member
        membership.save(update_fields=["ended_at", "ended_by"])
        audit.record(actor=member, verb="peers.leave", target=group.pk)
        signals.left.send(sender=PeerGroup, group=group, member=member, removed=False)
    return membership


def undo_leave(*, member: User, group: PeerGroup) -> Membership:
    """Take one's own leaving back: everything is as it was, the role and the date of joining too."""
    with transaction.atomic():
        group = _locked(group)
        membership = _membership(group, member)
        if membership is None or membership.was_removed:
            raise _not_found()
        if membership.ended_at is None:
            return membership
        if membership.ended_at < timezone.now() - UNDO:
            raise Refused("too_late", _("You left more than ten minutes ago. You can join again, or ask a facilitator to add you."))
        _may_come(member)
        membership.ended_at, membership.ended_by = None, None
        membership.save(update_fields=["ended_at", "ended_by"])
        audit.record(actor=member, verb="peers.undo_leave", target=group.pk)
        signals.joined.send(sender=PeerGroup, group=group, member=member, returning=True)
    return membership


def add(*, actor: User, group: PeerGroup, member: User) -> Membership:
    """Add somebody, also to a hidden group, and also one who was removed. They are asked to accept the agreement."""
    with transaction.atomic():
        group = _locked(group)
        _managed(actor, group)
        if not member.is_active or member.is_suspended:
            raise Refused("nobody", _("There is nobody of that name here."))
        membership = _membership(group, member)
        if membership is not None and rules.belongs(membership):
            raise Refused("already", _("%(name)s is in the group already.") % {"name": member})
        membership = _let_in(group, member, role=Membership.Role.MEMBER, agreed_version=0)
        audit.record(actor=actor, verb="peers.add", target=member.pk)
    return membership


def remove(*, actor: User, group: PeerGroup, member: User) -> Membership:
    """End somebody else's membership."""
    with transaction.atomic():
        group = _locked(group)
        mine = _managed(actor, group)
        membership = _membership(group, member)
        if membership is None or not rules.belongs(membership):
            raise Refused("not_found", _("They are not in the group."))
        if not rules.can_remove(actor, mine, membership):
            raise Refused("forbidden", _("You cannot remove this person. An admin can."))
        membership.ended_at, membership.ended_by = timezone.now(), actor
        membership.save(update_fields=["ended_at", "ended_by"])
        audit.record(actor=actor, verb="peers.remove", target=member.pk)
        signals.left.send(sender=PeerGroup, group=group, member=member, removed=True)
    return membership


def look(*, actor: User, group: PeerGroup) -> None:
    """Note that somebody who does not belong to the group reads who does."""
    with transaction.atomic():
        audit.record(actor=actor, verb="peers.look", target=group.pk)


def appoint(*, actor: User, group: PeerGroup, member: User, role: str) -> Membership:
    """Make a member of the group its facilitator, or a facilitator a member."""
    with transaction.atomic():
        group = _locked(group)
        if not rules.can_make(actor):
            raise Refused("forbidden", _("Only an admin can choose who facilitates."))
        membership = _membership(group, member)
        if membership is None or not rules.belongs(membership):
            raise Refused("not_found", _("They are not in the group."))
        membership.role = Membership.Role(role)
        membership.save(update_fields=["role"])
        audit.record(actor=actor, verb="peers.appoint", target=member.pk)
    return membership
