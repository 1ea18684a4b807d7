"""Twins: accounts whose addresses, typed differently, lead to one mailbox. There are none but from before an address had one spelling.

Of them the one who had signed in last has the canonical address, and the others are its twins: they sign in as they were stored, until
an admin has changed their address or closed one account.
"""

from allauth.account.models import EmailAddress
from django.db.models import F, QuerySet

from ..models import User


def with_twins() -> QuerySet[User]:
    """Those whose mailbox is another's too, with these `twins`."""
    return User.objects.filter(twins__isnull=False).distinct().prefetch_related("twins")


def put_address(member: User, address: str) -> None:
    """Give `member` a canonical address, which nobody has."""
    former, member.email = member.email, address
    member.save(update_fields=["email", "name_key"])
    EmailAddress.objects.filter(user=member).delete()
    EmailAddress.objects.create(user=member, email=address, verified=True, primary=True)
    part(member, former)


def part(member: User, address: str) -> None:
    """`member` has given `address` up: it goes to the twin who signed in last, and is shared no more where there was but one."""
    User.objects.filter(pk=member.pk).update(twin_of=None)
    heirs = list(member.twins.order_by(F("last_login").desc(nulls_last=True), "-joined_at"))
    if heirs:
        put_address(heirs[0], address)
        User.objects.filter(pk__in=[other.pk for other in heirs[1:]]).update(twin_of=heirs[0])
