"""Writes of staff about other people: pausing and closing accounts, giving and taking roles."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refusal, Refused

from .. import rules, seams
from ..models import User
from ..roles import Role
from ..signing_in import devices
from ..verbs import MembersVerb
from . import closing
from .closing_models import AccountClosing

BY_THEMSELVES = Q(closing__asked_at=F("suspended_at"))  # paused by nobody else: they asked for their account to be closed


def lock_admins(actor: User) -> User:
    """Lock the role of admins and return the actor, read again: of two admins who act on each other at once, the second is one no more."""
    Group.objects.select_for_update().get(name=Role.ADMIN)
    return User.objects.get(pk=actor.pk)


def is_last_admin(member: User) -> bool:
    """True where `member` is the only admin who can sign in."""
    return [admin.pk for admin in User.objects.active().filter(groups__name=Role.ADMIN)] == [member.pk]


def check_last_admin(member: User) -> None:
    """Raise Refused: last_admin where `is_last_admin`. To be asked after `lock_admins`."""
    if is_last_admin(member):
        raise Refused(Refusal.LAST_ADMIN, _("%(name)s is the only admin. Make somebody else an admin first.") % {"name": member})


def suspend(*, actor: User, member: User) -> None:
    """Pause an account: its owner sees only that it is paused. Raises Refused: forbidden, last_admin, self."""
    with transaction.atomic():
        if not rules.may_pause(lock_admins(actor)):
            raise Refused(Refusal.FORBIDDEN, _("You can no longer pause accounts."))
        check_last_admin(member)
        if actor.pk == member.pk:
            raise Refused(Refusal.SELF, _("You cannot pause your own account."))
        open_or_closing = User.objects.filter(Q(suspended_at=None) | BY_THEMSELVES, pk=member.pk)
        if open_or_closing.update(suspended_at=timezone.now()):
            seams.disconnected.send(sender=User, member=member)
            audit.record(actor=actor, verb=MembersVerb.SUSPEND, target=member.pk)


def reinstate(*, actor: User, member: User) -> None:
    """End the pause of an account. Raises Refused: self, where its owner paused it by asking for it to be closed.

    Where somebody else paused it after that, it is paused by its owner again.
    """
    with transaction.atomic():
        if User.objects.filter(BY_THEMSELVES, pk=member.pk).exists():
            sentence = _("%(name)s asked for their account to be closed. Only they can change that, by signing in.")
            raise Refused(Refusal.SELF, sentence % {"name": member})
        own_pause = Subquery(AccountClosing.objects.filter(pk=member.pk).values("asked_at"))
        if User.objects.filter(pk=member.pk).exclude(suspended_at=None).update(suspended_at=own_pause):
            audit.record(actor=actor, verb=MembersVerb.LET_BACK, target=member.pk)


def check_closing(*, actor: User, member: User) -> None:
    """Raise Refused where `actor` may not close the account of `member`: forbidden, last_admin, self."""
    if not rules.may_close(actor):
        raise Refused(Refusal.FORBIDDEN, _("Only an admin can close an account."))
    check_last_admin(member)
    if actor.pk == member.pk:
        raise Refused(Refusal.SELF, _("You can close your own account on your page, “Me”."))


def close_account(*, actor: User, member: User) -> None:
    """Close an account for good and at once. What they wrote stays, under no name, unless they had asked themselves to have it emptied.

    Where that is interrupted, they stay signed out and paused until the worker goes on with it. Raises what `check_closing` raises.
    """
    with transaction.atomic():
        actor, member = _check_closing_now(actor, member)
        if not member.is_active:
            return
        now = timezone.now()
        made = {"asked_at": now, "closes_at": now}
        account_closing, _made = AccountClosing.objects.update_or_create(member=member, defaults={"closes_at": now}, create_defaults=made)
        User.objects.filter(pk=member.pk, suspended_at=None).update(suspended_at=now)
        devices.sign_out_everywhere(member)
        audit.record(actor=actor, verb=MembersVerb.CLOSE_ACCOUNT, target=member.pk)
    closing.close(account_closing)


def close_in_a_week(*, actor: User, member: User) -> None:
    """Ask for an account to be closed for its owner, who has the same week as if they had asked: to keep it, or to fetch their things.

    Idempotent. Raises what `check_closing` raises, and leads_alone.
    """
    with transaction.atomic():
        actor, member = _check_closing_now(actor, member)
        if member.is_active and not AccountClosing.objects.filter(pk=member.pk).exists():
            closing.begin(member)
            audit.record(actor=actor, verb=MembersVerb.ASK_CLOSING, target=member.pk)


def _check_closing_now(actor: User, member: User) -> tuple[User, User]:
    """Return both, locked and read again. Raises what `check_closing` raises."""
    lock_admins(actor)
    both = User.objects.select_for_update(no_key=True).filter(pk__in={actor.pk, member.pk}).in_bulk()
    actor, member = both[actor.pk], both[member.pk]
    check_closing(actor=actor, member=member)
    return actor, member


def _check_appointing(actor: User, member: User) -> tuple[User, User]:
    """Return both, read again, `member` locked: they may be giving up their address. Raises Refused: forbidden."""
    actor, member = lock_admins(actor), User.objects.select_for_update(no_key=True).get(pk=member.pk)
    if not rules.may_appoint(actor):
        raise Refused(Refusal.FORBIDDEN, _("You can no longer give roles."))
    return actor, member


def give_role(*, actor: User, member: User, role: Role) -> None:
    """Give somebody a staff role, from their next request on. Raises Refused: forbidden, away (not open), needs_address."""
    with transaction.atomic():
        actor, member = _check_appointing(actor, member)
        if not member.is_active or member.is_suspended:
            raise Refused(Refusal.AWAY, _("%(name)s's account is not open, so it can be given no role.") % {"name": member})
        if not member.email:
            needed = _("Staff need an e-mail address, and %(name)s has none. They can add one under Me.")
            raise Refused(Refusal.NEEDS_ADDRESS, needed % {"name": member})
        if role not in member.roles:
            member.groups.add(Group.objects.get(name=role))
            devices.shorten_sessions(member)
            audit.record(actor=actor, verb=MembersVerb(f"members.give_{role}"), target=member.pk)


def take_role(*, actor: User, member: User, role: Role) -> None:
    """Take a staff role away, from their next request on. Raises Refused: forbidden, last_admin, self."""
    with transaction.atomic():
        actor, member = _check_appointing(actor, member)
        if role == Role.ADMIN:
            check_last_admin(member)
        if not rules.may_take(actor, member, role):
            raise Refused(Refusal.SELF, _("You cannot take this role from yourself. Another admin can."))
        if role in member.roles:
            member.groups.remove(Group.objects.get(name=role))
            audit.record(actor=actor, verb=MembersVerb(f"members.take_{role}"), target=member.pk)
