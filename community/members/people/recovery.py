"""Account recovery: an admin takes somebody's second factor off, or whoever runs the server does it for an admin.

Nobody sets a password for somebody else: people who need a new one get a link to choose it.
"""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from community.kit import audit

from ..emails import write_to
from ..models import SignInHelp, User
from ..signing_in.addresses import check_help
from ..signing_in.devices import sign_out_everywhere
from ..tasks import reset_link
from ..verbs import MembersVerb
from .closing_models import AccountClosing


def take_factors_off(*, actor: User | None, member: User, reason: str) -> None:
    """Remove the second factor and all recovery codes of `member`, sign them out everywhere, and tell them, by e-mail if they have one.

    `actor` is None on the server itself. Raises Refused: self, no_reason.
    """
    if actor:
        check_help(actor=actor, member=member, reason=reason)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=member.pk)
        Authenticator.objects.filter(user=member).delete()
        sign_out_everywhere(member)
        SignInHelp.objects.create(member=member, actor=actor, kind=SignInHelp.Kind.FACTORS, reason=reason.strip())
        audit.record(actor=actor, verb=MembersVerb.TAKE_FACTORS_OFF, target=member.pk)
        write_to(member, "way_in", context={"link": reset_link(member)})


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
