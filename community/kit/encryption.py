"""Text that only this site can read: for what must wait in the database but would be a key in the wrong hands.

And keys that only this site can make: for what must wait in a browser, and be read by nobody once a session is over.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_given: ContextVar[Sequence[str]] = ContextVar("secret keys")


def _secrets() -> list[bytes]:
    """The site's secret key, and the former ones that still count."""
    return [secret.encode() for secret in _given.get((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))]


@contextmanager
def under(secrets: Sequence[str]) -> Iterator[None]:
    """Seal and hash in this block under other secret keys, the newest first: those of a site that is being restored."""
    token = _given.set(secrets)
    try:
        yield
    finally:
        _given.reset(token)


def _keys() -> MultiFernet:
    digests = (hashlib.sha256(b"mainstay.sealed\0" + secret).digest() for secret in _secrets())
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(content: Any) -> str:
    """Return `content` (anything JSON can hold) encrypted under the site's secret key."""
    return seal_file(json.dumps(content).encode()).decode()


def unseal(sealed: str) -> Any:
    """Return what was sealed; raise ValueError where no key of this site fits."""
    return json.loads(unseal_file(sealed.encode()))


def unsealed(sealed: str) -> Any:
    """Return what was sealed; None where nothing was, where somebody made it up, and where the key is gone: for what can be begun anew."""
    try:
        return unseal(sealed)
    except ValueError:
        return None


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """Return hashes of `text` that only this site can make, in hex: under its secret key, then under each former one that still counts.

    Store the first, and look for all: what is stored is found until the key that was the first is dropped. What has to be found for longer,
    and cannot be hashed anew, belongs under a site key (`site_keys.py`).
    """
    return [hmac.digest(secret, f"mainstay.{purpose}\0{text}".encode(), "sha256").hex() for secret in _secrets()]


def session_keys(session: str) -> list[str]:
    """Return keys of 32 bytes, in base64, that stand and fall with a session and the site's secret key. The first is to seal with."""
    digests = (hmac.digest(secret, b"mainstay.session\0" + session.encode(), "sha256") for secret in _secrets())
    return [base64.b64encode(digest).decode() for digest in digests]


def tabs_name(session: str) -> str:
    """Return a name that only the pages of one session know, by which the tabs of a browser find each other."""
    return hmac.digest(_secrets()[0], b"mainstay.tabs\0" + session.encode(), "sha256").hex()


def seal_file(content: bytes) -> bytes:
    """Return `content` encrypted under the site's secret key, for a file."""
    return _keys().encrypt(content)


def unseal_file(sealed: bytes) -> bytes:
    """Return what `seal_file` was given; raise ValueError where no key of this site fits."""
    try:
        return _keys().decrypt(sealed)
    except InvalidToken:
        raise ValueError("It was sealed under another secret key.") from None
