"""Codes that people read off paper, or hear, and type: what they are made of, how they are shown, and how what was typed is read."""

import secrets
from unicodedata import normalize

# No vowels, so that no code is a word, and nothing that looks like something else: of the digits most do (0 O, 1 I, 2 Z, 5 S, 6 G, 8 B),
# or stand for a vowel in many a joke (3 E, 4 A). Without any, a phone's keyboard needs no change either.
ALPHABET = "BCDFGHJKMNPQRTVWXYZ"
GROUP = 4
# What is in no code, and looks like one letter of them.
_MEANT = str.maketrans({"2": "Z", "6": "G", "8": "B", "U": "V"})


def new_code(length: int) -> str:
    """Return a fresh code of so many letters: 4.2 bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def read_code(typed: str) -> str:
    """Return the code in what somebody typed or pasted: in whatever case and width, with whatever in between, and with look-alikes."""
    return "".join(c for c in normalize("NFKC", typed).upper() if c.isalnum()).translate(_MEANT)


def grouped(code: str, between: str) -> str:
    """Return a code as it is shown, in groups of four with `between` between them."""
    return between.join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
