"""The codes on printed cards: eight characters, of which the database has a keyed hash."""

import re

from community.kit.encryption import keyed_hashes
from community.kit.text import codes

LENGTH = 8
WHOLE = re.compile(f"[{codes.ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """Return a fresh code: one of 17 billion."""
    return codes.new_code(LENGTH)


def read_code(typed: str) -> str:
    """Return the code in what somebody typed or pasted; "" where it is no whole one."""
    found = codes.read_code(typed)
    return found if WHOLE.fullmatch(found) else ""


def spaced(code: str) -> str:
    """Return a code as it is printed, in two halves."""
    return codes.grouped(code, " ")


def hashes_of(code: str) -> list[str]:
    """Return the hashes under which a code may be stored: under the site's key, which is the one to store, and under the former ones.

    All codes can be tried in a minute, so that without a key whoever got hold of the database would have them.
    """
    return keyed_hashes("card", code)
