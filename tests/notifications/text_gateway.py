"""A gateway for text messages of our own: it takes what a site hands over as a center's does, where it is signed as it should be."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "known to the site and to its gateway alone"


@dataclass(frozen=True)
class Came:
    """A text message as it came."""

    id: str
    number: str
    text: str
    headers: dict[str, str]


class Gateway:
    """Answers with `status`, `headers` and `body`, and keeps what came. A status of 0 is none: it stays silent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.came: list[Came] = []
        self.status, self.headers, self.body = 200, {}, b""
        self.hangs_up = threading.Event()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.status, self.body, self.headers = status, body, headers

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Keep what came, and return the status of the answer: 401 for what isn't signed."""
        stamp = headers["mainstay-timestamp"]
        right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, "sha256").hexdigest()
        if not hmac.compare_digest(right, headers["mainstay-signature"]):
            return 401
        given = json.loads(body)
        assert given.keys() == {"id", "number", "text"} and headers["idempotency-key"] == given["id"]
        self.came.append(Came(**given, headers=headers))
        return self.status


@contextmanager
def running() -> Iterator[Gateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = gateway.take({name.lower(): value for name, value in self.headers.items()}, body)
            if not status:
                gateway.hangs_up.wait(30)
                return
            self.send_response(status)
            for name, value in gateway.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(gateway.body)))
            self.end_headers()
            self.wfile.write(gateway.body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway = Gateway(f"http://127.0.0.1:{server.server_port}/send")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield gateway
    gateway.hangs_up.set()
    server.shutdown()
    server.server_close()
