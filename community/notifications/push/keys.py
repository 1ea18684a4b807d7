"""The site's VAPID keys (RFC 8292). They are kept sealed in the database, so they are in backups, and the same at every server.

The newest is the one that browsers subscribe with. What goes to a browser is signed with the key that it subscribed with, so a new key
cuts nobody off: each browser takes it up when its member next signs in there.
"""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction

from community.kit.encryption import seal, unseal, unsealed

from ..models import PushKey, PushSubscription


def current() -> PushKey:
    """Return the key that browsers subscribe with. The first who asks for it has it made."""
    found = PushKey.objects.order_by("-made_at").first()
    # One that was sealed under a lost secret key is gone, and so are the addresses of the browsers that subscribed with it.
    return found if found and unsealed(found.sealed) else make()


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
    newest = PushKey.objects.order_by("-made_at").values("pk")[:1]
    PushKey.objects.exclude(pk__in=list(newest.values_list("pk", flat=True))).exclude(
        pk__in=PushSubscription.objects.values("key_id")
    ).delete()


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
