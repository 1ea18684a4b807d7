"""A client of the chat, written from docs/protocol.md alone: it knows nothing of the server's code.

It has cursors, rows and an outbox, reconnects by itself, and records all that it receives, so that the checker can compare
what it showed with what is stored.
"""

import asyncio
import contextlib
import json
import random
import ssl
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from tests.delivery.wire import Frame, Unexpected, dial

FINAL_CODES = {4400, 4401, 4403, 4409, 4428, 1009}  # closed for a reason that reconnecting does not remove
RETRY_AFTER = 3.0  # seconds without an answer until a message is sent again on the same connection
LOAD_AGAIN = 0.05  # seconds until a page is asked for again that the server could not give


@dataclass
class Stream:
    """A channel as this client has it."""

    cursor: int
    rows: dict[str, Frame] = field(default_factory=dict)
    syncing: bool = False
    must_load: bool = True  # the newest page has not been read over HTTP yet
    first: int = 1  # the seq of the oldest row that was loaded

    def put(self, row: Frame) -> None:
        known = self.rows.get(row["id"])
        if known is None or row["version"] > known["version"]:
            self.rows[row["id"]] = row

    def take(self, frame: Frame) -> bool:
        """Apply a `changes` frame; False where something before it is missing."""
        for row in frame["messages"]:
            self.put(row)
        if frame["after"] > self.cursor:
            return False
        self.cursor = max(self.cursor, frame["upto"])
        return True


@dataclass
class Unsent:
    """A message that has no answer yet."""

    channel: str
    body: str
    reply_to: str | None = None
    due: float = 0.0  # when it may go out (again)
    tries: int = 0


