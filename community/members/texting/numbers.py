"""Phone numbers: in one spelling (E.164), and the keyed hashes by which they are found. None of this is logged."""

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from community.centre.models import centre
from community.kit.encryption import keyed_hashes
from community.kit.errors import Refusal, Refused

LONGEST = 40  # as somebody types it; fifteen digits are the most
# What can take a text message. Others can't, or cost whoever writes to them, such as premium numbers.
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.VOIP)


def canonical(typed: str) -> str:
    """Return a number in E.164. One without a country code is of the center's country. Raises Refused: invalid."""
    try:
        found = phonenumbers.parse(typed, centre().country or None)
    except NumberParseException:
        found = None
    if not found or found.extension or not phonenumbers.is_valid_number(found) or phonenumbers.number_type(found) not in MOBILE:
        raise Refused(Refusal.INVALID, _("That isn't the number of a mobile phone. Write its area code, too, or + and its country code."))
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """Return a number in E.164 as people read it."""
    return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)


def is_number(address: str) -> bool:
    """Whether an address is a phone number in E.164, and none of a mailbox."""
    return address.startswith("+") and "@" not in address


def masked(number: str) -> str:
    """Return what staff see of a number once they have given it."""
    return _("Text message to …%(digits)s") % {"digits": number[-2:]}


def hash_of(number: str) -> str:
    """Return what a number is stored and found by. Numbers are so few that one without a key could be searched for."""
    return hashes_of(number)[0]


def hashes_of(number: str) -> list[str]:
    """Return the hash of a number under the secret key, and those under the former ones that still count."""
    return keyed_hashes("phone-number", number)
