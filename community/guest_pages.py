"""Copies of guests' pages, answered before Django (docs/decisions/0051).

Nothing is answered with a copy but what comes without a cookie and asks for a public page as such. Before each answer the database is
asked for the generation of what guests see (`kit/generation.py`): a copy of another one is thrown away, in whichever process the change
was made. It is asked for before a page is drawn, too, so that a page which was begun before a change is never taken for one after it.
"""

import asyncio
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.middleware.gzip import re_accepts_gzip
from django.utils.http import parse_etags

from cms.reading import next_expiry
from community.centre.models import centre
from community.kit import generation
from community.kit.ops.database import in_thread
from community.kit.web.public_views import SHARED

KEEP_SECONDS = 60.0  # what changes with the time of day alone is drawn anew after so long
MAX_BYTES = 32 * 1024 * 1024  # of all copies together: some five hundred pages, each packed and not
PATIENCE = 1.0  # seconds for the database to say which generation it is; Django may wait longer
HOSTS = {urlsplit(origin).netloc.encode() for origin in settings.ORIGINS}
NOT_OF_THE_BODY = (b"content-length", b"content-encoding", b"content-type")


def is_for_guests(scope: dict[str, Any], headers: dict[bytes, bytes]) -> bool:
    """True for what may be answered with a copy: nothing about who asks, or how, could make it another page."""
    return (
        scope["method"] == "GET"
        and not scope["query_string"]
        and (scope["path"] == "/" or scope["path"].startswith("/library/"))
        and headers.keys().isdisjoint({b"cookie", b"authorization"})
        and headers.get(b"host") in HOSTS
        and (not settings.HTTPS or headers.get(b"x-forwarded-proto") == b"https")  # as Django tells who came without it
    )


async def ends_of_now() -> float:
    """Until when a page is true that is drawn from now on; 0 where the database does not say."""
    try:
        return await asyncio.wait_for(in_thread(_ends), PATIENCE)
    except (Error, TimeoutError):
        return 0.0


def _ends() -> float:
    centre(seconds_old=0)  # what this process remembers of it may be of an earlier generation
    latest, expiry = time.time() + KEEP_SECONDS, next_expiry()
    return min(latest, expiry.timestamp()) if expiry else latest


class Copy(NamedTuple):
    """An answer of Django's, and until when it can be given again."""

    start: dict[str, Any]
    body: bytes
    etag: str
    ends: float

    async def answer(self, wanted: str, send: Any) -> None:
        """Send it, or 304 to whoever has it already: `wanted` is their If-None-Match."""
        if self.etag in {tag.removeprefix("W/") for tag in parse_etags(wanted)}:
            headers = [header for header in self.start["headers"] if header[0].lower() not in NOT_OF_THE_BODY]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body"})
        else:
            await send(self.start)
            await send({"type": "http.response.body", "body": self.body})


class Recorder:
    """Sends an answer on, and remembers it."""

    def __init__(self, send: Any) -> None:
        self.send = send
        self.start: dict[str, Any] = {"status": 0, "headers": []}
        self.body, self.is_whole = b"", False

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")
            self.is_whole = not message.get("more_body", False)
        await self.send(message)

    def copy(self, ends: float) -> Copy | None:
        """What was sent, if it can be given to others: whole, with a tag, and without a cookie."""
        headers = {name.lower(): value for name, value in self.start["headers"]}
        if self.start["status"] != 200 or not self.is_whole or b"set-cookie" in headers or b"etag" not in headers:
            return None
        return Copy(self.start, self.body, headers[b"etag"].decode().removeprefix("W/"), ends)


class GuestPages:
    """The application `pages`, with copies of what it answers to guests."""

    def __init__(self, pages: Any) -> None:
        self.pages = pages
        self._copies: dict[Any, Copy] = {}
        self._generation: Any = None
        self._asking: asyncio.Future[Any] | None = None  # a question that is on its way, and one that waits for it
        self._next: asyncio.Future[Any] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        if not is_for_guests(scope, headers) or not await self._is_current():
            await self.pages(scope, receive, send)
            return
        key = scope["path"], bool(re_accepts_gzip.search(headers.get(b"accept-encoding", b"").decode("latin-1")))
        copy, generation_then = self._copies.get(key), self._generation
        if copy and time.time() < copy.ends:
            await copy.answer(headers.get(b"if-none-match", b"").decode("latin-1"), send)
            return
        recorder, ends = Recorder(send), await ends_of_now()
        await self.pages(scope, receive, recorder)
        copy = recorder.copy(ends) if scope.get(SHARED) else None
        if copy and generation_then == self._generation:
            self._keep(key, copy)

    def _keep(self, key: Any, copy: Copy) -> None:
        self._copies.pop(key, None)
        left = MAX_BYTES - len(copy.body) - sum(len(each.body) for each in self._copies.values())
        while left < 0 and self._copies:
            left += len(self._copies.pop(next(iter(self._copies))).body)  # the oldest
        if left >= 0:
            self._copies[key] = copy

    async def _is_current(self) -> bool:
        """Throw away what is of another generation than the database's. False where the database does not say."""
        try:
            value = await asyncio.wait_for(asyncio.shield(self._ask()), PATIENCE)
        except (Error, TimeoutError):
            return False
        if value != self._generation:
            self._copies.clear()
            self._generation = value
        return True

    def _ask(self) -> "asyncio.Future[Any]":
        """The generation of now: who comes while a question is on its way waits for the next, with all others who do."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._read(self._asking))
        return self._next

    async def _read(self, before: "asyncio.Future[Any] | None") -> Any:
        if before is not None and not before.done():
            await asyncio.wait([before])
        self._asking, self._next = self._next, None
        return await in_thread(generation.current)
