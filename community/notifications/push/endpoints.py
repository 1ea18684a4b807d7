"""Which addresses a browser may name for its pushes. Our server posts to them, so they must be those of a push service.

An address is a browser's word, and any member could name one inside the center's own network. It is asked about when it is registered
and again when something is sent to it, since the list may have become shorter.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils.translation import gettext as _

from community.kit.errors import Refusal, Refused

# Of Chrome and its relatives, Firefox, Safari and Edge. What begins with a dot is the end of a host's name.
HOSTS = (
    "fcm.googleapis.com", "jmt17.google.com", "updates.push.services.mozilla.com", ".push.services.mozilla.com", ".push.apple.com",
    ".notify.windows.com",
)  # fmt: skip
# Written so that every reader of addresses finds the same host in it; those of today have some hundred characters.
LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = rf"(?=[a-z0-9.-]{{1,253}}[:/])(?:{LABEL}\.)*{LABEL}"
ADDRESS = re.compile(rf"(?P<origin>https?://(?P<host>{HOST})(?P<port>:[0-9]{{1,5}})?)/[A-Za-z0-9._~:/?!$&'()*+,;=%@-]{{0,1500}}")


@dataclass(frozen=True)
class Endpoint:
    """Where a browser's pushes go, and what they are encrypted for."""

    url: str
    p256dh: str
    auth: str


def hash_of(url: str) -> str:
    """Return what an address is found by."""
    return hashlib.sha256(url.encode()).hexdigest()


def is_allowed(url: str) -> bool:
    """Whether an address is one of a push service: HTTPS at its usual port, at a host of the list, with no name or password before it.

    MAINSTAY_PUSH_HOSTS extends the list. A whole origin in it, such as https://push.example.org:8443, is taken as it stands.
    """
    found = ADDRESS.fullmatch(url)
    if not found:
        return False
    if found["origin"] in settings.PUSH_HOSTS:
        return True
    hosts = (*HOSTS, *settings.PUSH_HOSTS)
    is_known = any(found["host"].endswith(one) if one.startswith(".") else found["host"] == one for one in hosts)
    return is_known and url.startswith("https://") and found["port"] in (None, ":443")


def endpoint_of(given: Any) -> Endpoint:
    """Return what a browser registers. Raises Refused: invalid."""
    keys = given.get("keys") if isinstance(given, dict) else None
    url, p256dh, auth = (given.get("endpoint"), keys.get("p256dh"), keys.get("auth")) if isinstance(keys, dict) else (None, None, None)
    if not (isinstance(url, str) and is_allowed(url)):
        raise Refused(Refusal.INVALID, _("This browser uses a push service that this site doesn't know. Please tell the staff."))
    if not (isinstance(p256dh, str) and isinstance(auth, str) and _are_keys(p256dh, auth)):
        raise Refused(Refusal.INVALID, _("This browser sent something that can't be used."))
    return Endpoint(url, p256dh, auth)


def _are_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a point of the curve P-256, uncompressed, and sixteen bytes."""
    try:
        point = _decoded(p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return len(point) == 65 and len(_decoded(auth)) == 16
    except (ValueError, binascii.Error):
        return False


def _decoded(text: str) -> bytes:
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
