"""One run: people write, faults happen, silence, judgement."""

import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.checker import TOLD, Broken, Evidence, judge
from tests.chaos.crowd import Crowd
from tests.chaos.plan import Fault
from tests.chaos.proxy import ProxiedConnection, Proxy
from tests.chaos.site import ChaosSite
from tests.delivery.checker import read_history
from tests.delivery.client import Client
from tests.delivery.stage import MARGIN, PROMISED, Backstage

HEALED = 60.0  # seconds within which all must be back and every message answered once nothing breaks any more
HANDS = ThreadPoolExecutor(8, thread_name_prefix="chaos")  # a server dies with the thread that started it, so these stay


@dataclass
class Report:
    """What a run did, what broke in it, and what that broke."""

    broken: list[Broken] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class Run:
    """`members` in `channels`, for `seconds`; `rate` is what they do in a second, `faults` what happens meanwhile."""

    def __init__(
        self, site: ChaosSite, faults: list[Fault], *, seconds: float, members: int, channels: int, rate: float, seed: int,
        churn_every: float = 1.5, returns: float = 0.6, patience: float = HEALED, first_sql: str = "", without_backstage: str = "",
    ) -> None:  # fmt: skip
        self.site, self.plan = site, faults
        self.seconds, self.size, self.rate = seconds, (members, channels), rate
        self.churn_every, self.returns, self.patience = churn_every, returns, patience
        self.first_sql, self.without_backstage = first_sql, without_backstage  # of the self-test
        self.source = random.Random(seed)
        self.report = Report()
        self.proxy = Proxy(site.ports)
        self.tasks: set[asyncio.Task[None]] = set()
        self.crowd: Crowd

    async def go(self) -> Report:
        """Carry the run out and judge it. What was printed by the servers stays in the site's folder."""
        await self.proxy.open(self.site.port)
        await self._aside(self.site.__enter__)
        assert self.site.postgresql
        await self._aside(self.site.postgresql.execute, "CHECKPOINT")  # a copied database's sequences are safe from then on
        if self.first_sql:
            await self._aside(self.site.sql, self.first_sql)
        self.back = await self._aside(Backstage, self.site)
        try:
            world = await self._aside(self.back.run, "from tests.chaos import cast; result = cast.make(members, channels)", **self._sizes())
            self.crowd = Crowd(
                self.site.address,
                world,
                second_devices=self.size[0] // 5,
                source=self.source,
                backstage=lambda *a, **k: self._aside(self.back.run, *a, **k),
            )
            if self.without_backstage:
                await self._aside(self.back.run, "from tests.chaos import sabotage; sabotage.switch_off(name)", name=self.without_backstage)
            await self._talk()
            await self._settle()
            self.report.broken += await self._judge()
        finally:
            await asyncio.gather(*(client.__aexit__() for client in self._clients()), return_exceptions=True)
            await self._aside(self.back.close)
            await self.proxy.close()
        return self.report

    def _sizes(self) -> dict[str, int]:
        return dict(zip(("members", "channels"), self.size, strict=True))

    def _clients(self) -> list[Client]:
        return self.crowd.clients if hasattr(self, "crowd") else []

    async def _aside(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(HANDS, lambda: work(*arguments, **named))

    async def _talk(self) -> None:
        """Members connect, and write until the time is up; services break one after the other, connections at any time."""
        for n in range(0, len(self.crowd.clients), 10):
            await asyncio.gather(*(client.__aenter__() for client in self.crowd.clients[n : n + 10]))
        self.started = time.monotonic()
        work = [self.crowd.write(self.rate), self.crowd.join_and_leave(self.churn_every, returns=self.returns)]
        lanes = [[fault for fault in self.plan if (fault.kind in CONNECTION_FAULTS) is on_lines] for on_lines in (True, False)]
        talking = [asyncio.create_task(each) for each in work]
        breaking = [asyncio.create_task(self._break(lane)) for lane in lanes]
        await asyncio.sleep(self.seconds)
        self.crowd.quiet.set()
        await asyncio.gather(*talking)
        self.report.seconds = time.monotonic() - self.started
        await asyncio.gather(*breaking)
        await asyncio.gather(*self.tasks)

    async def _break(self, faults: list[Fault]) -> None:
        for fault in faults:
            await asyncio.sleep(self.started + fault.at - time.monotonic())
            if self.crowd.quiet.is_set():
                return
            if await (CONNECTION_FAULTS | SERVICE_FAULTS)[fault.kind](self, fault.pick):
                self.report.faults[fault.kind] += 1

    # ------------------------------------------------------------- faults; each returns whether it happened

    async def _restart(self, end: Callable[[int], None], pick: float) -> bool:
        n = int(pick * len(self.site.ports))
        await self._aside(end, n)
        await self._aside(self.site.start, n)
        return True

    async def _kill(self, pick: float) -> bool:
        return await self._restart(self.site.kill, pick)

    async def _stop(self, pick: float) -> bool:
        return await self._restart(self.site.stop, pick)

    async def _freeze_server(self, pick: float) -> bool:
        n = int(pick * len(self.site.ports))
        self.site.freeze(n)
        await asyncio.sleep(1.5 + 2.5 * pick)
        self.site.thaw(n)
        return True

    async def _kill_redis(self, _pick: float) -> bool:
        assert self.site.redis
        await self._aside(self.site.redis.restart)
        return True

    async def _stop_redis(self, pick: float) -> bool:
        assert self.site.redis
        await self._aside(self.site.redis.stop)
        await asyncio.sleep(1 + 2 * pick)
        await self._aside(self.site.redis.start)
        return True

    async def _flush_redis(self, _pick: float) -> bool:
        assert self.site.redis
        await self._aside(self.site.redis.flush)
        return True

    async def _restart_postgresql(self, _pick: float) -> bool:
        assert self.site.postgresql
        await self._aside(self.site.postgresql.restart)
        return True

    async def _cut(self, pick: float) -> bool:
        return self._on_a_line(pick, ProxiedConnection.cut)

    async def _cut_listeners(self, _pick: float) -> bool:
        """Cut half the clients, who write no more: words of their own, stored later, would show them what they missed."""
        listeners, self.crowd.writers = self.crowd.clients[::2], self.crowd.clients[1::2]
        await asyncio.sleep(0.3)  # until what they wrote is stored
        for client in listeners:
            client.cut()
        return True

    async def _dead(self, pick: float) -> bool:
        return self._on_a_line(pick, lambda connection: self._beside(connection.die(2 + 3 * pick)))

    async def _freeze_client(self, pick: float) -> bool:
        return self._on_a_line(pick, lambda connection: self._beside(connection.freeze(1 + 4 * pick)))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.add(asyncio.create_task(work))

    def _on_a_line(self, pick: float, deed: Callable[[ProxiedConnection], None]) -> bool:
        connections = self.proxy.sockets
        if connections:
            deed(connections[int(pick * len(connections))])
        return bool(connections)

    # ------------------------------------------------------------- silence and judgement

    async def _settle(self) -> None:
        """Wait until everybody is back and every message has its answer; then as long as a promise may take, in silence."""
        deadline = time.monotonic() + self.patience
        while waiting := [client for client in self.crowd.clients if not self._is_settled(client)]:
            if time.monotonic() > deadline or any(client.closed_for_good for client in waiting):
                states = [(client.name, client.live.is_set(), len(client.outbox), client.closed_for_good) for client in waiting[:5]]
                self.report.broken.append(Broken("everybody reconnects", f"name, live, unanswered, closed for good: {states}"))
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(PROMISED + MARGIN)
        while await self._aside(self.site.is_telling):
            if time.monotonic() > deadline:
                self.report.broken.append(Broken(TOLD, "something has changed of which nobody was notified in all that time"))
                break
            await asyncio.sleep(0.2)

    def _is_settled(self, client: Client) -> bool:
        return client.live.is_set() and not client.outbox and not any(stream.must_load for stream in client.streams.values())

    async def _judge(self) -> list[Broken]:
        participants = await self._aside(self.site.participants)
        cookies = {person["id"]: person["cookie"] for person in self.crowd.people}
        current = [key for key, (_first, left) in participants.items() if left is None and key[0] in cookies]
        loads = [self._aside(read_history, self.site.address, cookies[member], channel) for member, channel in current]
        mine = {key: seqs for key, seqs in participants.items() if key[0] in cookies}
        evidence = Evidence(
            clients=self.crowd.member_of,
            stored=await self._aside(self.site.stored),
            newest=await self._aside(self.site.newest),
            participants=mine,
            fresh=dict(zip(current, await asyncio.gather(*loads), strict=True)),
            join_attempts=self.crowd.join_attempts,
            commands=self.crowd.commands,
            # The facilitator takes part, and none of the clients is hers.
            notified=[
                each for each in await self._aside(self.site.notified) if (each.member, each.channel) not in participants.keys() - mine
            ],
            blocks=await self._aside(self.site.blocks),
        )
        broken = judge(evidence)
        self._count(evidence)
        return broken

    def _count(self, evidence: Evidence) -> None:
        self.report.checks = evidence.checks
        self.report.faults.update(self.site.faults_of_events())
        self.report.done = self.crowd.done + Counter(
            {
                "acked": sum(len(client.acked) for client in self.crowd.clients),
                "connections lost": sum(len(client.breaks) for client in self.crowd.clients),
            }
        )

    def keep(self) -> Path:
        """Copy what the servers printed and what the clients received to a folder of their own, and return it."""
        folder = Path(tempfile.mkdtemp(prefix="mainstay-chaos-"))
        for log in self.site.folder.glob("log-*"):
            shutil.copy(log, folder)
        for client in self._clients():
            history = (f"{when:.3f} {way} {what}\n" for when, way, what in client.history)
            (folder / f"{client.name}.txt").write_text("".join(history))
        return folder


CONNECTION_FAULTS: dict[str, Any] = {
    "connection cut": Run._cut,
    "connection dead": Run._dead,
    "client frozen": Run._freeze_client,
    "listeners cut": Run._cut_listeners,
}
SERVICE_FAULTS: dict[str, Any] = {
    "server killed": Run._kill, "server stopped": Run._stop, "server frozen": Run._freeze_server, "Redis killed": Run._kill_redis,
    "Redis stopped": Run._stop_redis, "Redis flushed": Run._flush_redis, "PostgreSQL restarted": Run._restart_postgresql,
}  # fmt: skip
