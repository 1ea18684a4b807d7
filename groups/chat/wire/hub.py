"""The hub: one a process. It hears of changes, closes gaps from the database, and hands frames to the connections here.

The channel layer carries an event at most once. So the hub keeps, for every channel with connections here, the version up to
which it has delivered everything; an event that does not follow on makes it read the rows between; and every second it asks
the database for the versions of its channels, which alone heals the last message before a silence. With it
goes the liveness check: which of its connections still have a session, a right and their channels.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings

from community.kit.ops import pulse
from community.kit.ops.database import in_thread
from community.kit.ops.logs import kind

from .. import reading
from . import liveness, publish
from .connection import Connection
from .outgoing import Change, ChangeSet, Left, Read, Reset, Typing, changes_frame
from .relay import Relay

log = logging.getLogger("mainstay.chat")
CHECK_SECONDS = 1.0


class Subscription:
    """A channel with connections here: who they are, from where each may read, and how far all of them are."""

    __slots__ = ("announced_version", "channel", "connections", "delivered_version", "is_backfilling")

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.connections: dict[Connection, int] = {}  # to the first seq that each may see
        self.delivered_version: int | None = None  # None until the database has told
        self.announced_version = 0
        self.is_backfilling = False

    @property
    def is_behind(self) -> bool:
        """Something is known to be missing, and somebody is here to have it."""
        return bool(self.connections) and self.delivered_version is not None and self.announced_version > self.delivered_version


class Hub:
    """All connections of this process, and the channels that they are subscribed to."""

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        self.loop = asyncio.get_running_loop()
        self.subscriptions: dict[str, Subscription] = {}
        self.members: dict[UUID, list[Connection]] = defaultdict(list)  # oldest connection first
        self.relay = Relay(self.id, take=self._take, channels=lambda: self.subscriptions)
        self.tasks: set[asyncio.Task[Any]] = set()
        self.checking = False

    def start(self) -> None:
        publish.set_hub(self)
        relaying = (self.relay.listen(), self.relay.pass_on(), self.relay.stay_joined())
        for work in (*relaying, self._stay_true(), pulse.tell(UUID(self.id), self.members)):
            self.spawn(work)

    def spawn(self, work: Any) -> "asyncio.Task[Any]":
        """Run a coroutine beside; the reference keeps it from being collected half-way."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    # ------------------------------------------------------------- events of this process and of others

    def accept(self, group: str, event: publish.Event) -> bool:
        """Take an event from any thread of this process; false where our loop is gone."""
        if self.loop.is_closed():
            return False
        self.loop.call_soon_threadsafe(self._take_own, group, event)
        return True

    def _take_own(self, group: str, event: publish.Event) -> None:
        self._take(event)
        self.relay.send(group, event)

    def _take(self, event: publish.Event) -> None:
        kind = event.get("kind")
        if kind == "changes":
            self.take(publish.change_set_of(event))
        elif kind == "typing":
            self.show_typing(event["channel"], event["member"])
        elif kind == "read":
            self.show_read(UUID(event["member"]), event["channel"], event["mark"], event["by"])
        elif kind == "person":
            self.show_person(event["channels"], event["person"])
        elif kind == "membership" and UUID(event["member"]) in self.members:
            self.check_soon()

    # ------------------------------------------------------------- changes

    def take(self, change_set: ChangeSet) -> None:
        """Hand on what follows our version; read what is missing where it does not."""
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
        """Send a change_set to the subscription, one frame up to and with each removal: no frame spans one.

        What the subscription has already is left out: while rows were read, an event may have come that went further.
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
            else:  # an edit of a message from before their time: covered, but not shown
                connection.push(changes_frame(subscription.channel, after, upto, [c for c in changes if c.seq >= first_seq]))

    def backfill(self, subscription: Subscription) -> None:
        """Read from the database what the subscription has not been told."""
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
        """Too much was missed: those who still belong here load the newest page."""
        await self.check()
        subscription.delivered_version = upto = max(upto, subscription.delivered_version or 0)
        subscription.announced_version = max(upto, subscription.announced_version)
        for connection in list(subscription.connections):
            connection.push(Reset(subscription.channel, upto).encode())

    # ------------------------------------------------------------- connections come and go

    def connect(self, connection: Connection) -> Connection | None:
        """Count a connection of a member; return the oldest where they have too many."""
        mine = self.members[connection.member.id]
        mine.append(connection)
        return mine[0] if len(mine) > connection.MOST else None

    def disconnect(self, connection: Connection) -> None:
        mine = self.members.get(connection.member.id, [])
        if connection in mine:
            mine.remove(connection)
        if not mine:
            self.members.pop(connection.member.id, None)
        for channel in [c for c, subscription in self.subscriptions.items() if connection in subscription.connections]:
            self._drop(self.subscriptions[channel], connection)

    async def subscribe(self, connection: Connection, places: Iterable[tuple[str, int]]) -> None:
        """Put a connection into subscriptions, each given as (channel, first seq), so that nothing committed from now on passes it by."""
        new = []
        for channel, first_seq in places:
            subscription = self.subscriptions.get(channel)
            if subscription is None:
                subscription = self.subscriptions[channel] = Subscription(channel)
            if subscription.delivered_version is None:
                new.append(subscription)
            subscription.connections[connection] = first_seq
        if not new:
            return
        with contextlib.suppress(Exception):  # the layer may be away: the versions are asked for every second anyway
            await self.relay.join()
        versions = await in_thread(liveness.versions, [UUID(subscription.channel) for subscription in new])
        for subscription in new:
            if subscription.delivered_version is None:
                subscription.delivered_version = versions.get(subscription.channel, 0)
            if subscription.announced_version > subscription.delivered_version:
                self.backfill(subscription)

    def unsubscribe(self, channel: str, connection: Connection) -> None:
        """Take a connection out of a subscription without a word to it."""
        if subscription := self.subscriptions.get(channel):
            self._drop(subscription, connection)

    def _drop(self, subscription: Subscription, connection: Connection) -> None:
        subscription.connections.pop(connection, None)
        if not subscription.connections:
            self.subscriptions.pop(subscription.channel, None)

    def remove(self, subscription: Subscription, connections: Iterable[Connection], reason: str) -> None:
        """Take connections out of a subscription and tell them why."""
        for connection in list(connections):
            if connection in subscription.connections:
                self._drop(subscription, connection)
                connection.push(Left(subscription.channel, reason).encode())

    # ------------------------------------------------------------- small events

    def show_typing(self, channel: str, member: str) -> None:
        subscription = self.subscriptions.get(channel)
        frame = Typing(channel, member).encode()
        for connection in subscription.connections if subscription else ():
            if str(connection.member.id) != member:
                connection.push(frame, may_drop=True)

    def show_person(self, channels: Iterable[str], person: str) -> None:
        """Hand on what somebody is called now, once to each connection that shares a channel with them."""
        subscriptions = [subscription for channel in channels if (subscription := self.subscriptions.get(channel))]
        for connection in {connection for subscription in subscriptions for connection in subscription.connections}:
            connection.push(person)

    def show_read(self, member: UUID, channel: str, mark: dict[str, int], by: str) -> None:
        """Tell the member's screens how far they have read, but for the one that said so."""
        frame = Read(channel, **mark).encode()
        for connection in self.members.get(member, ()):
            if connection.id != by:
                connection.push(frame)

    # ------------------------------------------------------------- every second

    async def _stay_true(self) -> None:
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
        """Check sessions and memberships now instead of with the next check."""
        if not self.checking:
            self.checking = True
            self.spawn(self._check_now())

    async def _check_now(self) -> None:
        self.checking = False
        with contextlib.suppress(Exception):
            await self.check()

    async def check(self) -> None:
        """Close connections whose session or right is gone, and bring each into the subscriptions where its member belongs now.

        What is compared was all in place before the database was asked, so a connection that has just come in stays.
        """
        connections = [connection for mine in self.members.values() for connection in mine]
        if not connections:
            return
        inside: dict[Connection, set[str]] = {connection: set() for connection in connections if connection.ready}
        for channel, entered in self.subscriptions.items():
            for connection in entered.connections.keys() & inside.keys():
                inside[connection].add(channel)
        seen = await in_thread(liveness.check, {c.session_key for c in connections}, {c.member.id for c in connections})
        gone = {(c.member.id, channel) for c, channels in inside.items() for channel in channels - seen.channels_of(c.member.id).keys()}
        endings = await in_thread(liveness.endings, gone) if gone else {}
        for connection in connections:
            if code := seen.close_code(connection):
                connection.close(code)
                continue
            connection.shows_writing = seen.people[connection.member.id].shows_writing
            if connection not in inside:  # still being greeted: it asks for its channels itself
                continue
            belongs = seen.channels_of(connection.member.id)
            self._keep_to(belongs, connection, inside[connection], endings)
            if missing := belongs.keys() - inside[connection]:
                self.spawn(connection.join({channel: belongs[channel] for channel in missing}))

    def _keep_to(self, belongs: dict[str, int], connection: Connection, channels: set[str], endings: dict[tuple[UUID, str], str]) -> None:
        """Of the channels where a connection was, end those that are no more its member's; in the others they may begin later by now."""
        for channel in channels:
            subscription = self.subscriptions.get(channel)
            if subscription is None or connection not in subscription.connections:
                continue
            if channel in belongs:  # also who left and came back between two checks
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
