"""One WebSocket: frames in, frames out (docs/protocol.md).

It speaks ASGI itself, since Channels' consumers use a thread for every frame. Frames to the client wait in a bounded outbox,
so that a slow reader delays nobody and cannot make the server's memory grow.
"""

import asyncio
import contextlib
import logging
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar, assert_never
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.kit.ops.database import in_thread

from .. import reading, throttle
from ..actions import mark_read
from ..commands import Command, Delete, Edit, React, Result, Send, not_found
from ..models import Message
from ..throttle import Bucket
from . import frames, greeting, hub, liveness, writer
from .codes import CloseCode
from .events import TypingEvent
from .handshake import SignedIn, origin_is_ours, session_key_of, sign_in
from .outgoing import Ack, Error, Ok, Pong, Reset, Synced, changes_frame

log = logging.getLogger("mainstay.chat")
PONG = Pong().encode()
OUTBOX_FRAMES, OUTBOX_CHARACTERS = 256, 1024 * 1024
CHUNK_CHARACTERS = 128 * 1024  # of a catch-up frame
FAREWELL_SECONDS = 30.0  # how long a stuck reader may take to receive the close code

Receive = Callable[[], Awaitable[dict[str, Any]]]
SendEvent = Callable[[dict[str, Any]], Awaitable[None]]


async def chat_socket(scope: dict[str, Any], receive: Receive, send: SendEvent) -> None:
    """The ASGI application at /ws/."""
    await receive()  # websocket.connect
    if not origin_is_ours(scope["headers"]):
        await send({"type": "websocket.close"})  # before the handshake is accepted: 403
        return
    key = session_key_of(scope["headers"])
    try:
        signed_in = await in_thread(sign_in, key) if key else None
    except DatabaseError:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": CloseCode.TRY_LATER})
        return
    await send({"type": "websocket.accept"})  # so that a browser can read the code that follows
    if signed_in is None:
        await send({"type": "websocket.close", "code": CloseCode.SIGNED_OUT})
    elif signed_in.member.is_suspended:
        await send({"type": "websocket.close", "code": CloseCode.NOT_ALLOWED})
    elif signed_in.is_held:
        await send({"type": "websocket.close", "code": CloseCode.SECOND_STEP})
    else:
        await Socket(signed_in, receive, send).run()


