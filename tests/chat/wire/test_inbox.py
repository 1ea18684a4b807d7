"""What a connected member hears of their inbox: how much is unread in it, soon and as often as that changes."""

import json
from collections.abc import Iterator

import pytest

from tests.delivery.stage import Stage
from tests.delivery.wire import wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

MENTION = """
chat.send(member=person("alice"), channel=uuid.UUID(channel), client_id=uuid.uuid4(), body="Are you there, @Bob?")
from community.notifications import expansion
expansion.run()
"""
READ = """
from community.notifications.actions import mark_all_read
mark_all_read(person("bob"))
"""


@pytest.fixture(scope="module")
def stage(sites: None) -> Iterator[Stage]:
    with Stage("sqlite") as stage:
        yield stage


async def test_a_mention_is_counted_on_every_connection_of_its_member_and_on_no_other(stage: Stage) -> None:
    """Catches a number that is right on one of two tabs, that stays after reading, or that tells somebody of another's inbox."""
    stage.back.run(READ)
    cookie = stage.cookie("bob")
    async with (
        wire(stage.site.url(), cookie) as one,
        wire(stage.site.url(), cookie) as two,
        wire(stage.site.url(), stage.cookie("faye")) as faye,
    ):
        before = (await one.expect("inbox", count=0))["version"]
        await two.expect("inbox", count=0)
        theirs = await faye.expect("inbox")
        stage.back.run(MENTION, channel=stage.site.ids["channel"])
        for connection in (one, two):
            assert (await connection.expect("inbox", count=1))["version"] > before
        stage.back.run(READ)
        for connection in (one, two):
            await connection.expect("inbox", count=0)
        later = [frame for frame in await faye.so_far(inbox=True) if frame["type"] == "inbox"]
        assert all(frame["version"] > theirs["version"] for frame in later) and not any("Bob" in json.dumps(frame) for frame in later)


async def test_who_comes_later_is_told_at_once(stage: Stage) -> None:
    """Catches a page that knows its number only after the next change."""
    stage.back.run(READ)
    stage.back.run(MENTION, channel=stage.site.ids["channel"])
    async with wire(stage.site.url(), stage.cookie("bob")) as connection:
        await connection.expect("inbox", count=1)
        await stage.checked()
        assert [f for f in await connection.so_far(inbox=True) if f["type"] == "inbox"] == [], "and not again with each check"


async def test_a_connection_for_the_inbox_alone_hears_of_no_channel(stage: Stage) -> None:
    """Catches a page without a conversation that is sent every message, and the names of everybody, with each visit."""
    stage.back.run(READ)
    async with wire(stage.site.url(), stage.cookie("bob"), hello=False) as connection:
        ready = await connection.hello(channels=False)
        assert ready["channels"] == ready["people"] == []
        await connection.expect("inbox", count=0)
        stage.back.run(MENTION, channel=stage.site.ids["channel"])
        await connection.expect("inbox", count=1)
        await stage.checked()
        await stage.checked()
        assert await connection.so_far(inbox=True) == []
        stage.back.send("alice", stage.site.ids["channel"], "And now?")
        await connection.send({"type": "sync", "channel": stage.site.ids["channel"], "after": 0})
        await connection.expect("synced", channel=stage.site.ids["channel"])
