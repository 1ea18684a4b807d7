"""Hands one text message to the gateway: the program of the center's that passes it on, at MAINSTAY_SMS_URL (docs/operating.md).

Nothing of what goes wrong is logged with a number or a text in it.
"""

import datetime as dt
import hmac
import json
import logging
import time
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import requests
from django.conf import settings
from urllib3.exceptions import NewConnectionError

from community.kit.web.retry_after import wait_of

TIMEOUT = (3.05, 10)  # seconds to connect, and to answer
MAX_ANSWER_BYTES = 4096

log = logging.getLogger("mainstay.texts")


class TextResult(Enum):
    """What the gateway made of a text message."""

    TAKEN = "taken"
    STOPPED = "stopped"  # whoever has this number said STOP
    REFUSED = "refused"  # this message, for good
    LATER = "later"  # it can't be reached, has no time, or isn't set up as it should be
    UNKNOWN = "unknown"  # it took the connection and never answered: nobody can know whether it took the message


@dataclass(frozen=True)
class TextAnswer:
    result: TextResult
    wait: dt.timedelta | None = None  # that the gateway asks for

    def pause(self, least: dt.timedelta) -> dt.timedelta:
        """Return how long to wait until the next try: as long as the gateway asks for, and `least` at least."""
        return max(least, self.wait or least)


def post(identity: UUID, number: str, text: str) -> TextAnswer:
    """Hand over one text message and say what became of it. The same `identity` again is the same message."""
    body = json.dumps({"id": str(identity), "number": number, "text": text}).encode()
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(identity),
        "Mainstay-Timestamp": stamp,
        "Mainstay-Signature": signature(stamp, body),
    }
    try:
        with requests.Session() as session:
            session.trust_env = False  # neither a proxy nor a password of this machine
            response = session.post(settings.SMS_URL, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True)
            return _read(response)
    except requests.RequestException as error:  # its words hold the address
        log.warning("The gateway for text messages can't be reached: %s", type(error).__name__)
        return TextAnswer(TextResult.LATER if _never_left(error) else TextResult.UNKNOWN)


def signature(stamp: str, body: bytes) -> str:
    """Return what proves to the gateway that a message is from this site, and when it was handed over."""
    return hmac.digest(settings.SMS_SECRET.encode(), stamp.encode() + b"." + body, "sha256").hex()


def _never_left(error: requests.RequestException) -> bool:
    """Whether it is certain that nothing was handed over: there was no connection yet."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError) or isinstance(reason, NewConnectionError)


def _read(response: requests.Response) -> TextAnswer:
    with response:
        status = response.status_code
        if status == 410 or (200 <= status < 300 and _says_stop(response)):
            return TextAnswer(TextResult.STOPPED)
        if 200 <= status < 300:
            return TextAnswer(TextResult.TAKEN)
        if status in (400, 422):
            return TextAnswer(TextResult.REFUSED)
        log.warning("The gateway for text messages answered %s.", status)
        return TextAnswer(TextResult.LATER, wait_of(response.headers.get("Retry-After", "")))


def _says_stop(response: requests.Response) -> bool:
    """Whether a message that was taken is answered with {"stop": true}. Whatever else it says isn't asked."""
    try:
        said = json.loads(response.raw.read(MAX_ANSWER_BYTES, decode_content=True))
    except Exception:  # it broke off, or is no JSON, and has taken the message all the same
        return False
    return isinstance(said, dict) and said.get("stop") is True