class Socket:
    """A signed-in member's connection."""

    MAX_PER_MEMBER: ClassVar[int] = limits.MAX_CONNECTIONS

    def __init__(self, signed_in: SignedIn, receive: Receive, send: SendEvent) -> None:
        self.id = uuid.uuid4().hex
        self.member = signed_in.member
        self.password = signed_in.member.password
        self.session_key = signed_in.session_key
        self.used_factor = signed_in.used_factor
        self.shows_writing = signed_in.member.shows_writing  # updated by the hub
        self.greeted = False  # has sent hello
        self.ready = False  # hello has been answered in full
        self.has_channels = False
        self.inbox_version = 0
        self._receive, self._send = receive, send
        self._outbox: deque[str] = deque()
        self._size = 0
        self._held: list[str] | None = None
        self._has_frames = asyncio.Event()
        self._has_room = asyncio.Event()
        self._closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._hub, self._writer = hub.current(), writer.current()
        self._bad = Bucket(20, 20 / 60)
        self._flood = Bucket(200 + 4 * settings.CHAT_SENDS_AT_ONCE, 40 + 4 * settings.CHAT_SENDS_PER_SECOND)
        self._joining: set[str] = set()

    # ------------------------------------------------------------- life

    async def run(self) -> None:
        receiving = asyncio.create_task(self._read())
        sending = asyncio.create_task(self._write())
        try:
            ends: list[asyncio.Future[Any]] = [receiving, sending, self._closing]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.disconnect(self)
            receiving.cancel()
            sending.cancel()
            await asyncio.gather(receiving, sending, return_exceptions=True)
        if self._closing.done():
            self._outbox.clear()
            with contextlib.suppress(Exception):
                farewell = self._send({"type": "websocket.close", "code": self._closing.result()})
                await asyncio.wait_for(farewell, FAREWELL_SECONDS)

    def close(self, code: int) -> None:
        """Close the connection. Where it is called twice the first code counts."""
        if not self._closing.done():
            self._closing.set_result(code)

    # ------------------------------------------------------------- out

    def push(self, frame: str, *, may_drop: bool = False) -> None:
        """Queue a frame. What may be dropped is, once the outbox is half full; past its limit the socket is closed."""
        if self._closing.done():
            return
        queue = self._outbox if self._held is None else self._held
        if may_drop and len(queue) >= OUTBOX_FRAMES // 2:
            return
        if len(queue) >= OUTBOX_FRAMES or (queue and self._size + len(frame) > OUTBOX_CHARACTERS):
            self.close(CloseCode.TOO_SLOW)
            return
        queue.append(frame)
        self._size += len(frame)
        self._has_frames.set()

    async def _push_waiting(self, frame: str) -> None:
        """Queue one of many frames that the client asked for, once there is room: for these a slow client is not closed."""
        while self._outbox and (len(self._outbox) > OUTBOX_FRAMES // 4 or self._size > OUTBOX_CHARACTERS // 2):
            self._has_room.clear()
            await self._has_room.wait()
        self._outbox.append(frame)
        self._size += len(frame)
        self._has_frames.set()

    async def _write(self) -> None:
        while True:
            await self._has_frames.wait()
            self._has_frames.clear()
            while self._outbox:
                frame = self._outbox.popleft()
                self._size -= len(frame)
                await self._send({"type": "websocket.send", "text": frame})
                self._has_room.set()

    def _refuse(self, refusal: Refused, **echo: Any) -> None:
        wait = None if refusal.retry_after is None else round(refusal.retry_after, 2)
        self.push(Error(code=refusal.code, detail=refusal.sentence, retry_after=wait, **echo).encode())

    # ------------------------------------------------------------- in

    async def _read(self) -> None:
        hello = asyncio.get_running_loop().call_later(limits.HELLO_TIMEOUT.total_seconds(), self._no_hello)
        try:
            while True:
                event = await self._receive()
                if event["type"] == "websocket.disconnect":
                    return
                text = event.get("text")
                if text is None:
                    self.close(CloseCode.NOT_THIS_PROTOCOL)
                    return
                if self._flood.take():
                    self.close(CloseCode.TOO_MANY)
                    return
                await self._handle_frame(text)
        finally:
            hello.cancel()

    def _no_hello(self) -> None:
        """Close as too slow, and not as another protocol, which is final: a slow connection may delay a `hello` that long."""
        if not self.greeted:
            self.close(CloseCode.TOO_SLOW)

    async def _handle_frame(self, text: str) -> None:
        try:
            frame = frames.decode(text)
        except frames.NotJSON:
            self.close(CloseCode.NOT_THIS_PROTOCOL)
            return
        except frames.BadFrame as bad:
            self._bad_frame(**bad.echo)
            return
        try:
            if isinstance(frame, frames.HelloFrame):
                await self._hello(frame)
            elif not self.ready:  # the first frame is hello
                self._bad_frame(**frames.echo_of(frame))
            else:
                await self._answer(frame)
        except Exception as error:
            if not isinstance(error, DatabaseError):
                log.exception("A frame of kind %s could not be answered.", type(frame).__name__)
            if self.ready:
                self._refuse(writer.busy(), **frames.echo_of(frame))
            else:
                self.close(CloseCode.TRY_LATER)

    def _bad_frame(self, **echo: Any) -> None:
        if self._bad.take():
            self.close(CloseCode.TOO_MANY)
        else:
            self._refuse(Refused(Refusal.BAD_FRAME, _("That message could not be understood.")), **echo)

    async def _answer(self, frame: frames.ClientFrame) -> None:
        if isinstance(frame, frames.SendFrame):
            self._send_command(frame)
        elif isinstance(frame, frames.EditFrame):
            self._command(Edit(self.member.id, frame.id, frame.body, frame.client_id), frame.ref)
        elif isinstance(frame, frames.DeleteFrame):
            self._command(Delete(self.member.id, frame.id, frame.on, frame.client_id), frame.ref)
        elif isinstance(frame, frames.ReactFrame):
            self._command(React(self.member.id, frame.id, frame.emoji, frame.on), frame.ref)
        elif isinstance(frame, frames.ReadFrame):
            await self._mark_read(frame)
        elif isinstance(frame, frames.TypingFrame):
            self._publish_typing(str(frame.channel))
        elif isinstance(frame, frames.SyncFrame):
            await self._sync(frame)
        elif isinstance(frame, frames.PingFrame):
            self.push(PONG if frame.ref is None else Pong(frame.ref).encode())
        elif not isinstance(frame, frames.HelloFrame):  # which `_handle_frame` has answered
            assert_never(frame)

    # ------------------------------------------------------------- writing

    def _send_command(self, frame: frames.SendFrame) -> None:
        def acknowledge(message: Message) -> None:
            self.push(Ack(str(frame.client_id), str(message.channel_id), message.row(), frame.ref).encode())

        command = Send(self.member.id, frame.channel, frame.client_id, frame.body, frame.reply_to)
        self._submit(command, acknowledge, _("That was a lot at once. It goes out in a moment."), **frames.echo_of(frame))

    def _command(self, command: Command, ref: frames.Ref) -> None:
        self._submit(command, lambda _message: self.push(Ok(ref).encode()), _("That was a lot at once. Try again in a moment."), ref=ref)

    def _submit(self, command: Command, confirm: Callable[[Message], None], too_many: str, **echo: Any) -> None:
        """Have the writer carry out a command, then `confirm` its message or send the refusal; `echo` names the frame for the client."""
        try:
            throttle.throttle(self.member.id, too_many)
        except Refused as refusal:
            self._refuse(refusal, **echo)
            return

        def answer(done: asyncio.Future[Result]) -> None:
            result = done.result()
            if isinstance(result, Refused):
                self._refuse(result, **echo)
            else:
                confirm(result)

        self._writer.submit(command).add_done_callback(answer)

    async def _mark_read(self, frame: frames.ReadFrame) -> None:
        try:
            mark = partial(mark_read, seq=frame.seq, back=frame.back, by=self.id, ref=frame.ref)
            await in_thread(partial(mark, member=self.member, channel=frame.channel))
        except Refused as refusal:
            self._refuse(refusal, **frames.echo_of(frame))

    def _publish_typing(self, channel: str) -> None:
        subscription = self._hub.subscriptions.get(channel)
        if subscription is None or self not in subscription.connections:
            self._refuse(not_found())
            return
        if not self.shows_writing:
            return
        self._hub.publish(TypingEvent(channel, str(self.member.id)))

    # ------------------------------------------------------------- reading

    async def _hello(self, frame: frames.HelloFrame) -> None:
        """Subscribe first, then send the rows above the cursors, then the frames held until then: nothing is missed in between.

        Each further one is answered in the same way: the tabs of a browser share a connection, and have cursors of their own.
        """
        self.greeted = True
        if frame.v != frames.VERSION:
            self.close(CloseCode.NOT_THIS_PROTOCOL)
            return
        self._held = []
        try:
            if self.ready or await self._enter():
                await self._greet(frame)
                self.ready = True
        finally:
            self._release()

    async def _enter(self) -> bool:
        """Let the liveness check cover this connection from here on, since catching up may take long; return whether it stays open."""
        if oldest := self._hub.connect(self):
            oldest.close(CloseCode.REPLACED)
        return not await self._has_ended()

    async def _greet(self, frame: frames.HelloFrame) -> None:
        views = await self._subscribe() if frame.channels else []
        await self._push_waiting(await in_thread(greeting.ready, self.member, views, frame.ref))
        inbox = (await in_thread(liveness.inboxes, {self.member.id}))[self.member.id]
        self.inbox_version = inbox.version
        await self._push_waiting(inbox.encode())
        for view in views:
            cursor = frame.cursors.get(str(view.id))
            if cursor is not None and cursor != view.version:
                await self._catch_up(view.id, cursor, frame.ref)

    async def _subscribe(self) -> list[reading.ChannelView]:
        """Subscribe to the member's channels where they are not yet, and return them."""
        if self.has_channels:
            return await in_thread(reading.channels_of, self.member)
        first_seqs = await in_thread(reading.participations_of, self.member)
        await self._hub.subscribe(self, first_seqs)
        views = await in_thread(reading.channels_of, self.member)  # read again: they may have been removed in between
        for ended in {channel for channel, _first_seq in first_seqs} - {str(view.id) for view in views}:
            self._hub.unsubscribe(ended, self)
        self.has_channels = True
        return views

    async def _has_ended(self) -> bool:
        """Close where the session or the member's right has ended since the handshake; return whether it did."""
        checked = await in_thread(liveness.check, {self.session_key}, {self.member.id})
        code = checked.close_code(self)
        if code is not None:
            self.close(code)
        return code is not None

    def _release(self) -> None:
        held, self._held = self._held or [], None
        self._outbox.extend(held)
        self._has_frames.set()

    async def _catch_up(self, channel: UUID, cursor: int, ref: frames.Ref) -> int:
        """Send the changes of a channel above `cursor` in frames of about CHUNK_CHARACTERS, with `ref`; return the version reached.

        Raises Refused: not_found.
        """
        missed = await in_thread(lambda: reading.missed(member=self.member.id, channel=channel, after=cursor))
        if missed is None:
            raise not_found()
        if missed.changes is None:
            await self._push_waiting(Reset(str(channel), missed.upto, ref).encode())
            return missed.upto
        start, chunk, size = cursor, [], 0
        for change in missed.changes:
            chunk.append(change)
            size += len(change.row)
            if size > CHUNK_CHARACTERS:
                await self._push_waiting(changes_frame(str(channel), start, change.version, chunk, ref))
                start, chunk, size = change.version, [], 0
        if start < missed.upto:
            await self._push_waiting(changes_frame(str(channel), start, missed.upto, chunk, ref))
        return missed.upto

    async def _sync(self, frame: frames.SyncFrame) -> None:
        try:
            version = await self._catch_up(frame.channel, frame.after, frame.ref)
        except Refused as refusal:
            self._refuse(refusal, **frames.echo_of(frame))
            return
        await self._push_waiting(Synced(str(frame.channel), version, frame.ref).encode())

    async def join(self, first_seqs: dict[str, int]) -> None:
        """Subscribe to channels that the member has joined, and send a `joined` frame of each."""
        fresh = first_seqs.keys() - self._joining
        self._joining |= fresh
        try:
            await self._hub.subscribe(self, [(channel, first_seqs[channel]) for channel in fresh])
            views = [view for view in await in_thread(reading.channels_of, self.member) if str(view.id) in fresh]
            for ended in fresh - {str(view.id) for view in views}:
                self._hub.unsubscribe(ended, self)
            for view in views:
                self.push(await in_thread(greeting.joined, self.member, view))
        except Exception as error:
            if not isinstance(error, DatabaseError):
                log.exception("A channel could not be joined.")
            for channel in fresh:
                self._hub.unsubscribe(channel, self)  # the next check finds it missing and tries again
        finally:
            self._joining -= fresh
