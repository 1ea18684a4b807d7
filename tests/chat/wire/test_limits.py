"""Limits of one member: how much they may send, and how many connections they may hold."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.delivery.stage import Stage
from tests.delivery.wire import Unexpected, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def stage(sites: None) -> Iterator[Stage]:
    """A site with the limits that a centre has."""
    with Stage("sqlite", MAINSTAY_SENDS_AT_ONCE="", MAINSTAY_SENDS_PER_SECOND="") as stage:
        yield stage


def _send(channel: str, body: str = "Hello.") -> dict[str, Any]:
    return {"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": body}


async def test_after_fifteen_at_once_the_next_waits_and_others_do_not(stage: Stage) -> None:
    """Catches a limit that is not a member's but a connection's, one that is everybody's, and one that never gives way."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with (
        wire(stage.site.url(), stage.cookie("alice")) as one,
        wire(stage.site.url(), stage.cookie("alice")) as two,
        wire(stage.site.url(), stage.cookie("bob")) as bob,
    ):
        assert one.ready["limits"]["sends_at_once"] == 15 and one.ready["limits"]["sends_per_ten_seconds"] == 10
        connections = (one, two)
        frames = [_send(channel, f"Message {n}") for n in range(20)]
        for n, frame in enumerate(frames):
            await connections[n % 2].send(frame)
        answers = [await connections[n % 2].answer(frame["client_id"]) for n, frame in enumerate(frames)]
        errors = [answer for answer in answers if answer["type"] == "error"]
        assert 4 <= len(errors) <= 5 and {e["code"] for e in errors} == {"rate_limited"}
        wait = errors[-1]["retry_after"]
        assert 0 < wait <= 10
        frame = _send(channel)
        await bob.send(frame)
        await bob.expect("ack", client_id=frame["client_id"])
        await asyncio.sleep(wait + 0.1)  # what was said is a time, and it is the time that is tried
        again = next(f for f in frames if f["client_id"] == errors[0]["client_id"])
        await connections[frames.index(again) % 2].send(again)
        await connections[frames.index(again) % 2].expect("ack", client_id=again["client_id"])


async def test_a_sixth_connection_closes_the_oldest(stage: Stage) -> None:
    """Catches connections without number, and a newest one that is turned away instead."""
    async with AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(wire(stage.site.url(), stage.cookie("faye"))) for _ in range(5)]
        assert all([await connection.is_alive() for connection in connections])
        newest = await stack.enter_async_context(wire(stage.site.url(), stage.cookie("faye")))
        assert await connections[0].closing() == 4409
        assert all([await connection.is_alive() for connection in [*connections[1:], newest]])


async def test_twenty_bad_frames_are_answered_and_no_more(stage: Stage) -> None:
    async with wire(stage.site.url(), stage.cookie("alice")) as connection, wire(stage.site.url(), stage.cookie("bob")) as other:
        for _ in range(20):
            await connection.send({"type": "nonsense"})
            await connection.expect("error", code="bad_frame")
        assert await connection.is_alive()
        await connection.send({"type": "nonsense"})
        assert await connection.closing() == 4429
        assert await other.is_alive()


async def test_a_flood_of_good_frames_ends_too(stage: Stage) -> None:
    """Catches a member who keeps the server busy with frames that are each allowed."""
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        with pytest.raises((ConnectionClosed, Unexpected)):
            async with asyncio.timeout(20):
                while True:
                    await asyncio.gather(*(connection.send({"type": "ping"}) for _ in range(100)))
                    for _ in range(100):
                        await connection.expect("pong")
        assert connection.raw.close_code == 4429
