"""Posts one push to a push service: encrypted for one browser (RFC 8291), signed by this site (RFC 8292), and told apart by its answer.

Only what sends imports this module, since its libraries take long to load. No address of a browser is logged: it is a key to it.
"""

import datetime as dt
import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from enum import Enum

import requests
from py_vapid import Vapid02
from pywebpush import WebPusher

from community.kit.web.retry_after import wait_of

from .condition import subject
from .endpoints import ADDRESS, Endpoint, is_allowed

TIMEOUT = (3.05, 10)  # seconds to connect, and to answer
SIGNED_FOR = 12 * 3600
MAX_TIMEOUTS = 3  # in a row, of one host
REST_SECONDS = 300.0  # then nothing is sent there

log = logging.getLogger("mainstay.push")


class PushResult(Enum):
    """What a push service made of a push."""

    TAKEN = "taken"
    GONE = "gone"  # the browser has ended its subscription
    REFUSED = "refused"  # our signature, or this subscription
    LATER = "later"  # it has no time now, or can't be reached
    UNKNOWN = "unknown"  # it took the connection and never answered: nobody can know whether it took the push
    FAILED = "failed"


@dataclass(frozen=True)
class Push:
    """One push, ready to be sent. It lives for `lifetime` seconds, and isn't begun after `until`, in seconds of the monotonic clock."""

    endpoint: Endpoint
    private: str
    topic: str
    payload: bytes
    lifetime: int
    until: float


@dataclass(frozen=True)
class Answer:
    result: PushResult
    wait: dt.timedelta | None = None  # that the service asks for


class Hosts:
    """Which push services don't answer just now: they hold up nobody else's pushes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timeouts: Counter[str] = Counter()
        self._rests_until: dict[str, float] = {}

    def rests(self, host: str) -> bool:
        return time.monotonic() < self._rests_until.get(host, 0)

    def answered(self, host: str) -> None:
        with self._lock:
            self._timeouts.pop(host, None)

    def timed_out(self, host: str) -> None:
        with self._lock:
            self._timeouts[host] += 1
            if self._timeouts[host] >= MAX_TIMEOUTS:
                self._timeouts.pop(host)
                self._rests_until[host] = time.monotonic() + REST_SECONDS
                log.warning("%s doesn't answer. Nothing is sent there for five minutes.", host)


hosts = Hosts()


def post(push: Push) -> Answer:
    """Send one push and say what became of it. It raises nothing: what went wrong with one browser is no other's affair."""
    found = ADDRESS.fullmatch(push.endpoint.url)
    if found is None or not is_allowed(push.endpoint.url):
        return Answer(PushResult.FAILED)
    host = found["host"]
    if hosts.rests(host) or time.monotonic() > push.until:
        return Answer(PushResult.LATER)
    try:
        response = _post(push, found["origin"])
    except requests.ConnectTimeout:
        hosts.timed_out(host)
        return Answer(PushResult.LATER)
    except requests.ReadTimeout:
        hosts.timed_out(host)
        return Answer(PushResult.UNKNOWN)
    except requests.RequestException:
        return Answer(PushResult.LATER)
    except Exception as error:  # the libraries raise many kinds for keys that are none; their words can hold the address
        log.warning("A push to %s failed: %s", host, type(error).__name__)
        return Answer(PushResult.FAILED)
    hosts.answered(host)
    return _read(response)


def _post(push: Push, origin: str) -> requests.Response:
    info = {"endpoint": push.endpoint.url, "keys": {"p256dh": push.endpoint.p256dh, "auth": push.endpoint.auth}}
    body = WebPusher(info).encode(push.payload)["body"]
    claims = {"sub": subject(), "aud": origin, "exp": int(time.time()) + SIGNED_FOR}
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(push.lifetime),
        "Urgency": "normal",
        "Topic": push.topic,
        **Vapid02.from_raw(push.private.encode()).sign(claims),
    }
    with requests.Session() as session:
        session.trust_env = False  # neither a proxy nor a password of this machine
        # What a service says beside its status isn't read.
        return session.post(push.endpoint.url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True)


def _read(response: requests.Response) -> Answer:
    status = response.status_code
    response.close()
    if 200 <= status < 300:
        return Answer(PushResult.TAKEN)
    if status in (404, 410):
        return Answer(PushResult.GONE)
    if status in (400, 401, 403):
        return Answer(PushResult.REFUSED)
    if status == 429 or status >= 500:
        return Answer(PushResult.LATER, wait_of(response.headers.get("Retry-After", "")))
    return Answer(PushResult.FAILED)  # a redirect is one: followed, it would lead to where no push service is
