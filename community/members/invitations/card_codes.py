"""The codes on printed cards: eight characters, of which the database has a keyed hash."""

import re
import secrets
import unicodedata

from django.conf import settings
from django.utils.crypto import salted_hmac

# No vowels, so that no word comes up, and nothing that looks like something else: of the digits each does (0 O, 1 I, 2 Z, 5 S, 8 B),
# or stands for a vowel in many a joke (3 E, 4 A). Without any, a phone's keyboard needs no change either.
ALPHABET = "BCDFGHJKMNPQRTVWXYZ"
LENGTH = 8
WHOLE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
PURPOSE = "community.members.invitations.card"


def new_code() -> str:
    """Return a fresh code: one of 17 billion."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """Return the code in what somebody typed or pasted, whatever stands in between; "" where it is no whole one."""
    found = "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isalnum())
    return found if WHOLE.fullmatch(found) else ""


def spaced(code: str) -> str:
    """Return a code as it is printed, in two halves."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}".strip()


def hashes_of(code: str) -> list[str]:
    """Return the hashes under which a code may be stored: under the site's key, which is the one to store, and under the former ones.

    All codes can be tried in a minute, so that without a key whoever got hold of the database would have them.
    """
    secret_keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(PURPOSE, code, secret=key, algorithm="sha256").hexdigest() for key in secret_keys]
