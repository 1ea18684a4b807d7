"""Who writes: members with one or two devices who send, edit, remove, come and go, and remember what they did."""

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


@dataclass(frozen=True)
class Order:
    """An edit or a removal that was asked for; what was answered stands in the client's history under `ref`."""

    client: Client
    message: str
    body: str | None  # None: remove it
    ref: str


@dataclass(frozen=True)
class Coming:
    """That somebody was to be let in, and since when that may have happened."""

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
        self.orders: list[Order] = []
        self.comings: list[Coming] = []
        self.done: Counter[str] = Counter()
        self.quiet = asyncio.Event()

    def _client(self, url: str, person: dict[str, str], suffix: str) -> Client:
        return Client(url, person["cookie"], name=f"{person['id'][-4:]}{suffix}")

    async def talk(self, rate: float) -> None:
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
        own = [row for row in list(client.acked.values())[-20:] if row["channel"] in channels]
        chance = self.source.random()
        if own and chance < 0.15:
            await self._order(client, self.source.choice(own)["id"], f"{client.name} says it better, {n}")
        elif own and chance < 0.22:
            await self._order(client, self.source.choice(own)["id"], None)
        else:
            client.write(self.source.choice(channels), f"{client.name} says {n}")
            self.done["sent"] += 1

    async def _order(self, client: Client, message: str, body: str | None) -> None:
        ref = str(uuid.uuid4())
        frame = {"type": "delete", "id": message} if body is None else {"type": "edit", "id": message, "body": body}
        if not client.live.is_set():
            return
        self.orders.append(Order(client, message, body, ref))
        await client.send({**frame, "ref": ref})
        self.done["edits" if body else "removals of messages"] += 1

    async def come_and_go(self, every: float, *, returns: float) -> None:
        """Let somebody leave or be removed, or with the chance `returns` come back, every so many seconds on average."""
        while not await self._is_quiet_within(self.source.uniform(0.5, 1.5) * every):
            places = [(self.people[k]["id"], group) for group in self.groups for k in group["members"]]
            here = [(member, group) for member, group in places if (member, group["channel"]) in self.inside]
            away = [(member, group) for member, group in places if (member, group["channel"]) not in self.inside]
            if away and self.source.random() < returns:
                await self._come(*self.source.choice(away))
            elif here:
                await self._go(*self.source.choice(here), removed=self.source.random() < 0.5)

    async def _is_quiet_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.quiet.wait(), seconds)
        return self.quiet.is_set()

    async def _come(self, member: str, group: dict[str, Any]) -> None:
        self.comings.append(Coming(member, group["channel"], time.monotonic()))
        if await self._backstage("cast.come(member, group)", member=member, group=group["group"]):
            self.inside.add((member, group["channel"]))
            self.done["came"] += 1

    async def _go(self, member: str, group: dict[str, Any], *, removed: bool) -> None:
        self.inside.discard((member, group["channel"]))
        if await self._backstage("cast.go(member, group, removed=removed)", member=member, group=group["group"], removed=removed):
            self.done["were removed" if removed else "left"] += 1

    async def _backstage(self, code: str, **values: Any) -> bool:
        """True where it worked. Where the database was away nobody knows whether it did; the database tells in the end."""
        try:
            await self.backstage(f"from tests.chaos import cast; {code}", **values)
        except AssertionError:
            return False
        return True