class Client:
    """One member on one device. Use it as an async context manager."""

    def __init__(
        self, site_url: str, cookie: str, *, name: str = "", other_urls: tuple[str, ...] = (), heal: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self.urls = [site_url, *other_urls]  # where it may connect; the next one is tried when one is gone
        self.cookie, self.name, self.heal = cookie, name, heal
        self.tls = tls  # of a site with a certificate of its own
        self.streams: dict[str, Stream] = {}
        self.outbox: dict[str, Unsent] = {}
        self.sent: dict[str, Unsent] = {}  # all that was ever put into the outbox
        self.acked: dict[str, Frame] = {}
        self.refused: dict[str, str] = {}
        self.answers: dict[str, Frame] = {}  # to what was asked with a `ref`
        self.people: dict[str, str] = {}
        self.me: Frame = {}
        self.history: list[tuple[float, str, Frame]] = []  # (when, in | out | page | closed, what)
        self.left: dict[str, str] = {}  # channel -> reason
        self.breaks: list[int | None] = []  # the codes of connections that this client did not end
        self.closed_for_good: int | None = None
        self.live = asyncio.Event()
        self.online = asyncio.Event()  # it may connect
        self.online.set()
        self._event = asyncio.Event()  # set once, when anything happens to this client; the next one is another
        self._work = asyncio.Event()  # there may be something to send or to load
        self._leaving = False
        self._connection: Any = None
        self._task: asyncio.Task[None] | None = None

    # ------------------------------------------------------------- life

    async def __aenter__(self) -> "Client":
        self._task = asyncio.create_task(self._live())
        if not await self.until(lambda: self.live.is_set() and self.has_loaded(), within=20):
            await self.__aexit__()
            raise Unexpected(f"{self.name} could not connect, {len(self.streams)} channels; the last it received: {self.history[-3:]}")
        return self

    async def __aexit__(self, *_exception: object) -> None:
        assert self._task
        self._leaving = True
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _live(self) -> None:
        attempt = 0
        while self.closed_for_good is None:
            await self.online.wait()
            if await self._one_connection(self.urls[attempt % len(self.urls)]):
                attempt = 0
            attempt += 1
            # As in the protocol: longer each time, with a random part; but at once after go_online.
            if self.online.is_set():
                await asyncio.sleep(min(2.0, 0.1 * 2 ** min(attempt, 5)) * random.uniform(0.5, 1.0))

    async def _one_connection(self, url: str) -> bool:
        """Connect, talk until the connection ends; True where it had been ready."""
        try:
            self._connection = await dial(url, cookie=self.cookie, **({"ssl": self.tls} if self.tls else {}))
        except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, ConnectionClosed):
            return False
        pump = asyncio.create_task(self._pump(url))
        try:
            await self.send({"type": "hello", "v": 1, "cursors": {key: stream.cursor for key, stream in self.streams.items()}})
            async for text in self._connection:
                frame = json.loads(text)
                self.history.append((time.monotonic(), "in", frame))
                self.answers[str(frame.get("ref"))] = frame
                await self._receive(frame)
                self._happened()
        except ConnectionClosed:
            pass
        finally:
            was_ready, code = self.live.is_set(), self._connection.close_code
            self.live.clear()
            pump.cancel()
            self.history.append((time.monotonic(), "closed", {"code": code}))
            if not self._leaving:
                self.breaks.append(code)
            if code in FINAL_CODES:
                self.closed_for_good = code
            self._happened()
            await self._connection.close()
        return was_ready

    def _happened(self) -> None:
        """Wake those who wait for something that may hold now."""
        self._work.set()
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def until(self, holds: Callable[[], Any], *, within: float) -> bool:
        """True as soon as `holds()`, which is asked again whenever anything has happened here; False where it does not in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not holds():
                    await self._event.wait()
        return bool(holds())

    async def send(self, frame: Frame) -> None:
        self.history.append((time.monotonic(), "out", frame))
        with contextlib.suppress(ConnectionClosed):
            await self._connection.send(json.dumps(frame))

    def cut(self) -> None:
        """Abort the connection, like a dead network; the client reconnects by itself."""
        if self._connection is not None:
            self._connection.transport.abort()

    async def go_offline(self) -> None:
        """Abort the connection and stay offline until `go_online`."""
        self.online.clear()
        self.cut()
        assert await self.until(lambda: not self.live.is_set(), within=20)

    async def go_online(self) -> None:
        self.online.set()
        await asyncio.wait_for(self.live.wait(), 20)

    # ------------------------------------------------------------- writing

    def write(self, channel: str, body: str, *, reply_to: str | None = None) -> str:
        """Put a message into the outbox; return its client_id."""
        client_id = str(uuid.uuid4())
        self.outbox[client_id] = self.sent[client_id] = Unsent(channel, body, reply_to)
        self._work.set()
        return client_id

    async def say(self, channel: str, body: str, *, within: float = 15.0) -> Frame:
        """Write a message and wait for its `ack`; return the row."""
        client_id = self.write(channel, body)
        await self.answered(client_id, within=within)
        return self.acked[client_id]

    async def ask(self, frame: Frame, *, within: float = 10.0) -> Frame:
        """Send an `edit` or a `delete` and return the `ok` or `error` that answers it."""
        ref = str(uuid.uuid4())
        await self.send({**frame, "ref": ref})
        if not await self.until(lambda: ref in self.answers, within=within):
            raise TimeoutError(f"{self.name} has no answer to {frame}")
        return self.answers[ref]

    async def so_far(self) -> None:
        """Wait for everything that was on its way to this client: a later command of its own is answered."""
        await self.ask({"type": "delete", "id": str(uuid.uuid4())})

    async def answered(self, *client_ids: str, within: float = 30.0) -> None:
        """Wait until these (or all) messages are acknowledged or refused for good."""
        if not await self.until(lambda: not (self.outbox.keys() & set(client_ids) if client_ids else self.outbox), within=within):
            raise TimeoutError(f"{self.name} has no answer to {list(self.outbox.values())[:3]}")

    async def _pump(self, url: str) -> None:
        """Send what is due, oldest first; what has no answer is sent again with its old client_id."""
        await self.live.wait()
        for unsent in self.outbox.values():
            unsent.due = 0.0
        headers = {"Cookie": self.cookie}
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=15, verify=self.tls or True) as http:
            while True:
                self._work.clear()
                for key, stream in list(self.streams.items()):
                    if stream.must_load:
                        await self._load(http, key, stream)
                now = time.monotonic()
                for client_id, unsent in list(self.outbox.items()):
                    if unsent.due <= now:
                        unsent.due, unsent.tries = now + RETRY_AFTER, unsent.tries + 1
                        frame = {"type": "send", "channel": unsent.channel, "client_id": client_id, "body": unsent.body}
                        await self.send(frame | ({"reply_to": unsent.reply_to} if unsent.reply_to else {}))
                pauses = [unsent.due - time.monotonic() for unsent in self.outbox.values()]
                if not self.has_loaded():
                    pauses.append(LOAD_AGAIN)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(pauses, default=None)):
                        await self._work.wait()

    def has_loaded(self) -> bool:
        """True where the newest page of each channel has been read."""
        return not any(stream.must_load for stream in self.streams.values())

    async def _load(self, http: httpx.AsyncClient, channel: str, stream: Stream) -> None:
        """Read the newest page; where the server cannot just now, the next round tries again."""
        try:
            answer = await http.get(f"/chat/{channel}/history/", params={"limit": 100})
        except httpx.HTTPError:
            return
        if answer.status_code == 404:  # not ours any more; a frame will say so
            stream.must_load = False
            self._happened()
        elif answer.status_code == 200:
            page = answer.json()
            self.history.append((time.monotonic(), "page", {"type": "page", "channel": channel, "messages": page["rows"]}))
            for row in page["rows"]:
                stream.put(row)
            stream.first = page["rows"][0]["seq"] if page["more"] else 1
            self.people |= {person["id"]: person["name"] for person in page["people"]}
            stream.must_load = False
            self._happened()

    # ------------------------------------------------------------- hearing

    async def _receive(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "ready":
            self._greet(frame)
        elif kind == "changes":
            await self._take(frame)
        elif kind == "reset":
            self.streams[frame["channel"]] = Stream(cursor=frame["version"])
        elif kind == "synced" and frame["channel"] in self.streams:
            self.streams[frame["channel"]].syncing = False
        elif kind == "ack":
            self._acknowledge(frame)
        elif kind == "error":
            self._refuse(frame)
        elif kind == "joined":
            self.left.pop(frame["channel"]["id"], None)
            self.streams[frame["channel"]["id"]] = Stream(cursor=frame["channel"]["version"])
        elif kind == "left":
            self.streams.pop(frame["channel"], None)
            self.left[frame["channel"]] = frame["reason"]
        elif kind == "person":
            self.people[frame["id"]] = frame["name"]

    def _greet(self, frame: Frame) -> None:
        self.me = frame["me"]
        self.people |= {person["id"]: person["name"] for person in frame["people"]}
        mine = {channel["id"]: channel for channel in frame["channels"]}
        for gone in self.streams.keys() - mine.keys():
            del self.streams[gone]
        for key, channel in mine.items():
            stream = self.streams.setdefault(key, Stream(cursor=channel["version"]))
            stream.syncing = False
        self.live.set()

    async def _take(self, frame: Frame) -> None:
        stream = self.streams.get(frame["channel"])
        if stream is None:
            return
        complete = stream.take(frame)
        if not complete and self.heal and not stream.syncing:
            stream.syncing = True
            await self.send({"type": "sync", "channel": frame["channel"], "after": stream.cursor})

    def _acknowledge(self, frame: Frame) -> None:
        self.outbox.pop(frame["client_id"], None)
        first = self.acked.setdefault(frame["client_id"], frame["message"])
        assert (first["id"], first["seq"]) == (frame["message"]["id"], frame["message"]["seq"]), "two acks name two messages"
        if stream := self.streams.get(frame["channel"]):
            stream.put(frame["message"])

    def _refuse(self, frame: Frame) -> None:
        client_id = frame.get("client_id", "")
        unsent = self.outbox.get(client_id)
        if unsent is None:
            return
        if frame["code"] in ("try_again", "rate_limited"):
            unsent.due = time.monotonic() + frame.get("retry_after", 1.0)
        else:
            del self.outbox[client_id]
            self.refused[client_id] = frame["code"]

    # ------------------------------------------------------------- what it shows

    def shown(self, channel: str) -> list[Frame]:
        """The rows of a channel as a screen would show them."""
        stream = self.streams.get(channel)
        rows = [row for row in stream.rows.values() if row["seq"] >= stream.first] if stream else []
        return sorted(rows, key=lambda row: row["seq"])

    def bodies(self, channel: str) -> list[str | None]:
        return [row["body"] for row in self.shown(channel) if row["kind"] == "text"]

    def received(self, kind: str) -> list[Frame]:
        """All frames of a type that ever came."""
        return [frame for _when, way, frame in self.history if way == "in" and frame["type"] == kind]

    async def shows(self, channel: str, client_id: str, *, within: float) -> bool:
        """True as soon as the message is on the screen; False when it is not there in time."""
        return await self.until(lambda: any(row["client_id"] == client_id for row in self.shown(channel)), within=within)
