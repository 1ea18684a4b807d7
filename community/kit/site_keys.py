"""Random keys for hashes that must still be found after the site's secret key was changed: what was hashed can't be hashed again.

They are kept sealed in the database, so they are in backups, and the same at every server.
"""

import hmac
import secrets

from django.conf import settings
from django.db import transaction

from .encryption import seal, unseal, unsealed
from .models import SiteKey


def keys(purpose: str) -> list[bytes]:
    """Return the keys for `purpose` that can be read, the newest first.

    There are several only where two servers made one at once, or where one was sealed under a secret key that was away for a while: what
    can't be read now stays, since a restored site may get its own secret key back later.
    """
    rows = SiteKey.objects.filter(purpose=purpose).order_by("-id").values_list("sealed", flat=True)
    return [bytes.fromhex(key) for row in rows if (key := unsealed(row))]


def newest_key(purpose: str) -> bytes:
    """Return the key to hash with, and make it where there is none."""
    if found := keys(purpose):
        return found[0]
    made = secrets.token_bytes(32)
    SiteKey.objects.create(purpose=purpose, sealed=seal(made.hex()))
    return made


def lasting_hash(purpose: str, text: str) -> str:
    """Return the hash of `text` under which to store it, in hex."""
    return _hash(newest_key(purpose), text)


def lasting_hashes(purpose: str, text: str) -> list[str]:
    """Return each hash under which `text` may be stored."""
    return [_hash(key, text) for key in keys(purpose)]


def _hash(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def seal_afresh() -> None:
    """While the secret key is being changed, seal again under the new one, so that the old one can be dropped."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    with transaction.atomic():
        for row in SiteKey.objects.select_for_update():
            if unsealed(row.sealed) is not None:
                row.sealed = seal(unseal(row.sealed))
                row.save(update_fields=["sealed"])
