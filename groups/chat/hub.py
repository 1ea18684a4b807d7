"""The hub: one a process. It hears of changes, closes gaps from the database, and hands frames to the sockets here.

The channel layer carries an event at most once. So the hub keeps, for every channel with sockets here, the version up to
which it has delivered everything; an event that does not follow on makes it read the rows between; and every second it asks
the database for the heads of its channels, which alone heals the last message before a silence. In the same beat it
checks the sessions and memberships of its sockets.
"""

import asyncio
import contextlib
import itertools
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings

from community.kit import pulse
from community.kit.database import in_thread
from community.kit.logs import kind

from . import beat, publish, reading
from .connection import Connection
from .frames import Change, ChangeSet, changes_frame, encode

log = logging.getLogger("mainstay.chat")
BEAT_SECONDS = 1.0
LAYER_QUEUE = 2000  # events waiting for the layer; more is dropped, and read by the others from the database
REJOIN_BEATS = 60


class Room:
    """A channel with sockets here: who they are, from where each may read, and how far all of them are."""

    __slots__ = ("channel", "filling", "head", "heard", "sockets")

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.sockets: dict[Connection, int] = {}  # to the first seq that each may see
        self.head: int | None = None  # None until the database has told
        self.heard = 0
        self.filling = False


class Hub:
    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        self.loop = asyncio.get_running_loop()
        self.rooms: dict[str, Room] = {}
        self.members: dict[UUID, list[Connection]] = defaultdict(list)  # oldest socket first
        self.layer: Any = get_channel_layer()
        self.layer_channel = ""
        self.joined: set[str] = set()  # layer groups that we are in
        self.outgoing: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(LAYER_QUEUE)
        self.tasks: set[asyncio.Task[Any]] = set()
        self.looking = False

    def start(self) -> None:
        publish.set_hub(self)
        for work in (self._listen(), self._pass_on(), self._stay_joined(), self._beat(), pulse.tell(UUID(self.id), self.members)):
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
        self.send_to_others(group, event)

    def send_to_others(self, group: str, event: publish.Event) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self.outgoing.put_nowait((group, event))

    async def _pass_on(self) -> None:
        quiet = False
        while True:
            group, event = await self.outgoing.get()
            try:
                message = {"type": "event", "origin": self.id, **event}
                await asyncio.wait_for(self.layer.group_send(group, message), publish.SEND_SECONDS)
                quiet = False
            except Exception as error:
                if not quiet:
                    log.warning("Events cannot be passed on (%s); other processes read the database.", type(error).__name__)
                quiet = True

    async def _listen(self) -> None:
        while True:
            try:
                if not self.layer_channel:
                    self.layer_channel = await self.layer.new_channel()
                    await self._join_groups()
                event = await self.layer.receive(self.layer_channel)
                if event.get("origin") != self.id:
                    self._take(event)
            except Exception as error:
                log.warning("The channel layer is away (%s); the database is asked meanwhile.", type(error).__name__)
                await asyncio.sleep(BEAT_SECONDS)

    async def _stay_joined(self) -> None:
        """Join and leave as rooms come and go. Beside the beat: a layer that hangs must not keep that from ending rights in time."""
        for count in itertools.count(1):
            if count % REJOIN_BEATS == 0:
                self.joined.clear()  # a layer that lost its memory, or let us expire, hears of us again
            try:
                await self._join_groups()
            except Exception as error:
                log.debug("The channel layer is away: %s", error)
            await asyncio.sleep(BEAT_SECONDS)

    async def _join_groups(self) -> None:
        """Be in the layer group of every room here and of all hubs; whatever fails is tried again a second later."""
        wanted = {publish.EVERYONE, *(publish.group_of(channel) for channel in self.rooms)}
        if not self.layer_channel:
            return
        for group in wanted - self.joined:
            await asyncio.wait_for(self.layer.group_add(group, self.layer_channel), publish.SEND_SECONDS)
            self.joined.add(group)
        for group in self.joined - wanted:
            self.joined.discard(group)
            await asyncio.wait_for(self.layer.group_discard(group, self.layer_channel), publish.SEND_SECONDS)

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
            self.look_soon()

    # ------------------------------------------------------------- changes

    def take(self, change_set: ChangeSet) -> None:
        """Hand on what follows our head; read what is missing where it does not."""
        room = self.rooms.get(change_set.channel)
        if room is None:
            return
        room.heard = max(room.heard, change_set.upto)
        if room.head is None or change_set.upto <= room.head:
            return
        if change_set.after > room.head:
            self.fill(room)
        else:
            self._deliver(room, change_set)

    def _deliver(self, room: Room, change_set: ChangeSet) -> None:
        """Send a change_set to the room, one frame up to and with each removal: no frame spans one.

        What the room has already is left out: while rows were read, an event may have come that went further.
        """
        if room.head is None or change_set.upto <= room.head:
            return
        change_set = change_set.above(room.head)
        start, frame = change_set.after, []
        for change in change_set.changes:
            frame.append(change)
            if change.word in ("left", "removed"):
                self._emit(room, start, change.version, frame)
                start, frame = change.version, []
                self.expel(room, [s for s in room.sockets if str(s.member.id) == change.member], change.word)
            elif change.word == "joined" and UUID(change.member) in self.members:
                self.look_soon()
        if start < change_set.upto:
            self._emit(room, start, change_set.upto, frame)
        room.head = change_set.upto

    def _emit(self, room: Room, after: int, upto: int, changes: list[Change]) -> None:
        for change in changes:
            if change.person:
                for socket in room.sockets:
                    socket.push(change.person)
        whole = changes_frame(room.channel, after, upto, changes)
        oldest = min((change.seq for change in changes), default=0)
        for socket, first_seq in room.sockets.items():
            if first_seq <= oldest:
                socket.push(whole)
            else:  # an edit of a message from before their time: covered, but not shown
                socket.push(changes_frame(room.channel, after, upto, [c for c in changes if c.seq >= first_seq]))

    def fill(self, room: Room) -> None:
        """Read from the database what the room has not been told."""
        if not room.filling:
            room.filling = True
            self.spawn(self._fill(room))

    async def _fill(self, room: Room) -> None:
        try:
            while room.head is not None and room.heard > room.head and room.sockets:
                head = room.head
                missed = await in_thread(reading.changes_above, UUID(room.channel), head)
                if missed.changes is None:
                    await self._start_over(room, missed.upto)
                else:
                    room.heard = max(room.heard, missed.upto) if missed.upto > head else head
                    self._deliver(room, ChangeSet(room.channel, head, missed.upto, missed.changes))
        except Exception as error:
            log.warning("A gap could not be read (%s); the next beat tries again.", kind(error))
        finally:
            room.filling = False

    async def _start_over(self, room: Room, upto: int) -> None:
        """Too much was missed: those who still belong here load the newest page."""
        await self.look()
        room.head = upto = max(upto, room.head or 0)
        room.heard = max(upto, room.heard)
        for socket in list(room.sockets):
            socket.push(encode({"type": "reset", "channel": room.channel, "version": upto}))

    # ------------------------------------------------------------- sockets come and go

    def add(self, socket: Connection) -> Connection | None:
        """Count a socket of a member; return the oldest where they have too many."""
        mine = self.members[socket.member.id]
        mine.append(socket)
        return mine[0] if len(mine) > socket.MOST else None

    def remove(self, socket: Connection) -> None:
        mine = self.members.get(socket.member.id, [])
        if socket in mine:
            mine.remove(socket)
        if not mine:
            self.members.pop(socket.member.id, None)
        for channel in [c for c, room in self.rooms.items() if socket in room.sockets]:
            self._take_out(self.rooms[channel], socket)

    async def enter(self, socket: Connection, places: Iterable[tuple[str, int]]) -> None:
        """Put a socket into rooms, each given as (channel, first seq), so that nothing committed from now on passes it by."""
        new = []
        for channel, first_seq in places:
            room = self.rooms.get(channel)
            if room is None:
                room = self.rooms[channel] = Room(channel)
            if room.head is None:
                new.append(room)
            room.sockets[socket] = first_seq
        if not new:
            return
        with contextlib.suppress(Exception):  # the layer may be away: the heads are asked for every second anyway
            await self._join_groups()
        heads = await in_thread(beat.heads, [UUID(room.channel) for room in new])
        for room in new:
            if room.head is None:
                room.head = heads.get(room.channel, 0)
            if room.heard > room.head:
                self.fill(room)

    def leave(self, channel: str, socket: Connection) -> None:
        """Take a socket out of a room without a word to it."""
        if room := self.rooms.get(channel):
            self._take_out(room, socket)

    def _take_out(self, room: Room, socket: Connection) -> None:
        room.sockets.pop(socket, None)
        if not room.sockets:
            self.rooms.pop(room.channel, None)

    def expel(self, room: Room, sockets: Iterable[Connection], reason: str) -> None:
        """Take sockets out of a room and tell them why."""
        for socket in list(sockets):
            if socket in room.sockets:
                self._take_out(room, socket)
                socket.push(encode({"type": "left", "channel": room.channel, "reason": reason}))

    # ------------------------------------------------------------- small events

    def show_typing(self, channel: str, member: str) -> None:
        room = self.rooms.get(channel)
        frame = encode({"type": "typing", "channel": channel, "member": member})
        for socket in room.sockets if room else ():
            if str(socket.member.id) != member:
                socket.push(frame, may_drop=True)

    def show_person(self, channels: Iterable[str], person: str) -> None:
        """Hand on what somebody is called now, once to each socket that shares a channel with them."""
        rooms = [room for channel in channels if (room := self.rooms.get(channel))]
        for socket in {socket for room in rooms for socket in room.sockets}:
            socket.push(person)

    def show_read(self, member: UUID, channel: str, mark: dict[str, int], by: str) -> None:
        """Tell the member's screens how far they have read, but for the one that said so."""
        frame = encode({"type": "read", "channel": channel, **mark})
        for socket in self.members.get(member, ()):
            if socket.id != by:
                socket.push(frame)

    # ------------------------------------------------------------- every second

    async def _beat(self) -> None:
        while True:
            started = time.monotonic()
            with contextlib.suppress(Exception):
                await self.look()
            if settings.CHAT_POLL_SECONDS:
                await self._ask_heads()
            await asyncio.sleep(max(0.05, (settings.CHAT_POLL_SECONDS or BEAT_SECONDS) - (time.monotonic() - started)))

    async def _ask_heads(self) -> None:
        try:
            heads = await in_thread(beat.heads, [UUID(channel) for channel in self.rooms])
        except Exception as error:
            log.warning("The heads of the channels could not be read: %s", kind(error))
            return
        for channel, head in heads.items():
            room = self.rooms.get(channel)
            if room is not None and room.head is not None and head > room.head:
                room.heard = max(room.heard, head)
                self.fill(room)

    def look_soon(self) -> None:
        """Check sessions and memberships now instead of with the next beat."""
        if not self.looking:
            self.looking = True
            self.spawn(self._look_now())

    async def _look_now(self) -> None:
        self.looking = False
        with contextlib.suppress(Exception):
            await self.look()

    async def look(self) -> None:
        """Close sockets whose session or right is gone, and bring each into the rooms where its member belongs now.

        What is compared was all in place before the database was asked, so a socket that has just come in stays.
        """
        sockets = [socket for mine in self.members.values() for socket in mine]
        if not sockets:
            return
        inside: dict[Connection, set[str]] = {socket: set() for socket in sockets if socket.ready}
        for channel, entered in self.rooms.items():
            for socket in entered.sockets.keys() & inside.keys():
                inside[socket].add(channel)
        seen = await in_thread(beat.look, {s.session_key for s in sockets}, {s.member.id for s in sockets})
        gone = {(s.member.id, channel) for s, rooms in inside.items() for channel in rooms - seen.places_of(s.member.id).keys()}
        endings = await in_thread(beat.endings, gone) if gone else {}
        for socket in sockets:
            if code := seen.close_code(socket.session_key, socket.member.id, socket.password, used_factor=socket.used_factor):
                socket.close(code)
                continue
            socket.shows_writing = seen.people[socket.member.id].shows_writing
            if socket not in inside:  # still being greeted: it asks for its channels itself
                continue
            belongs = seen.places_of(socket.member.id)
            self._keep_to(belongs, socket, inside[socket], endings)
            if missing := belongs.keys() - inside[socket]:
                self.spawn(socket.join({channel: belongs[channel] for channel in missing}))

    def _keep_to(self, belongs: dict[str, int], socket: Connection, channels: set[str], endings: dict[tuple[UUID, str], str]) -> None:
        """Of the channels where a socket was, end those that are no more its member's; in the others they may begin later by now."""
        for channel in channels:
            room = self.rooms.get(channel)
            if room is None or socket not in room.sockets:
                continue
            if channel in belongs:  # also who left and came back between two beats
                room.sockets[socket] = max(room.sockets[socket], belongs[channel])
            else:
                self.expel(room, [socket], endings.get((socket.member.id, channel), "removed"))


_current: Hub | None = None


def current() -> Hub:
    """Return the hub of this process, started with its first socket."""
    global _current
    if _current is None or _current.loop.is_closed():
        _current = Hub()
        _current.start()
    return _current
