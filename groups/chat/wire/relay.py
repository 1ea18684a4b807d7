"""The relay: carries events between the hub of this process and those of others, by the channel layer, at most once."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Iterable
from typing import Any

from channels.layers import get_channel_layer

from .events import EVERYONE, Event, group_of, pack, unpack
from .publish import SEND_SECONDS

log = logging.getLogger("mainstay.chat")
RETRY_SECONDS = 1.0
REJOIN_SECONDS = 60
MAX_QUEUED = 2000  # events waiting for the layer; more is dropped, and read by the others from the database


class Relay:
    """Connects one hub to the others. `on_event` is called with each event of theirs; `channels` says of which channels they are wanted."""

    def __init__(self, origin: str, *, on_event: Callable[[Event], None], channels: Callable[[], Iterable[str]]) -> None:
        self.origin, self._on_event, self._channels = origin, on_event, channels
        self._layer: Any = get_channel_layer()
        self._name = ""  # of this hub at the layer, once it has one
        self._joined: set[str] = set()  # layer groups that we are in
        self._outgoing: asyncio.Queue[Event] = asyncio.Queue(MAX_QUEUED)

    def send(self, event: Event) -> None:
        """Queue an event for the hubs of its layer group."""
        with contextlib.suppress(asyncio.QueueFull):
            self._outgoing.put_nowait(event)

    async def pass_on(self) -> None:
        """Send what is queued to the layer, for as long as this process runs."""
        quiet = False
        while True:
            event = await self._outgoing.get()
            try:
                await asyncio.wait_for(self._layer.group_send(event.group, pack(event, self.origin)), SEND_SECONDS)
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
                message = await self._layer.receive(self._name)
                if message.get("origin") != self.origin and (event := unpack(message)):
                    self._on_event(event)
            except Exception as error:
                log.warning("The channel layer is away (%s); the database is asked meanwhile.", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def stay_joined(self) -> None:
        """Join and leave layer groups as subscriptions change. Apart from the liveness check: a layer that hangs must not delay that."""
        for count in itertools.count(1):
            if count % REJOIN_SECONDS == 0:
                self._joined.clear()  # join again, in case the layer was restarted or our membership expired
            try:
                await self.join()
            except Exception as error:
                log.debug("The channel layer is away: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def join(self) -> None:
        """Be in the layer group of every channel here and of all hubs. Raises what the layer raises; called again every second."""
        wanted = {EVERYONE, *(group_of(channel) for channel in self._channels())}
        if not self._name:
            return
        for group in wanted - self._joined:
            await asyncio.wait_for(self._layer.group_add(group, self._name), SEND_SECONDS)
            self._joined.add(group)
        for group in self._joined - wanted:
            self._joined.discard(group)
            await asyncio.wait_for(self._layer.group_discard(group, self._name), SEND_SECONDS)
