"""Who writes: members with one or two devices who send, reply, edit, remove, react, join and leave, and record what they did."""

import asyncio
import contextlib
import random
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.delivery.client import Client

Backstage = Callable[..., Awaitable[Any]]  # runs code in a process of the site, and raises AssertionError where that failed
EMOJI = ("heart", "hug", "strong", "thanks", "same", "celebrate")  # in the order of rows
TEXT, STANDS = "text", "stands"
UNDO_WINDOW = 30.0  # seconds


@dataclass(frozen=True)
class Command:
    """What was asked for of a message; what was answered stands in the client's history under `ref`.

    `what` is to become `value`. TEXT: some words. STANDS: False to remove it, True to restore it. One of EMOJI: whether the member gave it.
    """

    client: Client
    message: str
    what: str
    value: str | bool
    ref: str
    at: float  # when it was sent

    def frame(self) -> dict[str, Any]:
        if self.what == TEXT:
            return {"type": "edit", "id": self.message, "body": self.value, "ref": self.ref}
        if self.what == STANDS:
            return {"type": "delete", "id": self.message, "on": not self.value, "ref": self.ref}
        return {"type": "react", "id": self.message, "emoji": self.what, "on": self.value, "ref": self.ref}


@dataclass(frozen=True)
class JoinAttempt:
    """That somebody was to join a channel, and since when that may have happened."""

    member: str
    channel: str
    at: float


class Crowd:
    """`world` is what `cast.make` returned."""

    def __init__(self, url: str, world: dict[str, Any], *, second_devices: int, source: random.Random, backstage: Backstage) -> None:
        self.source, self.backstage = source, backstage
        self.groups = world["groups"]
        self.people = world["people"]
        self.inside = {(self.people[k]["id"], group["channel"]) for group in self.groups for k in group["members"]}
        self.clients = [self._client(url, person, "") for person in self.people]
        self.clients += [self._client(url, person, "'s other") for person in self.people[:second_devices]]
        self.writers = self.clients
        self.member_of = {
            client: person["id"] for client, person in zip(self.clients, [*self.people, *self.people[:second_devices]], strict=True)
        }
        self.commands: list[Command] = []
        self.removed: dict[Client, tuple[str, float]] = {}  # the last message that each removed, and when
        self.join_attempts: list[JoinAttempt] = []
        self.done: Counter[str] = Counter()
        self.quiet = asyncio.Event()

    def _client(self, url: str, person: dict[str, str], suffix: str) -> Client:
        return Client(url, person["cookie"], name=f"{person['id'][-4:]}{suffix}")

    async def write(self, rate: float) -> None:
        """Do `rate` things a second until it is to be quiet."""
        for n in range(10**9):
            if self.quiet.is_set():
                return
            await self._do_something(n)
            await asyncio.sleep(self.source.expovariate(rate))

    async def _do_something(self, n: int) -> None:
        client = self.source.choice(self.writers)
        channels = [channel for channel in client.streams if (self.member_of[client], channel) in self.inside]
        if not channels:
            return
        channel = self.source.choice(channels)
        seen = [row for row in client.shown(channel)[-8:] if row["kind"] == "text" and row["body"] is not None]
        own = [row for row in list(client.acked.values())[-20:] if row["channel"] in channels]
        chance = self.source.random()
        if own and chance < 0.12:
            await self._command(client, self.source.choice(own)["id"], TEXT, self._words(client, f"says it better, {n}"))
        elif own and chance < 0.19:
            self.removed[client] = self.source.choice(own)["id"], time.monotonic()
            await self._command(client, self.removed[client][0], STANDS, False)
        elif client in self.removed and chance < 0.35:
            message, at = self.removed.pop(client)
            if time.monotonic() - at < UNDO_WINDOW:
                await self._command(client, message, STANDS, True)
        elif seen and chance < 0.5:
            await self._react(client, self.source.choice(seen))
        else:
            answered = self.source.choice(seen)["id"] if seen and self.source.random() < 0.3 else None
            client.write(channel, self._words(client, f"says {n}"), reply_to=answered)
            self.done["replies" if answered else "sent"] += 1

    def _words(self, client: Client, words: str) -> str:
        """Words of one's own, which now and then name somebody, who may be there or not."""
        named = f" to @Member {self.source.randrange(len(self.people))}" if self.source.random() < 0.3 else ""
        return f"{client.name} {words}{named}"

    async def _react(self, client: Client, row: dict[str, Any]) -> None:
        """Add a reaction, or as often remove one."""
        mine = [each["emoji"] for each in row["reactions"] if self.member_of[client] in each["by"]]
        if mine and self.source.random() < 0.5:
            await self._command(client, row["id"], self.source.choice(mine), False)
        else:
            await self._command(client, row["id"], self.source.choice(EMOJI), True)

    async def _command(self, client: Client, message: str, what: str, value: str | bool) -> None:
        if not client.live.is_set():
            return
        command = Command(client, message, what, value, str(uuid.uuid4()), time.monotonic())
        self.commands.append(command)
        await client.send(command.frame())
        kinds = {TEXT: "edits", STANDS: "restored" if value else "removals of messages"}
        self.done[kinds.get(what, "reactions" if value else "reactions removed")] += 1

    async def join_and_leave(self, every: float, *, returns: float) -> None:
        """Let somebody leave or be removed, or with the chance `returns` rejoin, every so many seconds on average."""
        while not await self._is_quiet_within(self.source.uniform(0.5, 1.5) * every):
            members = [(self.people[k]["id"], group) for group in self.groups for k in group["members"]]
            here = [(member, group) for member, group in members if (member, group["channel"]) in self.inside]
            away = [(member, group) for member, group in members if (member, group["channel"]) not in self.inside]
            if away and self.source.random() < returns:
                await self._join(*self.source.choice(away))
            elif here:
                await self._leave(*self.source.choice(here), removed=self.source.random() < 0.5)

    async def _is_quiet_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.quiet.wait(), seconds)
        return self.quiet.is_set()

    async def _join(self, member: str, group: dict[str, Any]) -> None:
        self.join_attempts.append(JoinAttempt(member, group["channel"], time.monotonic()))
        if await self._backstage("cast.join(member, group)", member=member, group=group["group"]):
            self.inside.add((member, group["channel"]))
            self.done["joined"] += 1

    async def _leave(self, member: str, group: dict[str, Any], *, removed: bool) -> None:
        self.inside.discard((member, group["channel"]))
        if await self._backstage("cast.leave(member, group, removed=removed)", member=member, group=group["group"], removed=removed):
            self.done["were removed" if removed else "left"] += 1

    async def _backstage(self, code: str, **values: Any) -> bool:
        """True where it worked. Where the database was away it may or may not have; the database shows in the end."""
        try:
            await self.backstage(f"from tests.chaos import cast; {code}", **values)
        except AssertionError:
            return False
        return True
