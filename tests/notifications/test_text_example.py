"""The gateway in docs/operating.md does what the page says, as a center copies it."""

import json
import os
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from community.members.texting import posting
from community.members.texting.posting import TextResult
from tests.house.tree import ROOT
from tests.notifications.text_gateway import SECRET
from tests.services import free_port, wait_until

BLOCK = re.search(r"```python\n(.*?)```", (ROOT / "docs/operating.md").read_text(), re.DOTALL)[1]


class Company(HTTPServer):
    """What a center pays for its text messages."""

    status, said = 200, b""

    def __init__(self) -> None:
        self.came: list[Any] = []
        super().__init__(("127.0.0.1", 0), Company.Handler)

    class Handler(BaseHTTPRequestHandler):
        server: "Company"

        def do_POST(self) -> None:
            self.server.came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.server.status)
            self.end_headers()
            self.wfile.write(self.server.said)

        def log_message(self, *args: Any) -> None:
            pass


@pytest.fixture
def company(settings: Any) -> Iterator[Company]:
    """A company, and the gateway of the docs before it."""
    with Company() as started:
        threading.Thread(target=started.serve_forever, daemon=True).start()
        port = free_port()
        variables = {
            "MAINSTAY_SMS_SECRET": SECRET,
            "COMPANY_URL": f"http://127.0.0.1:{started.server_port}/",
            "COMPANY_KEY": "of the center",
        }
        example = BLOCK.replace("9000", str(port))
        with subprocess.Popen([sys.executable, "-c", example], env=os.environ | variables, stderr=subprocess.DEVNULL) as gateway:
            settings.SMS_URL, settings.SMS_SECRET = f"http://127.0.0.1:{port}/", SECRET
            wait_until(lambda: is_up(settings.SMS_URL), child=gateway, what="the example")
            yield started
            gateway.kill()
        started.shutdown()


def is_up(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).status_code == 501
    except requests.ConnectionError:
        return False


def test_it_passes_on_what_is_signed_once_and_says_stop(company, settings):
    one, number = uuid.uuid4(), "+12125550123"
    assert posting.post(one, number, "Long Table: something new").result is TextResult.TAKEN
    assert posting.post(one, number, "Long Table: something new").result is TextResult.TAKEN
    assert company.came == [{"to": number, "text": "Long Table: something new"}]
    company.status, company.said = 400, b"unsubscribed recipient"
    assert posting.post(uuid.uuid4(), number, "Long Table: something new").result is TextResult.STOPPED
    company.said = b"no money"
    assert posting.post(uuid.uuid4(), number, "Long Table: something new").result is TextResult.LATER
    settings.SMS_SECRET = "x" * 40
    assert posting.post(uuid.uuid4(), number, "From somebody else").result is TextResult.LATER
    assert len(company.came) == 3
