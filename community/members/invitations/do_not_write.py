"""Addresses whose people asked for no more invitations, by the link in each. Nobody can invite them until they ask to be.

So it is with phone numbers whose people said STOP, to whatever text message of ours. Here a number is an address, too.

What is kept is a keyed hash of the address: it outlives the invitation, and shows nobody the address. The link holds that hash, and
another one of it by which we know our own links from made up ones. So nothing is stored before somebody uses it, every e-mail to an
address has the same link, and it works as long as the mailbox keeps the e-mail.
"""

import base64
import hmac
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from community.kit import audit, mail, site_keys
from community.kit.errors import Refusal, Refused

from .. import seams
from ..models import DoNotWrite, Invitation, InvitationQuerySet, InvitationText, User
from ..verbs import MembersVerb

PURPOSE = "do not write"
HASH_BYTES, SIGN_BYTES = 16, 8


def link_to_stop(address: str) -> str:
    """Return the link by which whoever reads `address` says that they want no more invitations."""
    key = site_keys.newest_key(PURPOSE)
    hashed = _hash(key, address)
    token = base64.urlsafe_b64encode(hashed + _sign(key, hashed)).decode()
    return settings.SITE_URL + reverse("members:do_not_write", args=[token])


def hash_of_address(address: str) -> str:
    """Return the hash under which it is kept that `address` is not to be written to."""
    return _hash(site_keys.newest_key(PURPOSE), address).hex()


def asked_not_to_write(addresses: Collection[str]) -> set[str]:
    """Return those of `addresses` whose people asked for no more invitations."""
    known = {_hash(key, address).hex(): address for key in site_keys.keys(PURPOSE) for address in addresses}
    return {known[found] for found in DoNotWrite.objects.filter(address_hash__in=known).values_list("address_hash", flat=True)}


def left_alone() -> Refused:
    return Refused(Refusal.UNWILLING, _("This person asked us not to write to them."))


def stop(*, token: str) -> None:
    """Send no more invitations to the address of this link, and withdraw those that still wait. Their links go on working.

    Idempotent. A token that we never sent does nothing.
    """
    keys = site_keys.keys(PURPOSE)
    if not (hashed := _read(token, keys)):
        return
    with transaction.atomic():
        DoNotWrite.objects.get_or_create(address_hash=hashed.hex())
        addresses = Invitation.objects.unanswered().exclude(email=None).values_list("pk", "email")
        theirs = [pk for pk, address in addresses if any(_hash(key, str(address)) == hashed for key in keys)]
        _withdraw_all(Invitation.objects.filter(pk__in=theirs))


def stop_texts(*, number: str) -> None:
    """Send nothing more to a phone number whose owner said STOP, and keep no more of it than a keyed hash. Idempotent."""
    with transaction.atomic():
        DoNotWrite.objects.get_or_create(address_hash=hash_of_address(number))
        _withdraw_all(Invitation.objects.unanswered().to([number]))
        seams.stopped.send(sender=DoNotWrite, number=number)


def _withdraw_all(invitations: InvitationQuerySet) -> None:
    # Whoever is writing to them has the invitation locked: either they see the row, or what they queued is withdrawn.
    for invitation in invitations.select_for_update():
        withdraw(invitation)


def withdraw(invitation: Invitation) -> None:
    """Delete those e-mails and text messages of an invitation that still wait: it is over, or nobody wants them."""
    for template in ("invitation", "reminder"):
        mail.withdraw(template, about=invitation.pk)
    InvitationText.objects.filter(invitation=invitation).delete()


def write_again(*, actor: User, address: str) -> None:
    """Let an e-mail address or a phone number be invited again, since its person has asked to be. Raises Refused: nobody."""
    with transaction.atomic():
        hashes = [_hash(key, address).hex() for key in site_keys.keys(PURPOSE)]
        found = DoNotWrite.objects.select_for_update().filter(address_hash__in=hashes).first()
        if not found:
            raise Refused(Refusal.NOBODY, _("This isn't among those that asked us not to write. You can invite it."))
        audit.record(actor=actor, verb=MembersVerb.WRITE_AGAIN, target=found.pk)
        DoNotWrite.objects.filter(address_hash__in=hashes).delete()


def _hash(key: bytes, address: str) -> bytes:
    return hmac.digest(key, address.encode(), "sha256")[:HASH_BYTES]


def _sign(key: bytes, hashed: bytes) -> bytes:
    return hmac.digest(key, b"link\0" + hashed, "sha256")[:SIGN_BYTES]


def _read(token: str, keys: Collection[bytes]) -> bytes:
    """Return the hash in the token of a link; nothing where it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(token)
    except ValueError:
        return b""
    hashed, sign = raw[:HASH_BYTES], raw[HASH_BYTES:]
    return hashed if any(hmac.compare_digest(sign, _sign(key, hashed)) for key in keys) else b""
