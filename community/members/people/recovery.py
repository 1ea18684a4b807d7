"""Account recovery: an admin takes somebody's second factor off, or whoever runs the server does it for an admin.

Nobody sets a password for somebody else: people who need a new one get a link to choose it, or a code in person.
"""

import secrets

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused

from .. import rules
from ..emails import write_to
from ..models import SignInHelp, User, WayBack
from ..signing_in import ways_back
from ..signing_in.addresses import check_help, lock_open
from ..signing_in.devices import sign_out_everywhere
from ..tasks import reset_link
from ..verbs import MembersVerb
from .closing_models import AccountClosing


def take_factors_off(*, actor: User | None, member: User, reason: str) -> None:
    """Remove the second factor and all recovery codes of `member`, sign them out everywhere, and tell them, by e-mail if they have one.

    `actor` is None on the server itself. Raises Refused: self, no_reason, away (their account is closed).
    """
    if actor:
        check_help(actor=actor, member=member, reason=reason)
    with transaction.atomic():
        lock_open(member)
        Authenticator.objects.filter(user=member).delete()
        sign_out_everywhere(member)
        SignInHelp.objects.create(member=member, actor=actor, kind=SignInHelp.Kind.FACTORS, reason=reason.strip())
        audit.record(actor=actor, verb=MembersVerb.TAKE_FACTORS_OFF, target=member.pk)
        write_to(member, "way_in", context={"link": reset_link(member)})


def give_code(*, actor: User, member: User, reason: str) -> str:
    """Make a code with which `member`, who is there in person, can choose a new password within the hour, and return it.

    An earlier one ends. Whoever has a mailbox is sent a link instead, so that nobody who talks an admin into it is in before they know.
    Raises Refused: self, no_reason, away (their account is closed), forbidden (they have an address, or are staff).
    """
    check_help(actor=actor, member=member, reason=reason)
    code = ways_back.new_code(secrets.choice(ways_back.DIGITS))  # none of their own begins so
    hashed = make_password(code)  # slow on purpose, so before the transaction
    with transaction.atomic():
        member = lock_open(member)
        if not rules.may_be_given_code(member):
            raise Refused(Refusal.FORBIDDEN, _("A code in person is only for members who have no e-mail address."))
        member.ways_back.exclude(expires_at=None).delete()
        expires_at = timezone.now() + limits.HELP_CODE_LIFETIME
        WayBack.objects.create(member=member, first=code[0], code_hash=hashed, expires_at=expires_at)
        SignInHelp.objects.create(member=member, actor=actor, kind=SignInHelp.Kind.CODE, reason=reason.strip())
        audit.record(actor=actor, verb=MembersVerb.GIVE_CODE, target=member.pk)
    return ways_back.readable(code)


def recover_admin(*, member: User) -> str:
    """Let an admin in again, also one whose account is paused or closes, and return the link to a new password. For the server's shell."""
    with transaction.atomic():
        AccountClosing.objects.filter(pk=member.pk).delete()
        User.objects.filter(pk=member.pk).update(suspended_at=None)
        take_factors_off(actor=None, member=member, reason="manage.py rescue")
    return reset_link(member)


def mark_read(*, member: User) -> None:
    """Record that a member has read what staff changed about how they sign in."""
    for change in SignInHelp.objects.filter(member=member, read_at=None):
        change.read_at = timezone.now()
        change.save(update_fields=["read_at"])


def unread_helps(member: User) -> list[SignInHelp]:
    """Return what staff changed about how `member` signs in, as far as they have not marked it as read."""
    return list(SignInHelp.objects.filter(member=member, read_at=None).select_related("actor"))


def has_factors(member: User) -> bool:
    """True where there is something to take off."""
    return Authenticator.objects.filter(user=member).exists()
