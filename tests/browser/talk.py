"""What a person does in a conversation, for the tests that watch two of them talk."""

import datetime as dt
import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
from playwright.sync_api import Locator, Page, Request, Response, WebSocketRoute, expect

from tests.browser.watch import holds
from tests.sites import Site

FRESH = """
import json, uuid
from community.members.models import User
from community.safety.models import Block
from groups.chat.actions import write_many
from groups.chat.commands import Send
from groups.peers.models import PeerGroup
from tests.cast import make_group
PeerGroup.objects.all().delete()
Block.objects.all().delete()
User.objects.update(suspended_at=None)
ada, faye, alice, bob = (User.objects.get(email=name + "@example.org") for name in ("ada", "faye", "alice", "bob"))
group = make_group(actor=ada, facilitator=faye, members=(alice, bob))
channel = group.channels.get()
channel.participants.update(read_seq=channel.seq)  # who came is no news
write_many([Send(bob.pk, channel.pk, uuid.uuid4(), body) for body in {bodies!r}])
print(json.dumps({{"group": str(group.pk), "channel": str(channel.pk)}}))
"""
SECOND = """
from community.members.models import User
from tests.cast import make_group
ada, faye, alice, bob = (User.objects.get(email=name + "@example.org") for name in ("ada", "faye", "alice", "bob"))
print(make_group(actor=ada, facilitator=faye, members=(alice, bob), name="Early birds").channels.get().pk)
"""

KEPT = """
async () => {
    const answer = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const found = [];
    for (const { name } of await indexedDB.databases()) {
        const database = await answer(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
            const records = database.transaction(store).objectStore(store);
            const [keys, values] = await Promise.all([answer(records.getAllKeys()), answer(records.getAll())]);
            for (const [at, value] of values.entries()) {
                const letters = Object.entries(value).map(([key, buffer]) => key + new TextDecoder("latin1").decode(buffer));
                found.push([name, store, keys[at], ...letters].join(" "));
            }
        }
        database.close();
    }
    return found;
}
"""


def fresh_group(site: Site, *bodies: str) -> None:
    """Put a new group into the place of all that were, with what Bob has said in it: no test meets what another wrote or began to write."""
    made = json.loads(site.manage("shell", "--verbosity=0", "-c", FRESH.format(bodies=bodies)).splitlines()[-1])
    site.ids = site.ids | made  # a site begins with the same ids as all others: theirs stay as they are


def second_group(site: Site) -> str:
    """Make another group of Alice's and Bob's, "Early birds"; return the id of its channel."""
    return site.manage("shell", "--verbosity=0", "-c", SECOND).split()[-1]


def conversation(site: Site) -> str:
    return f"/chat/{site.ids['channel']}/"


def enter(page: Any, site: Site) -> Any:
    """Open the conversation and wait until it is live."""
    page.goto(conversation(site))
    live(page)
    return page


def live(page: Page) -> None:
    """Wait until there is a line to the server."""
    expect(page.locator("#main[data-connection=live]")).to_be_visible(timeout=20_000)


def box(page: Page) -> Locator:
    return page.get_by_label("Write a message")


def say(page: Page, text: str) -> None:
    box(page).fill(text)
    box(page).press("Enter")


def message(page: Page, text: str) -> Locator:
    return page.locator("#rows > .chat-message").filter(has_text=text)


def stop_the_clock(page: Page) -> None:
    """Let no timer of the page run out until `page.clock.run_for` says so. `page.clock.install()` came before the page was opened."""
    page.clock.pause_at(dt.datetime.now() + dt.timedelta(seconds=2))


def drawn(page: Page) -> None:
    """Wait until the page has drawn what it knows by now: two frames. Its clock must not be stopped."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def until(page: Page, holds: Callable[[], Any], *, seconds: float = 10) -> None:
    """Wait until something holds that no page shows. The page runs on meanwhile, and so does a `Line`; its clock must not be stopped."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"after {seconds} s it does not hold"
        drawn(page)


def read_by(site: Site, name: str) -> int:
    """Up to which place of the conversation somebody has read, as the server knows it."""
    query = "select read_seq from chat_participant where channel_id = %s and member_id = %s"
    [(seq,)] = site.sql(query, uuid.UUID(site.ids["channel"]), uuid.UUID(site.ids[name]))
    return int(seq)


def drafts(site: Site) -> list[str]:
    """What the server keeps of what anybody has begun to write."""
    return [draft for (draft,) in site.sql("select draft from chat_participant where draft <> ''")]


