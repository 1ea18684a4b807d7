"""What a message's body may be, and how a retry of it is recognized."""

import hmac
import unicodedata
from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.kit.text.phrases import Phrases, fold
from community.kit.text.seen import holds_something, plain_text

AT_SIGNS = frozenset("@＠﹫")
_SALT = "groups.chat.first_body"


def tidied(text: str) -> str:
    """Return `text` as a message stores it: in NFC, without control characters, and trimmed."""
    return plain_text(unicodedata.normalize("NFC", text)).strip()


def clean_body(body: str) -> str:
    """Return `body` tidied. Raises Refused: bad_frame (it cannot be stored), empty (it would show nothing), too_long."""
    if "\x00" in body or any("\ud800" <= c <= "\udfff" for c in body):
        raise Refused(Refusal.BAD_FRAME, _("The text has characters that can’t be stored."))
    tidy = tidied(body)
    if not tidy:
        raise Refused(Refusal.EMPTY, _("There’s nothing to send yet."))
    if not holds_something(tidy):
        raise Refused(Refusal.EMPTY, _("This message would look empty. Add a word or an emoji."))
    if len(tidy) > limits.MAX_MESSAGE_LENGTH:
        over = len(tidy) - limits.MAX_MESSAGE_LENGTH
        raise Refused(
            Refusal.TOO_LONG, _("That is %(over)d characters too long. Nothing is lost: shorten it and send again.") % {"over": over}
        )
    return tidy


def may_name(body: str) -> bool:
    """True where `body` has an @ in any of its widths."""
    return not AT_SIGNS.isdisjoint(body)


def mentioned(body: str, people: Collection[tuple[UUID, str]]) -> list[UUID]:
    """Return the ids of those `people`, each (id, name), whom the body names with an @, in its order. The longest name wins."""
    if not people:
        return []
    named: dict[str, list[UUID]] = {}
    for id, name in people:
        named.setdefault(fold(f"@{name}"), []).append(id)
    found = Phrases([f"@{name}" for _id, name in people]).spans(body)
    return [id for name in dict.fromkeys(fold(body[start:end]) for start, end in found) for id in named[name]]


def fingerprint(body: str, key: str | None = None) -> str:
    """Return a keyed hash of `body`, in hex: equal bodies are known by it without storing them."""
    return salted_hmac(_SALT, body, secret=key or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def is_body_of(body: str, stored: str) -> bool:
    """True where `stored` is the fingerprint of `body`, under the secret key or a former one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(fingerprint(body, key), stored) for key in keys)
