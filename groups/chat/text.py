"""What a message's body may be, and how a retry of it is recognised."""

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
    """Return `text` as a message would hold it: in NFC, without control characters, and trimmed."""
    return plain_text(unicodedata.normalize("NFC", text)).strip()


def clean_body(body: str) -> str:
    """Return `body` tidied; refuse what cannot be stored, shows nothing or is too long. Raises Refused: bad_frame, empty, too_long."""
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
    """True where `body` has an @, of whatever width."""
    return not AT_SIGNS.isdisjoint(body)


def mentioned(body: str, people: Collection[tuple[UUID, str]]) -> list[UUID]:
    """Return which of `people`, each (id, name), the body names with an @, in their order there: whole names, the longest first."""
    if not people:
        return []
    named: dict[str, list[UUID]] = {}
    for id, name in people:
        named.setdefault(fold(f"@{name}"), []).append(id)
    found = Phrases([f"@{name}" for _id, name in people]).spans(body)
    return [id for name in dict.fromkeys(fold(body[start:end]) for start, end in found) for id in named[name]]


def fingerprint(body: str, key: str | None = None) -> str:
    """Return a keyed hash of `body`: it tells equal texts without keeping them, after an edit or a deletion too."""
    return salted_hmac(_SALT, body, secret=key or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def is_body_of(body: str, print_of_first: str) -> bool:
    """True where `body` is the text that `print_of_first` was made of, under this key or one of the former ones."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(fingerprint(body, key), print_of_first) for key in keys)
