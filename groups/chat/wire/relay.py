"""The relay: carries events between the hub of this process and those of others, by the channel layer, at most once."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Iterable
from typing import Any

from channels.layers import get_channel_layer

from . import publish
from .publish import Event

log = logging.getLogger("mainstay.chat")
RETRY_SECONDS = 1.0
REJOIN_SECONDS = 60
QUEUE = 2000  # events waiting for the layer; more is dropped, and read by the others from the database


class Relay:
    """One hub's way to the others. `take` is called with each event of theirs; `channels` says of which channels they are wanted."""

    def __init__(self, origin: str, *, take: Callable[[Event], None], channels: Callable[[], Iterable[str]]) -> None:
        self.origin, self._take_event, self._channels = origin, take, channels
        self._layer: Any = get_channel_layer()
        self._name = ""  # of this hub at the layer, once it has one
        self._joined: set[str] = set()  # layer groups that we are in
        self._outgoing: asyncio.Queue[tuple[str, Event]] = asyncio.Queue(QUEUE)

    def send(self, group: str, event: Event) -> None:
        """Queue an event for the hubs of a layer group."""
        with contextlib.suppress(asyncio.QueueFull):
            self._outgoing.put_nowait((group, event))

    async def pass_on(self) -> None:
        """Hand what is queued to the layer, for as long as this process runs."""
        quiet = False
        while True:
            group, event = await self._outgoing.get()
            try:
                message = {"type": "event", "origin": self.origin, **event}
                await asyncio.wait_for(self._layer.group_send(group, message), publish.SEND_SECONDS)
                quiet = False
            except Exception as error:
                if not quiet:
                    log.warning("Events cannot be passed on (%s); other processes read the database.", type(error).__name__)
                quiet = True

    async def listen(self) -> None:
        """Take what other processes publish, for as long as this one runs."""
        while True:
            try:
                if not self._name:
                    self._name = await self._layer.new_channel()
                    await self.join()
                event = await self._layer.receive(self._name)
                if event.get("origin") != self.origin:
                    self._take_event(event)
            except Exception as error:
                log.warning("The channel layer is away (%s); the database is asked meanwhile.", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def stay_joined(self) -> None:
        """Join and leave as channels come and go. Beside the liveness check: a layer that hangs must not keep that from ending rights."""
        for count in itertools.count(1):
            if count % REJOIN_SECONDS == 0:
                self._joined.clear()  # a layer that lost its memory, or let us expire, hears of us again
            try:
                await self.join()
            except Exception as error:
                log.debug("The channel layer is away: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def join(self) -> None:
        """Be in the layer group of every channel here and of all hubs; whatever fails is tried again a second later."""
        wanted = {publish.EVERYONE, *(publish.group_of(channel) for channel in self._channels())}
        if not self._name:
            return
        for group in wanted - self._joined:
            await asyncio.wait_for(self._layer.group_add(group, self._name), publish.SEND_SECONDS)
            self._joined.add(group)
        for group in self._joined - wanted:
            self._joined.discard(group)
            await asyncio.wait_for(self._layer.group_discard(group, self._name), publish.SEND_SECONDS)
