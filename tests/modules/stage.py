"""A blank page that holds nothing but our modules: no server, no network, and a clock that stands until a test moves it."""

import datetime as dt
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from csp.utils import build_policy
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from playwright.sync_api import BrowserContext, Page, Route

from groups.chat.page.data import blanks
from groups.chat.page.layout import signs
from tests.browser.watch import Watch

CHANNEL = {"id": UUID(int=7)}
ORIGIN = "http://localhost:1"  # nobody listens there
START = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
HERE = Path(__file__).parent
KINDS = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}


def _file(path: str) -> Path:
    if path.startswith("/static/"):
        return Path(finders.find(path.removeprefix("/static/")) or path)
    return HERE / ("stage.html" if path == "/" else path[1:])


def templates() -> str:
    """Return what a conversation's page has for its scripts to copy."""
    return render_to_string("chat/_templates.html", {"blanks": blanks(), "channel": CHANNEL, "handover": {"signs": signs()}})


def _serve(route: Route) -> None:
    """Give the files that the site would give, under the site's own policy."""
    path = urlsplit(route.request.url).path
    file = _file(path)
    if not file.is_file():
        route.fulfill(status=404)
        return
    kind = KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or ""
    body = file.read_bytes() if path != "/" else file.read_text().replace("<!-- templates -->", templates()).encode()
    route.fulfill(body=body, content_type=kind, headers={"Content-Security-Policy": build_policy()})


class Stage:
    """The page. `run` carries out JavaScript in it, with what is `given`; stage.js says what it finds there."""

    def __init__(self, context: BrowserContext) -> None:
        context.route("**/*", _serve)
        self.page: Page = context.new_page()
        self.watch = Watch(self.page)
        self.page.clock.install(time=START - dt.timedelta(hours=1))  # it runs until it is stopped, and cannot go back
        self.page.clock.pause_at(START)
        self.page.goto(ORIGIN)
        self.begin()

    def begin(self) -> None:
        self.page.evaluate("begin()")

    def run(self, code: str, given: Any = None) -> Any:
        return self.page.evaluate(f"async (given) => {{ {code} }}", given)

    def wait(self, milliseconds: int) -> None:
        """Let the page's clock run on, with all its timers."""
        self.page.clock.run_for(milliseconds)

    def set_time(self, moment: dt.datetime) -> None:
        """Let it be another moment, without any timer running out on the way."""
        self.page.clock.set_system_time(moment)

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.page.evaluate("Date.now()") / 1_000, dt.UTC)
