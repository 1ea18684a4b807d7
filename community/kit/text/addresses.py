"""One spelling of an e-mail address, so that one mailbox is one person, however the address was typed."""

import contextlib
import re
import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from ..errors import Refusal, Refused
from ..limits import MAX_ADDRESS_LENGTH
from .seen import is_unseen

IN_LOCAL = re.compile(r"[-.!#$%&'*+/=?^_`{|}~0-9A-Za-z]")  # what may stand before the @
ELSEWHERE = frozenset('@<>,;"')  # what stands between two addresses, or an address and a name


def canonical(address: str) -> str:
    """Return the one spelling of `address` that is stored, compared, counted and looked up.

    In lower case and the usual width, without what cannot be seen, its domain as the name servers know it (UTS 46).
    Raises Refused(Refusal.BAD_ADDRESS) where it is not one plain address: nothing in it can add headers or further people.
    """
    local, _at, domain = plain(address).strip(" ").rpartition("@")
    try:
        found = f"{local.lower()}@{_as_name_servers_know_it(domain)}"
        validate_email(found)
    except (ValidationError, ValueError):
        raise bad_address(local) from None
    if len(found) > MAX_ADDRESS_LENGTH:
        raise bad_address()
    return found


def readable(address: str) -> str:
    """Return a stored address for people to read: its domain in the letters of its language, and what cannot be seen by its number."""
    local, at, domain = address.rpartition("@")
    with contextlib.suppress(idna.IDNAError):
        domain = idna.decode(domain)
    text = local + at + domain
    return "".join(f"‹U+{ord(c):04X}›" if _is_to_go(text, n) else c for n, c in enumerate(text))


def bad_address(local: str = "") -> Refused:
    """The refusal of an address; where it is one sign of what stands before the @ that mail servers do not take, that is named."""
    sign = next((c for c in local if not IN_LOCAL.fullmatch(c)), "")
    if not sign.isprintable() or sign == "" or not ELSEWHERE.isdisjoint(local):
        return Refused(Refusal.BAD_ADDRESS, _("Write an e-mail address like name@example.org."))
    named = _("a space") if sign == " " else f"“{sign}”"
    return Refused(Refusal.BAD_ADDRESS, _("An e-mail address can't have %(sign)s before the @. Check how it's spelled.") % {"sign": named})


def plain(text: str) -> str:
    """Return `text` without what cannot be seen, its letters in their usual width."""
    seen = "".join(c for at, c in enumerate(text) if not _is_to_go(text, at))
    return unicodedata.normalize("NFKC", seen)


def _is_to_go(text: str, at: int) -> bool:
    """True for a character that cannot be seen, but for a joiner between letters that it shapes: it makes a domain another one."""
    if not is_unseen(text[at]):
        return False
    try:
        return not idna.valid_contextj(text[max(0, at - 63) : at + 64], min(at, 63))
    except ValueError:  # beside a character that has no name
        return True


def _as_name_servers_know_it(domain: str) -> str:
    """The domain in ASCII, as a browser sends it. Stricter rules (IDNA 2008) would refuse mailboxes that there are."""
    labels = idna.uts46_remap(domain, std3_rules=False).split(".")
    return ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in labels)
