"""What a text message says: one, of at most 160 characters of GSM-7 (3GPP TS 23.038), whatever the center is called.

A single character that isn't among them, such as a curly apostrophe, would leave room for 70, and cut what is longer into two messages.
"""

import unicodedata

from anyascii import anyascii

from community.centre.models import centre
from community.kit.text.giveaways import found_in
from community.kit.text.seen import one_line

ONCE = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("[]{}~^\\|€")  # each takes the place of two
MOST = 160


def septets(text: str) -> int:
    """Return how many of the 160 places a text of these characters takes."""
    return len(text) + sum(c in TWICE for c in text)


def something_new(link: str = "") -> str:
    """Return what every notification says, and an invitation or a reminder of one before its link."""
    return _from_the_center(_news(link))


def is_too_long(link: str) -> bool:
    """Whether a link leaves no room for itself in one message, even without a center's name."""
    return septets(_news(link)) > MOST


def _news(link: str) -> str:
    return f"something new {link}".strip()


def with_code(code: str) -> str:
    """Return what proves a number. It may be somebody else's, who is told how to get no more."""
    return _from_the_center(f"your code is {code}. Reply STOP for no more texts.")


def _from_the_center(words: str) -> str:
    name = _fitted(centre().name, MOST - septets(f": {words}"))
    # A name in other letters may tell in these what it didn't tell before.
    if not any(c.isalnum() for c in name) or found_in(name):
        return words[0].upper() + words[1:]
    return f"{name}: {words}"


def _fitted(name: str, room: int) -> str:
    """Return a name in letters of GSM-7, or as much of it as there is room for."""
    fitted = ""
    for c in " ".join("".join(map(_written, unicodedata.normalize("NFC", one_line(name)))).split()):
        if septets(fitted + c) > room:
            break
        fitted += c
    return fitted.strip()


def _written(c: str) -> str:
    """Return a character as it can be sent, and "" for a picture or what no letters stand for."""
    if c in ONCE or c in TWICE:
        return c
    if unicodedata.category(c) in ("So", "Sk", "Co", "Cn", "Cs"):
        return ""
    return "".join(each for each in anyascii(c) if each in ONCE)
