"""A push service of our own: it takes what a site sends as the real ones do, and opens it with the key that a browser would hold."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece  # type: ignore[import-untyped]  # it ships no types
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class FakeBrowser:
    """What a browser keeps of its subscription."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen letters."

    def told(self, key: str, **more: Any) -> dict[str, Any]:
        """What its page tells the site."""
        public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": encoded(public), "auth": encoded(self.auth)}, "key": key, **more}


@dataclass(frozen=True)
class Came:
    """A push as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    def opened(self, browser: FakeBrowser) -> bytes:
        return bytes(http_ece.decrypt(self.body, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm"))

    def claims(self, public: str) -> dict[str, Any]:
        """What is signed. Raises InvalidSignature where it isn't signed with this key."""
        scheme, _space, given = self.headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in given.split(","))
        if scheme != "vapid" or parts["k"] != public:
            raise InvalidSignature
        signed, _dot, signature = parts["t"].rpartition(".")
        raw = decoded(signature)
        pair = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(public))
        key.verify(pair, signed.encode(), ec.ECDSA(SHA256()))
        claims: dict[str, Any] = json.loads(decoded(signed.partition(".")[2]))
        return claims


class PushService:
    """Answers each address with the status that `answers` has for it, and keeps what came. A status of 0 is none: it stays silent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.came: list[Came] = []
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.hangs_up = threading.Event()
        self._arrival = threading.Condition()

    def browser(self, name: str = "one") -> FakeBrowser:
        return FakeBrowser(f"{self.url}/send/{name}")

    def answer(self, name: str, status: int, **headers: str) -> None:
        self.answers[f"/send/{name}"] = (status, headers)

    def to(self, browser: FakeBrowser) -> list[Came]:
        return [each for each in self.came if self.url + each.path == browser.endpoint]

    def keep(self, came: Came) -> None:
        with self._arrival:
            self.came.append(came)
            self._arrival.notify_all()

    def wait_for(self, browser: FakeBrowser) -> None:
        """Wait until a push to this browser has come, and isn't answered yet."""
        with self._arrival:
            assert self._arrival.wait_for(lambda: self.to(browser), 20), "no push came"


@contextmanager
def running() -> Iterator[PushService]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.keep(Came(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = service.answers.get(self.path, (201, {}))
            if not status:
                service.hangs_up.wait(30)
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            service.came.append(Came(f"GET {self.path}", {}, b""))
            self.send_error(404)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service
    service.hangs_up.set()
    server.shutdown()
    server.server_close()
