"""One WebSocket connection, frame by frame: it repairs nothing and retries nothing. For tests of single frames."""

import asyncio
import contextlib
import json
import socket
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]
PATIENCE = 6.0  # seconds that a test waits for what should come at once
SITE_ORIGIN = object()  # stands for "the origin that a page of the site has"


class Unexpected(AssertionError):
    """Something came that should not, or did not come."""


def socket_url(site_url: str) -> str:
    """Return where the WebSocket of a site is."""
    parts = urlsplit(site_url)
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/ws/"


async def dial(site_url: str, *, cookie: str, origin: Any = SITE_ORIGIN, receive_buffer: int = 0, **options: Any) -> ClientConnection:
    """Shake hands with the server and return the connection; `receive_buffer` (bytes) makes a reader whose buffer is soon full."""
    parts = urlsplit(site_url)
    if receive_buffer:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.connect((parts.hostname, parts.port))
        raw.setblocking(False)
        options["sock"] = raw
    return await connect(
        socket_url(site_url),
        origin=f"{parts.scheme}://{parts.netloc}" if origin is SITE_ORIGIN else origin,
        additional_headers={"Cookie": cookie} if cookie else {},
        compression=None,
        max_size=8 * 1024 * 1024,
        ping_interval=None,
        open_timeout=15,
        close_timeout=2,
        proxy=None,
        **options,
    )


class Wire:
    """A connection whose frames wait until a test asks for them."""

    def __init__(self, connection: ClientConnection) -> None:
        self.raw = connection
        self.unread: list[Frame] = []
        self.ready: Frame = {}

    async def send(self, frame: Any) -> None:
        """Send `frame`: text and bytes as they are, anything else as JSON."""
        await self.raw.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def hello(self, cursors: dict[str, int] | None = None, **fields: Any) -> Frame:
        await self.send({"type": "hello", "v": 1, "cursors": cursors or {}, **fields})
        self.ready = await self.expect("ready")
        return self.ready

    async def expect(self, kind: str, *, within: float = PATIENCE, **fields: Any) -> Frame:
        """Return the next frame of this type with these fields; what came before it stays unread."""
        wanted = {"type": kind, **fields}
        deadline = time.monotonic() + within
        passed = 0
        while True:
            for frame in self.unread[passed:]:
                if all(frame.get(key) == value for key, value in wanted.items()):
                    self.unread.remove(frame)
                    return frame
            passed = len(self.unread)
            if not await self._read_one(deadline - time.monotonic()):
                raise Unexpected(f"no {wanted} within {within} s; unread: {self.unread[-5:]}")

    async def _read_one(self, within: float) -> bool:
        try:
            text = await asyncio.wait_for(self.raw.recv(), max(0.001, within))
        except TimeoutError:
            return False
        except ConnectionClosed:
            raise Unexpected(f"closed with {self.raw.close_code}; unread: {self.unread[-5:]}") from None
        self.unread.append(json.loads(text))
        return True

    async def receive(self, *, within: float = PATIENCE) -> None:
        """Wait for one more frame, which stays unread."""
        if not await self._read_one(within):
            raise Unexpected(f"nothing within {within} s; unread: {self.unread[-5:]}")

    async def answer(self, client_id: str) -> Frame:
        """Return the `ack` or `error` of a message."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for frame in self.unread:
                if frame["type"] in ("ack", "error") and frame.get("client_id") == client_id:
                    self.unread.remove(frame)
                    return frame
            if not await self._read_one(deadline - time.monotonic()):
                raise Unexpected(f"no answer to {client_id}; unread: {self.unread[-5:]}")

    async def so_far(self, *, inbox: bool = False) -> list[Frame]:
        """Return (and forget) all that came before the answer to a command sent now, also when the connection closes meanwhile.

        Frames are read, commands carried out and answers sent in order. So nothing that this connection asked for earlier can still
        come, nor anything that this process stored or was sent before. `inbox` frames come by the work of a worker on what was said long
        before, so they are left out unless they are asked for.
        """
        ref = str(uuid.uuid4())
        with contextlib.suppress(ConnectionClosed):
            await self.send({"type": "delete", "id": str(uuid.uuid4()), "ref": ref})
        try:
            await self.expect("error", ref=ref)
        except Unexpected:
            if self.raw.close_code is None:
                raise
        received, self.unread = self.unread, []
        return [frame for frame in received if inbox or frame["type"] != "inbox"]

    async def closing(self, within: float = PATIENCE) -> int | None:
        """Return the code with which the server closes; what comes before stays unread."""
        deadline = time.monotonic() + within
        while True:
            try:
                if not await self._read_one(deadline - time.monotonic()):
                    raise Unexpected(f"still open after {within} s; unread: {self.unread[-5:]}")
            except Unexpected:
                if self.raw.close_code is None:
                    raise
                return self.raw.close_code

    async def is_alive(self) -> bool:
        """True where the server answers a ping in its own protocol."""
        try:
            await self.send({"type": "ping"})
            await self.expect("pong")
        except (Unexpected, ConnectionClosed):
            return False
        return True

    def cut(self) -> None:
        """Abort the connection, like a dead network."""
        self.raw.transport.abort()


@asynccontextmanager
async def wire(
    site_url: str, cookie: str, *, hello: bool = True, cursors: dict[str, int] | None = None, **options: Any
) -> AsyncIterator[Wire]:
    """A connection for as long as the block lasts, greeted unless `hello` is False."""
    connection = Wire(await dial(site_url, cookie=cookie, **options))
    try:
        if hello:
            await connection.hello(cursors)
        yield connection
    finally:
        await connection.raw.close()
