"""The last message before a silence: nobody writes after it, so no later event can show that its own was lost.

Only the question for the heads, asked every second, heals that. The same scenarios run with that question switched off and
must fail there: otherwise they would prove nothing.
"""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.delivery.checker import Broken
from tests.delivery.client import Client
from tests.delivery.stage import MARGIN, PROMISED, Backstage, Stage, aside
from tests.delivery.wire import Frame, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]
SOON = PROMISED + MARGIN
GIVEN_UP = "Events cannot be passed on"


@pytest.fixture(scope="module")
def deaf(sites: None) -> Iterator[Stage]:
    """Two processes that never ask for the heads."""
    with Stage("cluster", MAINSTAY_POLL_SECONDS="0") as stage:
        yield stage


@asynccontextmanager
async def without_redis(stage: Stage, clients: list[Client], channel: str) -> AsyncIterator[Frame]:
    """Redis away while something is done at the first process, until that has given up telling of it. Gives a message from before."""
    redis = stage.site.redis
    assert redis
    row = await clients[0].say(channel, "Three o'clock.")
    assert all(await asyncio.gather(*(client.shows(channel, row["client_id"], within=SOON) for client in clients)))
    so_often = stage.site.log().count(GIVEN_UP)  # it says so once, until it has told of something again: of that message
    redis.kill()
    try:
        yield row
        await stage.logs(GIVEN_UP, times=so_often + 1)
    finally:
        redis.start()


async def redis_gone_for_one_message(stage: Stage, within: float) -> None:
    """Redis away, one message, Redis back, silence."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with stage.clients("alice", "bob", "faye") as clients:
        async with without_redis(stage, clients, channel):
            await clients[0].say(channel, "Is anybody there?", within=5)
        await stage.agree(clients, channel, within=within)


async def stored_by_one_who_cannot_tell(stage: Stage, within: float) -> None:
    """A process stores a message and dies before it could tell anybody. Redis never fails."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with stage.clients("alice", "bob", "faye") as clients:
        mute = await aside(lambda: Backstage(stage.site, silent=True))
        try:
            await aside(mute.send, "faye", channel, "Nobody was told of this.")
        finally:
            mute.kill()
        await stage.agree(clients, channel, within=within)


async def redis_gone_for_an_edit(stage: Stage, within: float) -> None:
    """Like the first, where the last thing before the silence is a change of what all have already."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with stage.clients("alice", "bob", "faye") as clients:
        async with without_redis(stage, clients, channel) as row:
            answer = await clients[0].ask({"type": "edit", "id": row["id"], "body": "Four o'clock."})
            assert answer["type"] == "ok"
        await stage.agree(clients, channel, within=within)


SCENARIOS = [redis_gone_for_one_message, stored_by_one_who_cannot_tell, redis_gone_for_an_edit]
Scenario = Callable[[Stage, float], Awaitable[None]]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_the_last_change_before_a_silence_reaches_everybody(cluster: Stage, scenario: Scenario) -> None:
    await scenario(cluster, SOON)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_without_the_question_for_the_heads_the_same_change_is_lost(deaf: Stage, scenario: Scenario) -> None:
    """Nothing can show that nothing comes but the time itself: whatever else a server does every second comes round twice in it."""
    with pytest.raises(Broken, match=r"B: .* misses 1 rows"):
        await scenario(deaf, PROMISED)


async def test_news_that_does_not_follow_on_makes_the_server_read_what_lies_between(deaf: Stage) -> None:
    """Catches a server that skips over what it was not told of: here neither the question for the heads nor a `sync` heals it."""
    _group, channel = deaf.back.make_group("alice", "bob")
    mute = await aside(lambda: Backstage(deaf.site, silent=True))
    async with (
        wire(deaf.site.url(0), deaf.cookie("bob")) as near,
        wire(deaf.site.url(1), deaf.cookie("bob")) as far,
        wire(deaf.site.url(0), deaf.cookie("alice")) as alice,
    ):
        try:
            lost = await aside(mute.send, "faye", channel, "Nobody was told of {n}.")
        finally:
            mute.kill()
        await alice.send({"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": "And this?"})
        after = (await alice.expect("ack"))["message"]
        for connection in (near, far):
            cursor, rows = lost[0]["version"] - 1, []
            while cursor < after["version"]:
                frame = await connection.expect("changes", channel=channel)
                assert frame["after"] <= cursor, "a frame skips what is missing"
                cursor, rows = frame["upto"], rows + frame["messages"]
            assert [row["id"] for row in rows] == [lost[0]["id"], after["id"]]


async def test_what_the_deaf_site_lost_was_stored_and_comes_with_a_reconnect(deaf: Stage) -> None:
    """The loss above is a loss of events alone."""
    _group, channel = deaf.back.make_group("alice", "bob")
    async with deaf.clients("alice", "bob") as clients:
        async with without_redis(deaf, clients, channel):
            row = await clients[0].say(channel, "Stored all the same.", within=5)
        far = clients[3]
        await deaf.checked(1)  # its process has come round once more
        await far.so_far()
        assert not await far.shows(channel, row["client_id"], within=0)
        far.cut()
        assert await far.shows(channel, row["client_id"], within=5.0)


async def test_in_one_process_what_another_one_stores_is_seen_within_the_promise(sites: None) -> None:
    """The default site has no way at all to hear of a command that writes: its own question must find it."""
    with Stage("sqlite") as stage:
        _group, channel = stage.back.make_group("alice", "bob")
        async with stage.clients("alice", "bob") as clients:
            started = time.monotonic()
            row = stage.back.send("faye", channel, "From a command.")[0]
            shown = await asyncio.gather(*(client.shows(channel, row["client_id"], within=SOON) for client in clients))
            assert all(shown), f"not there after {time.monotonic() - started:.1f} s"
