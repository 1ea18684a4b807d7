"""Servers, database, Redis and connections that break while people write: then silence, and every acknowledged message is everywhere, once.

What `make chaos` does not look at: how sockets are closed, that sockets and processes outlive Redis and the database, and
that all goes on without Redis.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

import pytest

from tests.delivery.client import Client
from tests.delivery.stage import MARGIN, PROMISED, Stage, aside
from tests.services import Redis

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]
WRITERS = ("alice", "bob", "faye")


async def _talk(clients: list[Client], channel: str, stop: asyncio.Event) -> None:
    """Everybody writes about twenty messages a second until told to stop."""
    for n in itertools.count():
        if stop.is_set():
            return
        client = clients[n % len(clients)]
        client.write(channel, f"{client.name} says {n}")
        await asyncio.sleep(0.05 / len(clients) * 3)  # the pace of the talk: nothing is waited for


async def _all_are_answered(clients: list[Client], channel: str) -> None:
    await asyncio.gather(*(client.answered(client.write(channel, f"{client.name} is still here")) for client in clients))


async def _silence_and_check(stage: Stage, clients: list[Client], channel: str, *, at_least: int = 20) -> None:
    await asyncio.gather(*(client.answered() for client in clients))
    await asyncio.gather(*(asyncio.wait_for(client.live.wait(), 20) for client in clients))
    stored = await stage.agree(clients, channel)
    said = sum(row["kind"] == "text" for row in stored) - len(clients)  # but for everybody's last word
    assert said >= at_least, "too little was written for the fault to hit anything"
    assert not any(client.refused for client in clients)


async def _through(stage: Stage, fault: Callable[[list[Client], str], Awaitable[None]], *, roaming: bool = True) -> list[Client]:
    """Let people talk, let `fault` happen, let them talk on, be silent, and check."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with stage.clients(*WRITERS, roaming=roaming) as clients:
        stop = asyncio.Event()
        talk = asyncio.create_task(_talk(clients, channel, stop))
        assert all(await asyncio.gather(*(client.until(lambda client=client: len(client.acked) >= 3, within=20) for client in clients)))
        await fault(clients, channel)
        await _all_are_answered(clients, channel)
        stop.set()
        await talk
        await _silence_and_check(stage, clients, channel)
    return clients


async def test_all_processes_killed_at_once_come_back_with_everything(cluster: Stage) -> None:
    async def kill_all(_clients: list[Client], _channel: str) -> None:
        cluster.site.kill(0)
        cluster.site.kill(1)
        await asyncio.gather(aside(cluster.site.start, 0), aside(cluster.site.start, 1))

    await _through(cluster, kill_all)


async def test_a_polite_restart_says_1012_and_loses_nothing(cluster: Stage) -> None:
    async def restart(_clients: list[Client], _channel: str) -> None:
        await aside(cluster.site.stop, 1)
        await aside(cluster.site.start, 1)

    clients = await _through(cluster, restart)
    ends = [client.breaks for client in clients if client.name.endswith("@1")]
    assert all(codes and codes[0] == 1012 for codes in ends), f"the sockets of the restarted process were closed with {ends}"


async def test_a_redis_that_restarts_and_forgets_loses_nothing(cluster: Stage) -> None:
    assert cluster.site.redis

    async def restart(clients: list[Client], channel: str) -> None:
        for _ in range(2):
            await aside(cluster.site.redis.restart)  # type: ignore[union-attr]
            await _all_are_answered(clients, channel)
        cluster.site.redis.flush()  # type: ignore[union-attr]

    clients = await _through(cluster, restart)
    assert not any(client.breaks for client in clients), "Redis took sockets with it"


@pytest.mark.parametrize("away", [Redis.stopped, Redis.frozen], ids=["stopped", "frozen"])
async def test_without_redis_messages_are_acknowledged_and_reach_everybody(
    cluster: Stage, away: Callable[[Redis], AbstractContextManager[None]]
) -> None:
    redis = cluster.site.redis
    assert redis
    _group, channel = cluster.back.make_group("alice", "bob")
    async with cluster.clients(*WRITERS) as clients:
        with away(redis):
            alice, others = clients[0], clients[1:]
            for n in range(3):
                started = time.monotonic()
                row = await alice.say(channel, f"without Redis {n}", within=5)
                shown = await asyncio.gather(*(other.shows(channel, row["client_id"], within=PROMISED + MARGIN) for other in others))
                assert all(shown), f"after {time.monotonic() - started:.1f} s some still miss it: {shown}"
            assert not any(client.breaks for client in clients), "Redis took sockets with it"
            await _silence_and_check(cluster, clients, channel, at_least=3)


async def test_a_database_that_restarts_without_farewell_loses_nothing_acknowledged(cluster: Stage) -> None:
    assert cluster.site.postgresql
    # Sequences of a database that was copied are safe from a crash only after a checkpoint.
    cluster.site.postgresql.execute("CHECKPOINT")

    async def restart(_clients: list[Client], _channel: str) -> None:
        for _ in range(2):
            await aside(cluster.site.postgresql.restart)  # type: ignore[union-attr]
            await asyncio.sleep(0.5)  # so that it goes away again while those whom it refused are about to come back

    await _through(cluster, restart)
    assert all(child and child.poll() is None for child in cluster.site.children), "a process died with the database"
