"""Writes of staff about other people: pausing and closing accounts, giving and taking roles."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit, mail
from community.kit.errors import Refusal, Refused

from .. import rules, seams
from ..models import Invitation, User
from ..roles import Role
from ..signing_in import devices
from ..signing_in.shared_mailboxes import release_address, shares_mailbox
from ..verbs import MembersVerb


def _lock_admins(actor: User) -> User:
    """Lock the role of admins and return the actor, read again: of two admins who act on each other at once, the second is one no more."""
    Group.objects.select_for_update().get(name=Role.ADMIN)
    return User.objects.get(pk=actor.pk)


def check_last_admin(member: User) -> None:
    """Raise Refused: last_admin where `member` is the only admin who can sign in. To be asked after `_lock_admins`."""
    if [admin.pk for admin in User.objects.active().filter(groups__name=Role.ADMIN)] == [member.pk]:
        raise Refused(Refusal.LAST_ADMIN, _("%(name)s is the only admin. Make somebody else an admin first.") % {"name": member})


def suspend(*, actor: User, member: User) -> None:
    """Pause an account: its owner sees only that it is paused. Raises Refused: forbidden, last_admin, self."""
    with transaction.atomic():
        if not rules.may_pause(_lock_admins(actor)):
            raise Refused(Refusal.FORBIDDEN, _("You can no longer pause accounts."))
        check_last_admin(member)
        if actor.pk == member.pk:
            raise Refused(Refusal.SELF, _("You cannot pause your own account."))
        if User.objects.filter(pk=member.pk, suspended_at=None).update(suspended_at=timezone.now()):
            seams.disconnected.send(sender=User, member=member)
            audit.record(actor=actor, verb=MembersVerb.SUSPEND, target=member.pk)


def reinstate(*, actor: User, member: User) -> None:
    """End the pause of an account."""
    with transaction.atomic():
        if User.objects.filter(pk=member.pk).exclude(suspended_at=None).update(suspended_at=None):
            audit.record(actor=actor, verb=MembersVerb.LET_BACK, target=member.pk)


def check_closing(*, actor: User, member: User) -> None:
    """Raise Refused where `actor` may not close the account of `member`: forbidden, last_admin, self."""
    if not rules.may_close(actor):
        raise Refused(Refusal.FORBIDDEN, _("Only an admin can close an account."))
    check_last_admin(member)
    if actor.pk == member.pk:
        raise Refused(Refusal.SELF, _("You cannot close your own account. Another admin can."))


def close_account(*, actor: User, member: User) -> None:
    """Close an account for good: nobody can sign in with it, it leaves its groups, and its address is deleted. What they wrote stays.

    Their name stays too, so that nobody else can pass for them. Raises what `check_closing` raises.
    """
    with transaction.atomic():
        _lock_admins(actor)
        both = User.objects.select_for_update(no_key=True).filter(pk__in={actor.pk, member.pk}).in_bulk()
        actor, member = both[actor.pk], both[member.pk]
        check_closing(actor=actor, member=member)
        if not member.is_active:
            return
        # Before the address: changing that locks the row against messages that they are just writing, in channels that this needs.
        seams.closing.send(sender=User, member=member)
        address = member.email
        _forget_address(member)
        devices.sign_out_everywhere(member)
        Authenticator.objects.filter(user=member).delete()
        member.sign_in_helps.all().delete()
        member.is_active = False
        member.set_unusable_password()
        member.save(update_fields=["email", "password", "is_active"])
        release_address(member, address)
        member.groups.clear()
        audit.record(actor=actor, verb=MembersVerb.CLOSE_ACCOUNT, target=member.pk)


def _forget_address(member: User) -> None:
    """Replace the member's address with one that nobody can have, and delete every other copy of it."""
    invitations = Invitation.objects.filter(Q(email=member.email) | Q(member=member)).exclude(member__mailbox_owner=member)
    mail.forget(about=[member.pk, *invitations.values_list("pk", flat=True)], address="" if shares_mailbox(member) else member.email)
    invitations.delete()
    EmailAddress.objects.filter(user=member).delete()
    member.address_changes.all().delete()
    member.email = f"{member.pk}@closed.invalid"


def _check_appointing(actor: User, member: User) -> tuple[User, User]:
    """Return both, read again. Raises Refused: forbidden."""
    actor, member = _lock_admins(actor), User.objects.get(pk=member.pk)
    if not rules.may_appoint(actor):
        raise Refused(Refusal.FORBIDDEN, _("You can no longer give roles."))
    return actor, member


def give_role(*, actor: User, member: User, role: Role) -> None:
    """Give somebody a staff role, from their next request on. Raises Refused: forbidden, away (their account is not open)."""
    with transaction.atomic():
        actor, member = _check_appointing(actor, member)
        if not member.is_active or member.is_suspended:
            raise Refused(Refusal.AWAY, _("%(name)s's account is not open, so it can be given no role.") % {"name": member})
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
