"""The keys in links that are sent by e-mail. They are random, and only their hashes are stored."""

import hashlib
import secrets


def new_key() -> str:
    """Return a fresh key for a link: 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """Return the hash under which the key of a link is stored: SHA-256 in hex. The key is random, so it needs no salt."""
    return hashlib.sha256(key.encode()).hexdigest()
