"""The site's VAPID keys (RFC 8292). They are kept sealed in the database, so they are in backups, and the same at every server.

The first is made when the database is migrated, so a site that was set up has one. The newest is the one that browsers subscribe with. What
goes to a browser is signed with the key that it subscribed with, so a new key cuts nobody off: each browser takes it up when its member
next signs in there.
"""

import base64
import hashlib
import logging
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from community.kit.encryption import seal, unseal, unsealed

from ..models import PushKey, PushSubscription

log = logging.getLogger("mainstay.push")


def current() -> PushKey:
    """Return the key that browsers subscribe with."""
    found = _newest().first()
    # One that was sealed under a lost secret key is gone, and so are the addresses of the browsers that subscribed with it.
    return found if found and unsealed(found.sealed) else make()


def make_first(**kwargs: Any) -> None:
    """Make the key of a site that has none, after its database was migrated.

    One that this process can't read stays: a restored site is migrated before it has its own secret key again. Two servers that migrate at
    once may make one each, of which all take the newest. Where none can be made, migrating goes on: whoever needs it first has it made.
    """
    try:
        with transaction.atomic():
            if not PushKey.objects.exists():
                make()
    except Exception:
        log.warning("The key for push notifications could not be made yet.", exc_info=True)


def _newest() -> QuerySet[PushKey]:
    return PushKey.objects.order_by("-made_at", "pk")


def make() -> PushKey:
    """Make a new key. Former ones go once no browser is subscribed with them."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raw = private.private_numbers().private_value.to_bytes(32, "big")
    with transaction.atomic():
        made = PushKey.objects.create(id=hashlib.sha256(public).hexdigest()[:16], public=encoded(public), sealed=seal(encoded(raw)))
        forget_unused()
    return made


def forget_unused() -> None:
    """Delete the former keys with which no browser is subscribed any more."""
    newest = list(_newest().values_list("pk", flat=True)[:1])
    PushKey.objects.exclude(pk__in=newest).exclude(pk__in=PushSubscription.objects.values("key_id")).delete()


def encoded(raw: bytes) -> str:
    """Return bytes as browsers write them: base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def seal_afresh() -> None:
    """While the secret key is being changed, seal again under the new one, so that the old one can be dropped."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for model in (PushKey, PushSubscription):
        for pk in model.objects.values_list("pk", flat=True):
            with transaction.atomic():
                row = model.objects.select_for_update().filter(pk=pk).first()
                if row and unsealed(row.sealed) is not None:
                    row.sealed = seal(unseal(row.sealed))
                    row.save(update_fields=["sealed"])
