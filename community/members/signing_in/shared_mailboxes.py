"""Accounts that share a mailbox, since their addresses differ only in how they were typed. All are from before addresses had one spelling.

The account of them that signed in last, when that changed, has the canonical address and is the `mailbox_owner` of the others, its
`mailbox_sharers`. They sign in with the address as it was stored, until an admin changes their address or closes one of the accounts.
"""

from allauth.account.models import EmailAddress
from django.db.models import F, Q, QuerySet

from community.kit import mail

from .. import seams
from ..models import Invitation, User


def mailbox_owners() -> QuerySet[User]:
    """The people whose mailbox others share, with these `mailbox_sharers`."""
    return User.objects.filter(mailbox_sharers__isnull=False).distinct().prefetch_related("mailbox_sharers")


def shares_mailbox(member: User) -> bool:
    """True where somebody else reads the same mailbox with an account of their own."""
    return member.mailbox_owner_id is not None or member.mailbox_sharers.exists()


def set_address(member: User, address: str) -> None:
    """Give `member` a canonical address that nobody has."""
    former, member.email = member.email, address
    member.save(update_fields=["email", "name_key"])
    EmailAddress.objects.filter(user=member).delete()
    EmailAddress.objects.create(user=member, email=address, verified=True, primary=True)
    seams.moved.send(sender=User, member=member)
    if former:
        release_address(member, former)


def forget_copies(member: User) -> None:
    """Delete every copy of the member's address but the one that they sign in with. An invitation that was answered stays, without it."""
    theirs = Q(member=member) | Q(email=member.email) if member.email else Q(member=member)
    invitations = Invitation.objects.filter(theirs).exclude(member__mailbox_owner=member)
    address = "" if shares_mailbox(member) else member.email or ""
    mail.forget(about=[member.pk, *invitations.values_list("pk", flat=True)], address=address)
    invitations.filter(answered_at=None).delete()
    invitations.update(email=None)
    EmailAddress.objects.filter(user=member).delete()
    member.address_changes.all().delete()


def release_address(member: User, address: str) -> None:
    """Pass on `address`, which `member` has no more: to the account in the same mailbox that signed in last, which then owns it."""
    User.objects.filter(pk=member.pk).update(mailbox_owner=None)
    heirs = list(member.mailbox_sharers.order_by(F("last_login").desc(nulls_last=True), "-joined_at"))
    if heirs:
        set_address(heirs[0], address)
        User.objects.filter(pk__in=[other.pk for other in heirs[1:]]).update(mailbox_owner=heirs[0])
