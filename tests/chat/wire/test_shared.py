"""One connection for several tabs: each says hello for itself, and every answer names the frame that it answers."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.delivery.stage import Stage
from tests.delivery.wire import Wire, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def stage(sites: None) -> Iterator[Stage]:
    with Stage("sqlite") as stage:
        yield stage


@pytest.fixture(scope="module")
def channel(stage: Stage) -> str:
    return stage.back.make_group("alice", "bob")[1]


async def say(connection: Wire, channel: str, body: str = "Hello", **fields: Any) -> dict[str, Any]:
    client_id = str(uuid.uuid4())
    await connection.send({"type": "send", "channel": channel, "client_id": client_id, "body": body, **fields})
    return await connection.expect("ack", client_id=client_id)


async def test_a_second_hello_is_answered_like_the_first_and_everything_comes_once(stage: Stage, channel: str) -> None:
    """Catches a second tab that waits for ever, and one that has every message come twice."""
    async with wire(stage.site.url(), stage.cookie("alice")) as alice, wire(stage.site.url(), stage.cookie("bob")) as bob:
        first = bob.ready
        again = await bob.hello(ref="b:1")
        assert {**first, "ref": "b:1"} == again
        await bob.expect("inbox")
        await say(alice, channel)
        await bob.expect("changes", channel=channel)
        await stage.checked()
        assert not [frame for frame in await bob.so_far() if frame["type"] == "changes"]


async def test_a_tab_without_a_conversation_comes_first_and_one_with_it_later(stage: Stage, channel: str) -> None:
    """Catches a conversation that hears nothing over a connection that was opened for the inbox alone."""
    async with wire(stage.site.url(), stage.cookie("alice")) as alice, wire(stage.site.url(), stage.cookie("bob"), hello=False) as bob:
        assert (await bob.hello(channels=False))["channels"] == []
        await say(alice, channel)
        await stage.checked()
        assert not [frame for frame in await bob.so_far() if frame["type"] == "changes"]
        ready = await bob.hello(ref="b:1")
        row = (await say(alice, channel))["message"]
        frame = await bob.expect("changes", channel=channel)
        assert (frame["messages"], "ref" in frame) == ([row], False)
        assert (await bob.hello(channels=False, ref="c:1"))["channels"] == []
        await say(alice, channel)
        await bob.expect("changes", channel=channel)
        await stage.checked()
        assert {entry["id"] for entry in ready["channels"]} >= {channel}
        assert not [frame for frame in await bob.so_far() if frame["type"] in ("changes", "joined")]


async def test_what_one_tab_missed_comes_with_its_ref(stage: Stage, channel: str) -> None:
    """Catches a tab that drops all it shows because another one had missed too much."""
    async with wire(stage.site.url(), stage.cookie("alice")) as alice:
        row = (await say(alice, channel))["message"]
        version = row["version"]
        await alice.hello({channel: version - 1}, ref="b:1")
        assert (await alice.expect("changes", ref="b:1"))["messages"] == [row]
        await alice.hello({channel: version + 1000}, ref="b:2")
        assert (await alice.expect("reset", ref="b:2"))["version"] == version
        await alice.send({"type": "sync", "channel": channel, "after": version - 1, "ref": "b:3"})
        assert (await alice.expect("changes", ref="b:3"))["messages"] == [row]
        assert (await alice.expect("synced", ref="b:3"))["version"] == version


async def test_every_answer_names_its_frame(stage: Stage, channel: str) -> None:
    """Catches an answer that every tab takes for its own."""
    async with wire(stage.site.url(), stage.cookie("alice")) as alice:
        acknowledged = await say(alice, channel, ref="b:1")
        assert acknowledged["ref"] == "b:1"
        await alice.send({"type": "ping", "ref": "b:2"})
        assert await alice.expect("pong") == {"type": "pong", "ref": "b:2"}
        no_channel = str(uuid.uuid4())
        for frame in (
            {"type": "send", "channel": no_channel, "client_id": str(uuid.uuid4()), "body": "Hello"},
            {"type": "read", "channel": no_channel, "seq": 1},
            {"type": "sync", "channel": no_channel, "after": 0},
        ):
            await alice.send({**frame, "ref": frame["type"]})
            await alice.expect("error", code="not_found", ref=frame["type"])


async def test_a_read_mark_that_moved_comes_back_for_the_other_tabs(stage: Stage, channel: str) -> None:
    """Catches a group that one tab shows as unread and another as read, and a mark that jumps back under who set it."""
    async with wire(stage.site.url(), stage.cookie("alice")) as alice, wire(stage.site.url(), stage.cookie("bob")) as bob:
        seq = (await say(alice, channel))["message"]["seq"]
        await bob.send({"type": "read", "channel": channel, "seq": seq, "ref": "b:1"})
        assert (await bob.expect("read", seq=seq))["ref"] == "b:1"
        await bob.send({"type": "read", "channel": channel, "seq": 0, "ref": "b:2"})
        assert "ref" not in await bob.expect("read", seq=seq)
        seq = (await say(alice, channel))["message"]["seq"]
        await bob.send({"type": "read", "channel": channel, "seq": seq})
        await stage.checked()
        assert not [frame for frame in await bob.so_far() if frame["type"] == "read"]
