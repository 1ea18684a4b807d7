"""Asking for one's own account to be closed, and keeping it after all."""

from django.db import transaction
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refusal, Refused

from .. import rules
from ..models import User
from ..people import closing
from ..people.actions import check_last_admin, lock_admins
from ..people.closing_models import AccountClosing
from ..verbs import MembersVerb


def ask_for_closing(*, member: User, empties_messages: bool) -> AccountClosing:
    """Have one's account closed in a week. Until then its owner is signed out everywhere and counts as paused.

    To others it looks like any pause: who changes their mind has told nobody. Raises Refused: away, last_admin, leads_alone.
    """
    with transaction.atomic():
        member = User.objects.select_for_update(no_key=True).get(pk=lock_admins(member).pk)
        if not rules.is_here(member):
            raise Refused(Refusal.AWAY, _("Your account isn't open anymore."))
        check_last_admin(member)
        account_closing = closing.begin(member, empties_messages=empties_messages)
        audit.record(actor=member, verb=MembersVerb.ASK_CLOSING, target=member.pk)
    return account_closing


def cancel_closing(*, member: User) -> None:
    """Keep one's account: all is as it was, but for an admin's pause. Idempotent. Raises Refused: too_late."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=member.pk)
        account_closing = AccountClosing.objects.filter(pk=member.pk).first()
        if account_closing is None:
            return
        if account_closing.is_due:
            raise Refused(Refusal.TOO_LATE, _("It's too late to keep this account: its time is over, and it's being closed now."))
        User.objects.filter(pk=member.pk, suspended_at=account_closing.asked_at).update(suspended_at=None)
        account_closing.delete()
        audit.record(actor=member, verb=MembersVerb.CANCEL_CLOSING, target=member.pk)
