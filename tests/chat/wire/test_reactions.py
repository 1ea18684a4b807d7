"""Six signs under a message, the names in a text, and a removal that is undone, as sockets send and hear of them."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from groups.chat.models import Reaction
from tests.delivery.stage import Stage, aside
from tests.delivery.wire import Wire, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def stage(sites: None) -> Iterator[Stage]:
    with Stage("sqlite") as stage:
        yield stage


@pytest.fixture
def channel(stage: Stage) -> str:
    return stage.back.make_group("alice", "bob")[1]


async def _react(connection: Wire, message: str, emoji: str, on: bool = True) -> None:
    ref = str(uuid.uuid4())
    await connection.send({"type": "react", "id": message, "emoji": emoji, "on": on, "ref": ref})
    await connection.expect("ok", ref=ref)


async def _changed(connection: Wire, channel: str, version: int) -> dict[str, Any]:
    """The row that carries this version."""
    frame = await connection.expect("changes", channel=channel, upto=version)
    found: dict[str, Any] = next(row for row in frame["messages"] if row["version"] == version)
    return found


async def test_each_of_the_six_is_a_change_that_all_hear_and_an_equal_one_is_none(stage: Stage, channel: str) -> None:
    """A sign that only its giver sees, one that counts twice, and a version for nothing."""
    row = (await aside(stage.back.send, "bob", channel, "First day back."))[0]
    ids = stage.site.ids
    async with wire(stage.site.url(), stage.cookie("alice")) as alice, wire(stage.site.url(), stage.cookie("bob")) as bob:
        version = row["version"]
        for emoji in Reaction.Emoji.values:
            for _ in range(2):
                await _react(alice, row["id"], emoji)
            version += 1
            assert (await _changed(bob, channel, version))["reactions"][-1] == {"emoji": emoji, "by": [ids["alice"]]}
        await _react(bob, row["id"], "heart")
        both = await _changed(alice, channel, version + 1)
        assert both["reactions"][0] == {"emoji": "heart", "by": [ids["alice"], ids["bob"]]} and len(both["reactions"]) == 6
        for _ in range(2):
            await _react(alice, row["id"], "heart", on=False)
        left = await _changed(bob, channel, version + 2)
        assert left["reactions"][0] == {"emoji": "heart", "by": [ids["bob"]]} and left["body"] == "First day back."
        assert not [f for f in await bob.so_far() if f["type"] == "changes" and f["upto"] > version + 2]
        await bob.send({"type": "sync", "channel": channel, "after": version + 2})
        await bob.expect("synced", channel=channel, version=version + 2)


async def test_many_at_once_share_a_commit_and_each_is_there_once(stage: Stage, channel: str) -> None:
    """On, off and on again within one commit, which writes a row twice or forgets it."""
    row = (await aside(stage.back.send, "bob", channel, "Thank you all."))[0]
    async with wire(stage.site.url(), stage.cookie("alice")) as alice:
        for number in range(9):
            await alice.send({"type": "react", "id": row["id"], "emoji": "hug", "on": number % 2 == 0, "ref": number})
        for number in range(9):
            await alice.expect("ok", ref=number)
        await alice.send({"type": "sync", "channel": channel, "after": row["version"]})
        await alice.expect("synced", channel=channel)
    found = await aside(stage.back.history, "alice", channel)
    assert found[-1]["reactions"] == [{"emoji": "hug", "by": [stage.site.ids["alice"]]}]


async def test_what_is_no_sign_of_ours_is_refused_in_a_sentence(stage: Stage, channel: str) -> None:
    row = (await aside(stage.back.send, "bob", channel, "Hello."))[0]
    async with wire(stage.site.url(), stage.cookie("alice")) as alice:
        for emoji in ("👍", "", "HEART", "x" * 5000):
            await alice.send({"type": "react", "id": row["id"], "emoji": emoji, "on": True, "ref": "r"})
            assert "one of the six" in (await alice.expect("error", code="bad_frame", ref="r"))["detail"]
        assert await alice.is_alive()


async def test_no_sign_reaches_what_is_gone_hidden_or_a_notice(stage: Stage, channel: str) -> None:
    """A sign under a tombstone, and signs that a tombstone goes on showing."""
    gone, hidden = await aside(lambda: stage.back.send("bob", channel, "Not for long.", count=2))
    async with wire(stage.site.url(), stage.cookie("alice")) as alice:
        await _react(alice, gone["id"], "heart")
        await _react(alice, hidden["id"], "heart")
        await aside(stage.back.delete, "bob", gone["id"])
        await aside(stage.back.hide, hidden["id"])
        rows = await aside(stage.back.history, "alice", channel)
        assert [row["reactions"] for row in rows if row["id"] in (gone["id"], hidden["id"])] == [[], []]
        for id in (gone["id"], hidden["id"], rows[0]["id"]):
            await alice.send({"type": "react", "id": id, "emoji": "hug", "on": True, "ref": id})
            await alice.expect("error", code="not_found", ref=id)


async def test_who_was_away_catches_up_on_signs(stage: Stage, channel: str) -> None:
    """Changes of old messages that only those see who were connected."""
    row = (await aside(stage.back.send, "bob", channel, "Six weeks."))[0]
    async with wire(stage.site.url(), stage.cookie("alice")) as alice:
        await _react(alice, row["id"], "celebrate")
    async with wire(stage.site.url(), stage.cookie("bob"), hello=False) as bob:
        ready = await bob.hello({channel: row["version"]})
        assert next(each for each in ready["channels"] if each["id"] == channel)["unread"] == 0, "a sign is no unread message"
        missed = await bob.expect("changes", channel=channel, upto=row["version"] + 1)
        assert missed["messages"][0]["reactions"] == [{"emoji": "celebrate", "by": [stage.site.ids["alice"]]}]


async def test_names_are_found_whole_among_who_is_there(stage: Stage, channel: str) -> None:
    """A mention of somebody of elsewhere, of half a name, in an address, or of who is no longer called so after an edit."""
    ids = stage.site.ids
    async with wire(stage.site.url(), stage.cookie("alice")) as alice, wire(stage.site.url(), stage.cookie("bob")) as bob:
        for body, named in (
            ("@Bob and @bob, and @Faye: look", ["bob", "faye"]),
            ("@Bobby, bob@Bob.example, @@Bob and @Charlie", []),
            ("Morning (@Bob)!", ["bob"]),
        ):
            frame = {"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": body}
            await alice.send(frame)
            row = (await alice.expect("ack", client_id=frame["client_id"]))["message"]
            assert row["mentions"] == [ids[name] for name in named], body
            assert ("<strong>@Bob</strong>" in row["html"]) is ("bob" in named)
        await alice.send({"type": "edit", "id": row["id"], "body": "Morning `@Bob` @Alice!", "ref": "e"})
        await alice.expect("ok", ref="e")
        changed = await _changed(bob, channel, row["version"] + 1)
        assert changed["mentions"] == [ids["bob"], ids["alice"]]
        assert changed["html"] == "<p>Morning <code>@Bob</code> <strong>@Alice</strong>!</p>"


async def test_a_removal_can_be_undone_at_once_and_by_nobody_else(stage: Stage, channel: str) -> None:
    """A text that is gone by one wrong key, and one that another brings back."""
    row = (await aside(stage.back.send, "alice", channel, "Said too soon. @Bob"))[0]
    async with wire(stage.site.url(), stage.cookie("alice")) as alice, wire(stage.site.url(), stage.cookie("bob")) as bob:
        await _react(bob, row["id"], "thanks")
        before = await _changed(alice, channel, row["version"] + 1)
        await alice.send({"type": "delete", "id": row["id"], "ref": 1})
        await alice.expect("ok", ref=1)
        gone = await _changed(bob, channel, row["version"] + 2)
        assert gone["deleted"] and (gone["body"], gone["html"], gone["reactions"], gone["mentions"]) == (None, None, [], [])
        assert (await aside(stage.back.history, "alice", channel))[-1] == gone, "nobody reads it meanwhile, its author neither"
        await bob.send({"type": "delete", "id": row["id"], "on": False, "ref": 2})
        await bob.expect("error", code="forbidden", ref=2)
        for ref in (3, 4):  # the second is equal, and no change
            await alice.send({"type": "delete", "id": row["id"], "on": False, "ref": ref})
            await alice.expect("ok", ref=ref)
        back = await _changed(bob, channel, row["version"] + 3)
        assert back == before | {"version": row["version"] + 3}
        assert not [f for f in await bob.so_far() if f["type"] == "changes" and f["upto"] > back["version"]]
        await bob.send({"type": "sync", "channel": channel, "after": back["version"]})
        await bob.expect("synced", channel=channel, version=back["version"])


async def test_what_a_moderator_hid_is_not_brought_back(stage: Stage, channel: str) -> None:
    """An author who undoes what the desk decided."""
    row = (await aside(stage.back.send, "alice", channel, "Unkind."))[0]
    await aside(stage.back.delete, "alice", row["id"])
    await aside(stage.back.hide, row["id"])
    async with wire(stage.site.url(), stage.cookie("alice")) as alice:
        await alice.send({"type": "delete", "id": row["id"], "on": False, "ref": "r"})
        await alice.expect("error", code="not_found", ref="r")