def draft_in(request: Request) -> str | None:
    """What a request has kept as the draft; None where it is another request."""
    is_draft = request.method == "POST" and request.url.endswith("/draft/")
    return parse_qs(request.post_data or "", keep_blank_values=True)["body"][0] if is_draft else None


def saves(text: str) -> Callable[[Response], bool]:
    """For `page.expect_response`: the answer that just this is kept as the draft."""
    return lambda answer: draft_in(answer.request) == text and answer.ok


def saved_by(page: Page) -> list[str]:
    """A list that fills with all the page wants to be kept as the draft, from now on."""
    saved: list[str] = []

    def look(request: Request) -> None:
        if (draft := draft_in(request)) is not None:
            saved.append(draft)

    page.on("request", look)
    return saved


def begin(page: Page, text: str) -> None:
    """Begin a message and have it kept at once, as when the page is left. A page saves in order: what was to be saved before is, too."""
    with page.expect_response(saves(text)):
        box(page).fill(text)
        page.evaluate("window.dispatchEvent(new Event('pagehide'))")


def kept(page: Page) -> list[str]:
    """All that the browser holds of this site, as text: names, keys, and contents letter by letter."""
    found: list[str] = page.evaluate(KEPT)
    return found


def is_kept(page: Page, number: int) -> None:
    """Wait until so many records are kept in the browser."""
    holds(page, f"async (number) => (await ({KEPT})()).length === number", number)


NOTES_SEALS = """
window.sealed = [];
const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
crypto.subtle.encrypt = async (how, key, plain) => {
    const cipher = await encrypt(how, key, plain);
    sealed.push(JSON.parse(new TextDecoder().decode(plain)).item);
    return cipher;
};
"""


def note_seals(page: Page) -> None:
    """Let each page opened from here on note what it has sealed, for `is_sealed`."""
    page.add_init_script(NOTES_SEALS)


def is_sealed(page: Page, text: str, *, sent: bool = False) -> None:
    """Wait until this text is in a record of the browser: as what stands in the box, or as a message that was `sent`."""
    written = "([text, sent]) => sealed.some((item) => (sent ? item.body : item.text) === text)"
    holds(page, written, [text, sent])
    page.evaluate(f"({KEPT})()")  # it reads after what was written before it


def texts(page: Page, pattern: str) -> list[str]:
    """The bodies on the page that match, in their order."""
    return [text for text in page.locator(".chat-body").all_inner_texts() if re.search(pattern, text)]


def sent(page: Page, text: str) -> None:
    """Wait until the message stands as stored; a page whose line was cut tries again after ever longer pauses."""
    expect(page.locator("#rows > .chat-message[data-id]").filter(has_text=text)).to_have_count(1, timeout=20_000)


class Line:
    """A page's WebSocket, cut and mended at will; `refuse` answers the sends whose body it names, and they never arrive.

    `busy` holds types of frames: the next of each is answered with `try_again`, as by a server whose database is away.
    `lose` holds types of frames of the server: the next of each never reaches the page. `keep` holds types of frames of the page that
    never reach the server.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.is_cut = False
        self.refuse = ""
        self.busy: list[str] = []
        self.lose: list[str] = []
        self.keep: set[str] = set()
        self.open: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/", self._connect)
        # a frame is handed on a little later than the page sent it, when the server may have closed already
        page.watch.expect("^console error: WebSocket is already in CLOSING or CLOSED state")  # type: ignore[attr-defined]

    def cut(self, *, code: int = 1012) -> None:
        self.is_cut = True
        for socket in self.open:
            socket.close(code=code)
        self.open.clear()

    def mend(self, *, told: bool = True) -> None:
        """Let the page connect again; where it is told of the network, as browsers do, it does not wait for the end of its pause."""
        self.is_cut = False
        if told:
            self.page.evaluate("window.dispatchEvent(new Event('online'))")

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
            elif frame["type"] not in self.keep:
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
        self.token = ""

    def post(self, path: str, **data: Any) -> httpx.Response:
        with httpx.Client(base_url=self.site.url(), timeout=20, headers=self.headers) as client:
            if not self.token:
                token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(conversation(self.site)).text)
                assert token
                self.token = token[1]
            return client.post(path, data={"csrfmiddlewaretoken": self.token, **data})

    def say(self, *bodies: str) -> None:
        for body in bodies:
            answer = self.post(f"{conversation(self.site)}send/", body=body, client_id=str(uuid.uuid4()))
            assert answer.status_code == 302, answer.text
