"""Text that only this site can read: for what must wait in the database but would be a key in the wrong hands."""

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _keys() -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"mainstay.sealed\0" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(content: Any) -> str:
    """Return `content` (anything JSON can hold) encrypted under the site's secret key."""
    return _keys().encrypt(json.dumps(content).encode()).decode()


def unseal(sealed: str) -> Any:
    """Return what was sealed; raise ValueError where no key of this site fits."""
    try:
        return json.loads(_keys().decrypt(sealed.encode()))
    except InvalidToken:
        raise ValueError("It was sealed under another secret key.") from None
