"""What a person does in a conversation, for the tests that watch two of them talk."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.sites import Site


def conversation(site: Site) -> str:
    return f"/chat/{site.ids['channel']}/"


def enter(page: Any, site: Site) -> Any:
    """Open the conversation and wait until it is live."""
    page.goto(conversation(site))
    live(page)
    return page


def live(page: Page) -> None:
    """Wait until there is a line to the server."""
    expect(page.locator("#main[data-line=live]")).to_be_visible(timeout=20_000)


def box(page: Page) -> Locator:
    return page.get_by_label("Write a message")


def say(page: Page, text: str) -> None:
    box(page).fill(text)
    box(page).press("Enter")


def message(page: Page, text: str) -> Locator:
    return page.locator("#lines > .talk-message").filter(has_text=text)


def stop_the_clock(page: Page) -> None:
    """Let no timer of the page run out until `page.clock.run_for` says so. `page.clock.install()` came before the page was opened."""
    page.clock.pause_at(dt.datetime.now() + dt.timedelta(seconds=2))


def texts(page: Page, pattern: str) -> list[str]:
    """The bodies on the page that match, in their order."""
    return [text for text in page.locator(".talk-body").all_inner_texts() if re.search(pattern, text)]


def sent(page: Page, text: str) -> None:
    """Wait until the message stands as stored; a page whose line was cut tries again after ever longer pauses."""
    expect(page.locator("#lines > .talk-message[data-id]").filter(has_text=text)).to_have_count(1, timeout=20_000)


class Line:
    """A page's WebSocket, cut and mended at will; `refuse` answers the sends whose body it names, and they never arrive.

    `busy` holds types of frames: the next of each is answered with `try_again`, as by a server whose database is away.
    `lose` holds types of frames of the server: the next of each never reaches the page.
    """

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self.refuse = ""
        self.busy: list[str] = []
        self.lose: list[str] = []
        self.open: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/", self._connect)
        # a frame is handed on a little later than the page sent it, when the server may have closed already
        page.watch.expect("^console error: WebSocket is already in CLOSING or CLOSED state")  # type: ignore[attr-defined]

    def cut(self, *, code: int = 1012) -> None:
        self.is_cut = True
        for socket in self.open:
            socket.close(code=code)
        self.open.clear()

    def mend(self) -> None:
        self.is_cut = False

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close(code=1012)
            return
        server = socket.connect_to_server()
        self.open.append(socket)

        def to_server(text: str | bytes) -> None:
            frame = json.loads(text)
            if self.refuse and frame.get("body") == self.refuse:
                refusal = {"type": "error", "code": "bad_frame", "client_id": frame["client_id"], "detail": "This cannot be sent."}
                socket.send(json.dumps(refusal))
            elif frame["type"] in self.busy:
                self.busy.remove(frame["type"])
                echo = {key: frame[key] for key in ("client_id", "ref") if key in frame}
                socket.send(json.dumps({"type": "error", "code": "try_again", "detail": "Not now.", "retry_after": 0.5, **echo}))
            else:
                server.send(text)

        def to_page(text: str | bytes) -> None:
            kind = json.loads(text)["type"]
            if kind in self.lose:
                self.lose.remove(kind)
            else:
                socket.send(text)

        socket.on_message(to_server)
        server.on_message(to_page)


class Form:
    """Somebody who writes through the page's forms, from outside the browser."""

    def __init__(self, site: Site, name: str) -> None:
        self.site = site
        self.headers = {"Cookie": site.cookie(name), "Origin": site.url()}

    def post(self, path: str, **data: Any) -> httpx.Response:
        with httpx.Client(base_url=self.site.url(), timeout=20, headers=self.headers) as client:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(conversation(self.site)).text)
            assert token
            return client.post(path, data={"csrfmiddlewaretoken": token[1], **data})

    def say(self, *bodies: str) -> None:
        for body in bodies:
            answer = self.post(f"{conversation(self.site)}send/", body=body, client_id=str(uuid.uuid4()))
            assert answer.status_code == 302, answer.text
