"""A whole Chromium whose pushes come from us: it subscribes at a stand-in of Google's service, and the test plays the service's part.

Chromium without windows (chromium-headless-shell) has no push at all, and a private window none either.
"""

import json
import os
import shutil
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession

from tests.browser.chromium import SENTENCE, find_whole_chromium, flags
from tests.browser.watch import device

CHECKED_IN = b"\x08\x01\x39" + struct.pack("<Q", 42) + b"\x41" + struct.pack("<Q", 77)


class Registrar(BaseHTTPRequestHandler):
    """Google's two addresses at which a browser gets an address for its pushes: each time another."""

    given = 0

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        type(self).given += 1
        token = b"token=deleted" if b"delete=" in asked else b"token=browser-%d" % self.given
        body, kind = (CHECKED_IN, "application/x-protobuf") if self.path == "/checkin" else (token, "text/plain")
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def registrar() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registrar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def whole_chromium() -> str:
    return find_whole_chromium() or pytest.skip(SENTENCE)


@contextmanager
def private_window(browser: Browser, url: str) -> Iterator[BrowserContext]:
    """A private window of a whole browser."""
    with browser.browser_type.launch(executable_path=whole_chromium(), args=flags(), chromium_sandbox=os.getuid() != 0) as whole:
        yield whole.new_context(base_url=url, **device("phone"))


@contextmanager
def pushable(browser: Browser, folder: Path, url: str) -> Iterator[BrowserContext]:
    """A browser with a profile of its own, in which the site at `url` may notify."""
    path = whole_chromium()
    with registrar() as service:
        quiet = [flag for flag in flags() if flag != "--disable-background-networking"]
        context = browser.browser_type.launch_persistent_context(
            folder,
            executable_path=path,
            args=[*quiet, f"--gcm-checkin-url={service}/checkin", f"--gcm-registration-url={service}/register"],
            ignore_default_args=["--disable-background-networking"],
            chromium_sandbox=os.getuid() != 0,
            base_url=url,
            **device("phone"),
        )
        context.grant_permissions(["notifications"], origin=url)
        yield context
        context.close()
    shutil.rmtree(folder, ignore_errors=True)


class Worker:
    """The site's worker, as the developer tools see it: pushes are put into it past all encryption."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.page = context.new_page()  # on about:blank, so that the site can have no page open
        self.tools: CDPSession = context.new_cdp_session(self.page)
        self.registrations: list[str] = []
        self.tools.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self.tools.send("ServiceWorker.enable")

    def _note(self, told: Any) -> None:
        self.registrations += [each["registrationId"] for each in told["registrations"] if each["scopeURL"].startswith(self.url)]

    def push(self, data: str) -> None:
        while not self.registrations:
            self.page.wait_for_timeout(50)
        self.tools.send("ServiceWorker.deliverPushMessage", {"origin": self.url, "registrationId": self.registrations[-1], "data": data})


SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map(({ title, body, tag, data }) => ({ title, body, tag, id: data.id }))"""


def payload(identity: str) -> str:
    return json.dumps({"web_push": 8030, "notification": {"title": "Words", "body": "of a payload", "navigate": "/"}, "id": identity})
