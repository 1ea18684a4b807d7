"""The hub, one per process: takes events, backfills gaps from the database, and pushes frames to this process's connections.

The channel layer delivers an event at most once. So the hub remembers for each subscription the version up to which it has
delivered everything. After an event that leaves a gap it reads the rows in between. Every second it also asks the database
for the versions of its channels: nothing else would tell it of a lost event that no other follows. In the same second the
liveness check asks which connections still have a session, their rights and their channels.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from community.kit.ops import pulse
from community.kit.ops.database import in_thread
from community.kit.ops.logs import kind

from .. import reading
from . import liveness, publish
from .connection import Connection
from .events import ChangesEvent, Event, MembershipEvent, PersonEvent, ReadEvent, TypingEvent
from .outgoing import Change, ChangeSet, Left, Read, Reset, Typing, changes_frame
from .relay import Relay

log = logging.getLogger("mainstay.chat")
CHECK_SECONDS = 1.0


class Subscription:
    """A channel with connections in this process, from which seq on each may read, and how far changes were delivered."""

    __slots__ = ("announced_version", "channel", "connections", "delivered_version", "is_backfilling")

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.connections: dict[Connection, int] = {}  # with the first seq that each may see
        self.delivered_version: int | None = None  # None until it was read
        self.announced_version = 0
        self.is_backfilling = False

    @property
    def is_behind(self) -> bool:
        """There are connections, and changes that they have not got."""
        return bool(self.connections) and self.delivered_version is not None and self.announced_version > self.delivered_version


class Hub:
    """All connections of this process, and the channels that they are subscribed to."""

    def __init__(self) -> None:
        self.id = uuid.uuid4()
        self.loop = asyncio.get_running_loop()
        self.subscriptions: dict[str, Subscription] = {}
        self.members: dict[UUID, list[Connection]] = defaultdict(list)  # oldest connection first
        self.relay = Relay(self.id.hex, on_event=self._handle_event, channels=lambda: self.subscriptions)
        self.tasks: set[asyncio.Task[Any]] = set()
        self.checking = False

    def start(self) -> None:
        publish.set_hub(self)
        relaying = (self.relay.listen(), self.relay.pass_on(), self.relay.stay_joined())
        for work in (*relaying, self._check_forever(), pulse.report_live_forever(self.id, self.members)):
            self.spawn(work)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Run a coroutine as a task; the reference keeps it from being garbage-collected."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    # ------------------------------------------------------------- events of this process and of others

    def accept(self, event: Event) -> bool:
        """Take an event from any thread of this process; false where our loop is closed."""
        if self.loop.is_closed():
            return False
        self.loop.call_soon_threadsafe(self.publish, event)
        return True

    def publish(self, event: Event) -> None:
        """Take an event of this process, and pass it on to the other hubs."""
        self._handle_event(event)
        self.relay.send(event)

    def _handle_event(self, event: Event) -> None:
        match event:
            case ChangesEvent():
                self.apply_changes(event.changes)
            case TypingEvent():
                self._show_typing(event)
            case ReadEvent():
                self._show_read(event)
            case PersonEvent():
                self._show_person(event)
            case MembershipEvent() if event.member in self.members:
                self.check_soon()

    # ------------------------------------------------------------- changes

    def apply_changes(self, change_set: ChangeSet) -> None:
        """Deliver changes that follow the delivered version; backfill where there is a gap."""
        subscription = self.subscriptions.get(change_set.channel)
        if subscription is None:
            return
        subscription.announced_version = max(subscription.announced_version, change_set.upto)
        if subscription.delivered_version is None or change_set.upto <= subscription.delivered_version:
            return
        if change_set.after > subscription.delivered_version:
            self.backfill(subscription)
        else:
            self._deliver(subscription, change_set)

    def _deliver(self, subscription: Subscription, change_set: ChangeSet) -> None:
        """Push changes to the subscription's connections, in frames that end with each removal: none spans one.

        Changes that were delivered already are left out: an event may have overtaken a backfill.
        """
        if subscription.delivered_version is None or change_set.upto <= subscription.delivered_version:
            return
        change_set = change_set.above(subscription.delivered_version)
        start, frame = change_set.after, []
        for change in change_set.changes:
            frame.append(change)
            if change.word in ("left", "removed"):
                self._emit(subscription, start, change.version, frame)
                start, frame = change.version, []
                self.remove(subscription, [s for s in subscription.connections if str(s.member.id) == change.member], change.word)
            elif change.word == "joined" and UUID(change.member) in self.members:
                self.check_soon()
        if start < change_set.upto:
            self._emit(subscription, start, change_set.upto, frame)
        subscription.delivered_version = change_set.upto

    def _emit(self, subscription: Subscription, after: int, upto: int, changes: list[Change]) -> None:
        for change in changes:
            if change.person:
                for connection in subscription.connections:
                    connection.push(change.person)
        whole = changes_frame(subscription.channel, after, upto, changes)
        oldest = min((change.seq for change in changes), default=0)
        for connection, first_seq in subscription.connections.items():
            if first_seq <= oldest:
                connection.push(whole)
            else:  # a change of a message that they may not see: the version is covered, the row left out
                connection.push(changes_frame(subscription.channel, after, upto, [c for c in changes if c.seq >= first_seq]))

    def backfill(self, subscription: Subscription) -> None:
        """Read the changes that are missing from the database, and deliver them."""
        if not subscription.is_backfilling:
            subscription.is_backfilling = True
            self.spawn(self._backfill(subscription))

    async def _backfill(self, subscription: Subscription) -> None:
        try:
            while (version := subscription.delivered_version) is not None and subscription.is_behind:
                missed = await in_thread(reading.changes_above, UUID(subscription.channel), version)
                if missed.changes is None:
                    await self._reset(subscription, missed.upto)
                else:
                    subscription.announced_version = max(subscription.announced_version, missed.upto) if missed.upto > version else version
                    self._deliver(subscription, ChangeSet(subscription.channel, version, missed.upto, missed.changes))
        except Exception as error:
            log.warning("A gap could not be read (%s); the next check tries again.", kind(error))
        finally:
            subscription.is_backfilling = False

    async def _reset(self, subscription: Subscription, upto: int) -> None:
        """Have the connections load the newest page, after a check of who still belongs."""
        await self.check()
        subscription.delivered_version = upto = max(upto, subscription.delivered_version or 0)
        subscription.announced_version = max(upto, subscription.announced_version)
        for connection in list(subscription.connections):
            connection.push(Reset(subscription.channel, upto).encode())

    # ------------------------------------------------------------- connections and subscriptions

    def connect(self, connection: Connection) -> Connection | None:
        """Add a connection; return the member's oldest where they have more than MAX_PER_MEMBER."""
        mine = self.members[connection.member.id]
        mine.append(connection)
        return mine[0] if len(mine) > connection.MAX_PER_MEMBER else None

    def disconnect(self, connection: Connection) -> None:
        mine = self.members.get(connection.member.id, [])
        if connection in mine:
            mine.remove(connection)
        if not mine:
            self.members.pop(connection.member.id, None)
        for channel in [c for c, subscription in self.subscriptions.items() if connection in subscription.connections]:
            self._drop(self.subscriptions[channel], connection)

    async def subscribe(self, connection: Connection, first_seqs: Iterable[tuple[str, int]]) -> None:
        """Subscribe a connection to channels, each given as (id, first seq). It gets every change that is committed from now on."""
        new = []
        for channel, first_seq in first_seqs:
            subscription = self.subscriptions.get(channel)
            if subscription is None:
                subscription = self.subscriptions[channel] = Subscription(channel)
            if subscription.delivered_version is None:
                new.append(subscription)
            subscription.connections[connection] = first_seq
        if not new:
            return
        with contextlib.suppress(Exception):  # without the layer, the versions are still read every second
            await self.relay.join()
        versions = await in_thread(liveness.versions, [UUID(subscription.channel) for subscription in new])
        for subscription in new:
            if subscription.delivered_version is None:
                subscription.delivered_version = versions.get(subscription.channel, 0)
            if subscription.announced_version > subscription.delivered_version:
                self.backfill(subscription)

    def unsubscribe(self, channel: str, connection: Connection) -> None:
        """Take a connection out of a subscription without a frame."""
        if subscription := self.subscriptions.get(channel):
            self._drop(subscription, connection)

    def _drop(self, subscription: Subscription, connection: Connection) -> None:
        subscription.connections.pop(connection, None)
        if not subscription.connections:
            self.subscriptions.pop(subscription.channel, None)

    def remove(self, subscription: Subscription, connections: Iterable[Connection], reason: str) -> None:
        """Take connections out of a subscription, with a `left` frame; `reason` is "left" or "removed"."""
        for connection in list(connections):
            if connection in subscription.connections:
                self._drop(subscription, connection)
                connection.push(Left(subscription.channel, reason).encode())

    # ------------------------------------------------------------- small events

    def _show_typing(self, event: TypingEvent) -> None:
        subscription = self.subscriptions.get(event.channel)
        frame = Typing(event.channel, event.member).encode()
        for connection in subscription.connections if subscription else ():
            if str(connection.member.id) != event.member:
                connection.push(frame, may_drop=True)

    def _show_person(self, event: PersonEvent) -> None:
        """Push the frame once to each connection that shares a channel with the person."""
        subscriptions = [subscription for channel in event.channels if (subscription := self.subscriptions.get(channel))]
        for connection in {connection for subscription in subscriptions for connection in subscription.connections}:
            connection.push(event.person)

    def _show_read(self, event: ReadEvent) -> None:
        """Tell the member's connections how far they have read; the one that said so where it gave a `ref`, for its other tabs."""
        read = Read(event.channel, event.mark.seq, event.mark.unread, event.mark.version)
        frame = read.encode()
        for connection in self.members.get(event.member, ()):
            if connection.id != event.by:
                connection.push(frame)
            elif event.ref is not None:
                connection.push(msgspec.structs.replace(read, ref=event.ref).encode())

    # ------------------------------------------------------------- every second

    async def _check_forever(self) -> None:
        while True:
            started = time.monotonic()
            with contextlib.suppress(Exception):
                await self.check()
            if settings.CHAT_POLL_SECONDS:
                await self._poll_versions()
            await asyncio.sleep(max(0.05, (settings.CHAT_POLL_SECONDS or CHECK_SECONDS) - (time.monotonic() - started)))

    async def _poll_versions(self) -> None:
        try:
            versions = await in_thread(liveness.versions, [UUID(channel) for channel in self.subscriptions])
        except Exception as error:
            log.warning("The versions of the channels could not be read: %s", kind(error))
            return
        for channel, version in versions.items():
            subscription = self.subscriptions.get(channel)
            if subscription is not None and subscription.delivered_version is not None and version > subscription.delivered_version:
                subscription.announced_version = max(subscription.announced_version, version)
                self.backfill(subscription)

    def check_soon(self) -> None:
        """Check sessions and memberships now, not only within a second."""
        if not self.checking:
            self.checking = True
            self.spawn(self._check_now())

    async def _check_now(self) -> None:
        self.checking = False
        with contextlib.suppress(Exception):
            await self.check()

    async def check(self) -> None:
        """Close connections whose session or right has ended, subscribe each to exactly its member's channels, and tell of its inbox.

        The subscriptions are noted before the database is read, so that one that was added since then stays.
        """
        connections = [connection for mine in self.members.values() for connection in mine]
        if not connections:
            return
        inside: dict[Connection, set[str]] = {c: set() for c in connections if c.ready and c.has_channels}
        for channel, entered in self.subscriptions.items():
            for connection in entered.connections.keys() & inside.keys():
                inside[connection].add(channel)
        checked = await in_thread(liveness.check, {c.session_key for c in connections}, {c.member.id for c in connections})
        ended = {(c.member.id, channel) for c, channels in inside.items() for channel in channels - checked.channels_of(c.member.id).keys()}
        endings = await in_thread(liveness.endings, ended) if ended else {}
        untold = []
        for connection in connections:
            if code := checked.close_code(connection):
                connection.close(code)
                continue
            standing = checked.people[connection.member.id]
            connection.shows_writing = standing.shows_writing
            if connection.ready and connection.inbox_version != standing.inbox_version:
                untold.append(connection)
            if connection not in inside:  # its hello is being answered, which reads its channels; or it wants none
                continue
            belongs = checked.channels_of(connection.member.id)
            self._apply_memberships(belongs, connection, inside[connection], endings)
            if missing := belongs.keys() - inside[connection]:
                self.spawn(connection.join({channel: belongs[channel] for channel in missing}))
        if untold:
            await self._show_inboxes(untold)

    async def _show_inboxes(self, connections: list[Connection]) -> None:
        inboxes = await in_thread(liveness.inboxes, {connection.member.id for connection in connections})
        for connection in connections:
            inbox = inboxes[connection.member.id]
            connection.inbox_version = inbox.version
            connection.push(inbox.encode())

    def _apply_memberships(
        self, belongs: dict[str, int], connection: Connection, channels: set[str], endings: dict[tuple[UUID, str], str]
    ) -> None:
        """Unsubscribe a connection from `channels` that its member left, and raise the first seq where they rejoined."""
        for channel in channels:
            subscription = self.subscriptions.get(channel)
            if subscription is None or connection not in subscription.connections:
                continue
            if channel in belongs:  # the member may have left and rejoined between two checks
                subscription.connections[connection] = max(subscription.connections[connection], belongs[channel])
            else:
                self.remove(subscription, [connection], endings.get((connection.member.id, channel), "removed"))


_current: Hub | None = None


def current() -> Hub:
    """Return the hub of this process, started with its first connection."""
    global _current
    if _current is None or _current.loop.is_closed():
        _current = Hub()
        _current.start()
    return _current
