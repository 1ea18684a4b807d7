"""Readers that do not read: they are closed with 4408 and come back by cursor; nobody else notices, and memory stays bounded."""

import asyncio
import json
import os
import time
import uuid

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.delivery.checker import check, read_history
from tests.delivery.stage import MARGIN, PROMISED, Stage
from tests.delivery.wire import dial, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]
LONG = "🌳" * 3900  # some 16 kB of text and as much HTML in one row
MESSAGES = 400
TOO_SLOW = 4408


def _memory(stage: Stage) -> float:
    """What the server process holds in memory, in MiB."""
    child = stage.site.children[0]
    assert child
    with open(f"/proc/{child.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def test_readers_that_stand_still_are_closed_and_harm_nobody(lone: Stage) -> None:
    """Catches a fan-out that waits for each socket in turn, and queues that grow for as long as somebody does not read."""
    _group, channel = lone.back.make_group("alice", "bob")
    stuck = [await dial(lone.site.url(), cookie=lone.cookie("bob"), receive_buffer=16 * 1024, max_queue=4) for _ in range(4)]
    for connection in stuck:
        await connection.send(f'{{"type": "hello", "v": 1, "cursors": {{"{channel}": 3}}}}')
    async with lone.client("alice") as alice, lone.client("faye") as faye:
        await alice.say(channel, "Warm.")
        before, longest = _memory(lone), 0.0
        for n in range(MESSAGES):
            started = time.monotonic()
            row = await alice.say(channel, f"{n} {LONG}")
            assert await faye.shows(channel, row["client_id"], within=PROMISED + MARGIN)
            longest = max(longest, time.monotonic() - started)
        grown = _memory(lone) - before
        assert longest < PROMISED + MARGIN, f"one message took {longest:.1f} s to reach a healthy reader"
        assert grown < 60, f"the server grew by {grown:.0f} MiB for four readers that do not read"
        ends = await asyncio.gather(*(_end_of(connection) for connection in stuck))
        assert [code for code, _rows in ends] == [TOO_SLOW] * len(stuck)
        stored = read_history(lone.site.url(), lone.cookie("alice"), channel)
        check(stored, [alice, faye], channel)
    async with wire(lone.site.url(), lone.cookie("bob"), cursors={channel: stored[-1]["version"] - 20}) as back:
        got = 0
        while got < 20:
            got += len((await back.expect("changes", channel=channel))["messages"])
        assert got == 20, "who was too slow resumes by cursor"


async def test_a_reader_may_take_long_over_what_it_missed_unless_its_session_ends(lone: Stage) -> None:
    """Catches a slow phone that is told its page is outdated, since the time for hello ran on, and one nobody watches meanwhile."""
    channels = [lone.back.make_group("alice", "bob")[1] for _ in range(2)]  # more than the machine itself keeps for one connection
    for channel in channels:
        lone.back.send("alice", channel, LONG, count=190)
    cookie = lone.back.fresh_session("bob")
    slow = [await dial(lone.site.url(), cookie=cookie, receive_buffer=16 * 1024, max_queue=1) for _ in range(2)]
    for connection in slow:
        await connection.send(json.dumps({"type": "hello", "v": 1, "cursors": dict.fromkeys(channels, 3)}))
    await asyncio.sleep(10.5)  # the ten seconds themselves that a `hello` may take, since what must not happen would happen at their end
    first, second = slow
    rows = 0
    async with asyncio.timeout(20):
        while rows < 380:
            rows += str(await first.recv()).count('"client_id":')
    await first.close()
    lone.site.sql("DELETE FROM django_session WHERE session_key = %s", cookie.split("=", 1)[1])
    await lone.checked()
    code, rows = await _end_of(second)
    assert code == 4401 and rows < 380, "it was closed when it had read everything, and not before"


async def _end_of(connection: ClientConnection) -> tuple[int | None, int]:
    """Begin to read at last, to the end; return the code of it and how many rows came."""
    rows = 0
    try:
        async with asyncio.timeout(45):
            while True:
                rows += str(await connection.recv()).count('"client_id":')
    except ConnectionClosed:
        return connection.close_code, rows


async def test_what_may_be_dropped_never_closes_a_connection(lone: Stage) -> None:
    """Typing is shed when a reader is behind: a flood of it alone must not cost anybody the connection."""
    _group, channel = lone.back.make_group("alice", "bob")
    stuck = await dial(lone.site.url(), cookie=lone.cookie("bob"), receive_buffer=16 * 1024, max_queue=4)
    await stuck.send('{"type": "hello", "v": 1}')
    async with wire(lone.site.url(), lone.cookie("alice")) as alice:
        for n in range(3000):
            await alice.send({"type": "typing", "channel": channel})
            if n % 50 == 0:
                assert await alice.is_alive()
        frame = {"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": "At last."}
        await alice.send(frame)
        await alice.expect("ack")
    async with asyncio.timeout(20):
        while frame["client_id"] not in await stuck.recv():
            pass
    await stuck.close()
