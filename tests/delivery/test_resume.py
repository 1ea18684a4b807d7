"""Coming back: the rows above the cursor, no more and no fewer, whatever happened to them meanwhile."""

import asyncio
import uuid
from itertools import pairwise
from typing import Any

import pytest

from tests.delivery.checker import read_history
from tests.delivery.stage import MARGIN, PROMISED, Stage
from tests.delivery.wire import Frame, Wire, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]
CATCH_UP = 200


@pytest.fixture
def talk(stage: Stage) -> tuple[str, list[dict[str, Any]]]:
    """A channel with thirty messages of Alice after three notices, and their rows."""
    _group, channel = stage.back.make_group("alice", "bob")
    return channel, stage.back.send("alice", channel, "Message {n}", count=30)


async def _caught_up(connection: Wire, channel: str, upto: int) -> list[dict[str, Any]]:
    """The `changes` of a channel until version `upto` is covered."""
    got = []
    while not got or got[-1]["upto"] < upto:
        got.append(await connection.expect("changes", channel=channel))
    return got


async def test_resume_sends_exactly_what_is_above_the_cursor(stage: Stage, talk: tuple[str, list[dict[str, Any]]]) -> None:
    """Catches an off-by-one at either end of the catch-up."""
    channel, rows = talk
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: rows[19]["version"]}) as connection:
        head = next(c for c in connection.ready["channels"] if c["id"] == channel)["version"]
        frames = await _caught_up(connection, channel, head)
        assert frames[0]["after"] == rows[19]["version"] and frames[-1]["upto"] == head
        assert [row["seq"] for frame in frames for row in frame["messages"]] == [row["seq"] for row in rows[20:]]


async def test_at_the_head_nothing_is_sent_and_above_it_reset(stage: Stage, talk: tuple[str, list[dict[str, Any]]]) -> None:
    """Catches a client of a restored database that would wait for ever above the head."""
    channel, rows = talk
    head = rows[-1]["version"]
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: head}) as connection:
        assert not [f for f in await connection.so_far() if f["type"] in ("changes", "reset")]
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: head + 5}) as connection:
        assert (await connection.expect("reset", channel=channel))["version"] == head


async def test_first_sight_and_unknown_cursors_get_nothing_old(stage: Stage, talk: tuple[str, list[dict[str, Any]]]) -> None:
    """Catches a server that answers for channels that are not the member's, or that floods a first visit."""
    channel, _rows = talk
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={str(uuid.uuid4()): 3, "no id": 0}) as connection:
        assert channel in {c["id"] for c in connection.ready["channels"]}
        assert not [f for f in await connection.so_far() if f["type"] != "person"]
    async with wire(stage.site.url(), stage.cookie("charlie"), cursors={channel: 0}) as connection:
        assert connection.ready["channels"] == []
        assert await connection.so_far() == []


async def test_reset_beyond_the_limit_of_catch_up_and_not_at_it(stage: Stage) -> None:
    """Catches a catch-up without bound, and one that resets too early."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with wire(stage.site.url(), stage.cookie("bob")) as connection:
        start = next(c for c in connection.ready["channels"] if c["id"] == channel)["version"]
        assert connection.ready["limits"]["catch_up"] == CATCH_UP
    rows = stage.back.send("alice", channel, "Message {n}", count=CATCH_UP)
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: start}) as connection:
        frames = await _caught_up(connection, channel, rows[-1]["version"])
        assert sum(len(frame["messages"]) for frame in frames) == CATCH_UP
    stage.back.send("alice", channel, "One more")
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: start}) as connection:
        assert (await connection.expect("reset", channel=channel))["version"] == rows[-1]["version"] + 1
        assert not [f for f in await connection.so_far() if f["type"] == "changes" and f["channel"] == channel]
        await connection.send({"type": "sync", "channel": channel, "after": start})
        await connection.expect("reset", channel=channel)
        await connection.expect("synced", channel=channel, version=rows[-1]["version"] + 1)


async def test_sync_covers_without_a_hole_and_always_ends(stage: Stage, talk: tuple[str, list[dict[str, Any]]]) -> None:
    """Catches frames of a catch-up that do not join on to one another, and a sync without its end."""
    channel, rows = talk
    async with wire(stage.site.url(), stage.cookie("bob")) as connection:
        await connection.send({"type": "sync", "channel": channel, "after": 0})
        end = await connection.expect("synced", channel=channel)
        frames = [frame for frame in connection.unread if frame["type"] == "changes" and frame["channel"] == channel]
        assert frames[0]["after"] == 0 and frames[-1]["upto"] == end["version"]
        assert all(one["upto"] == two["after"] for one, two in pairwise(frames))
        versions = [row["version"] for frame in frames for row in frame["messages"]]
        assert versions == sorted(versions) and len(versions) == len(rows) + 3
        connection.unread.clear()
        await connection.send({"type": "sync", "channel": channel, "after": end["version"]})
        assert (await connection.expect("synced", channel=channel))["version"] == end["version"]
        assert not [frame for frame in connection.unread if frame["type"] == "changes"], "a sync at the head brought changes"


async def test_what_was_done_while_away_shows_as_after_a_reload(stage: Stage) -> None:
    """Edits, deletions, hidings and new messages made while offline: the screen after resuming equals the store."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with stage.clients("alice", "bob") as clients:
        rows = stage.back.send("alice", channel, "Before {n}", count=12)
        bob = clients[-1]
        assert await bob.shows(channel, rows[-1]["client_id"], within=PROMISED + MARGIN)
        await bob.go_offline()
        for n, row in enumerate(rows[:9]):
            if n % 3 == 0:
                stage.back.edit("alice", row["id"], f"Changed {n}")
                stage.back.edit("alice", row["id"], f"Changed {n} twice")
            elif n % 3 == 1:
                stage.back.delete("alice", row["id"])
            else:
                stage.back.hide(row["id"])
        stage.back.send("alice", channel, "After {n}", count=3)
        await bob.go_online()
        await stage.agree(clients, channel, reader="bob")
        by_id = {row["id"]: row for row in bob.shown(channel)}
        changed, deleted, hidden = (by_id[rows[n]["id"]] for n in (0, 1, 2))
        assert changed["body"] == "Changed 0 twice" and changed["edited"] and changed["seq"] == rows[0]["seq"]
        assert deleted["body"] is None and deleted["html"] is None and deleted["deleted"]
        assert (deleted["author"], deleted["client_id"]) == (rows[1]["author"], rows[1]["client_id"])
        assert hidden["body"] is None and hidden["html"] is None and hidden["hidden"] and not hidden["deleted"]
        assert not bob.received("reset"), "the catch-up was small enough to be sent"


async def test_a_long_absence_ends_on_the_newest_page(stage: Stage) -> None:
    """Catches a client or server that leaves a hole between the old rows and the newest page."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with stage.clients("alice", "bob") as clients:
        bob = clients[-1]
        stage.back.send("alice", channel, "Before {n}", count=5)
        await bob.go_offline()
        stage.back.send("alice", channel, "Long ago {n}", count=CATCH_UP + 50)
        await bob.go_online()
        stored = await stage.agree([bob], channel, reader="bob", whole=False)
        assert bob.received("reset")
        seqs = [row["seq"] for row in bob.shown(channel)]
        assert len(seqs) < CATCH_UP, "the rows from before the reset have to go: there is a hole after them"
        assert seqs == list(range(seqs[0], stored[-1]["seq"] + 1)), "a hole between the newest page and what came in live"


async def test_who_left_and_came_back_while_away_keeps_nothing_of_before(stage: Stage) -> None:
    """Messages that are not one's own to read any more, whose removal one never hears of. Chaos found it."""
    group, channel = stage.back.make_group("alice", "bob", history_visibility="joining")
    async with stage.client("bob") as bob:
        before = stage.back.send("alice", channel, "Before")[0]
        assert await bob.shows(channel, before["client_id"], within=PROMISED + MARGIN)
        await bob.go_offline()
        stage.back.leave("bob", group)
        stage.back.send("alice", channel, "Meanwhile")
        stage.back.join("bob", group)
        await bob.go_online()
        stage.back.delete("alice", before["id"])
        stage.back.send("alice", channel, "After")
        stored = read_history(stage.site.url(), stage.cookie("bob"), channel)
        for row in stored:
            assert await bob.shows(channel, row["client_id"], within=PROMISED + MARGIN)
        assert [row["body"] for row in stored] == [row["body"] for row in bob.shown(channel)] == ["joined", "After"]


OPENS_ITS_PAST = """
from django.db import transaction
from groups.peers import conversation
group = PeerGroup.objects.get(pk=group)
group.history_visibility = PeerGroup.HistoryVisibility.ALL
with transaction.atomic():
    group.save()
    conversation.change_history_visibility(group, person("faye"))
"""


async def test_so_where_the_group_has_opened_its_past_since(stage: Stage) -> None:
    """A place that begins at an old message, below the cursor: what came before it stayed on the screen. Found by reading."""
    group, channel = stage.back.make_group("alice", "bob", history_visibility="joining")
    async with stage.client("bob") as bob:
        before = stage.back.send("alice", channel, "Before")[0]
        stage.back.run(OPENS_ITS_PAST, group=group)
        opened = stage.back.send("alice", channel, "Open to all")[0]
        assert await bob.shows(channel, opened["client_id"], within=PROMISED + MARGIN)
        await bob.go_offline()
        stage.back.leave("bob", group)
        stage.back.join("bob", group)
        stage.back.delete("alice", before["id"])
        await bob.go_online()
        after = stage.back.send("alice", channel, "After")[0]
        assert await bob.shows(channel, after["client_id"], within=PROMISED + MARGIN)
        assert "Before" not in [row["body"] for row in bob.shown(channel)]


async def test_who_left_and_came_back_between_two_checks_hears_nothing_of_before(stage: Stage) -> None:
    """Changes of older messages, by a process that was never told of the absence: it missed too much to read it row by row."""
    group, channel = stage.back.make_group("alice", "bob", history_visibility="joining")
    before = stage.back.send("alice", channel, "Before")[0]
    async with wire(stage.site.url(), stage.cookie("bob")) as bob:
        stage.site.freeze()
        stage.back.leave("bob", group)
        stage.back.send("alice", channel, "Meanwhile {n}", count=CATCH_UP + 1)
        stage.back.join("bob", group)
        stage.site.thaw()
        back = stage.back.send("alice", channel, "Back again")[0]
        await _reached(bob, channel, back["version"])
        stage.back.edit("alice", before["id"], "Changed")
        last = stage.back.send("alice", channel, "The last word")[0]
        received = await _reached(bob, channel, last["version"])
        covered = [(frame["after"], frame["upto"]) for frame in received if frame["type"] == "changes"]
        assert any(after < last["version"] - 1 <= upto for after, upto in covered), "the version of the edit is covered"
        assert {row["id"] for frame in received for row in frame.get("messages", ())} == {last["id"]}


async def _reached(connection: Wire, channel: str, version: int) -> list[Frame]:
    """Return (and forget) what comes until this version is covered or started from, however that happens."""

    def reaches(frame: Frame) -> bool:
        if frame["type"] == "joined":
            return bool(frame["channel"]["version"] >= version)
        return frame.get("channel") == channel and frame.get("upto" if frame["type"] == "changes" else "version", 0) >= version

    async with asyncio.timeout(PROMISED + MARGIN):
        while not any(reaches(frame) for frame in connection.unread):
            await connection.receive()
    return await connection.so_far()


async def _covered(connection: Wire, channel: str, cursor: int, upto: int) -> int:
    """Listen, without asking for what is missing, until this version is covered; fail at a hole, and return how far one has come."""
    while cursor < upto:
        frame = await connection.expect("changes", channel=channel)
        assert frame["after"] <= cursor, f"the versions {cursor + 1} to {frame['after']} were left out"
        cursor = max(cursor, frame["upto"])
    return cursor


def _head(connection: Wire, channel: str) -> int:
    """The newest version when this connection came in."""
    return next(int(c["version"]) for c in connection.ready["channels"] if c["id"] == channel)


async def test_no_connection_begins_with_a_hole(stage: Stage) -> None:
    """What is stored between reading the missed rows and hearing the new ones: thirty connections that come in under a dense stream."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with wire(stage.site.url(), stage.cookie("alice")) as alice:
        enough = asyncio.Event()

        async def stream() -> None:
            """Eight messages at a time, as fast as they are stored."""
            while not enough.is_set():
                frames = [{"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": "A message"} for _ in range(8)]
                for frame in frames:
                    await alice.send(frame)
                for frame in frames:
                    await alice.expect("ack", client_id=frame["client_id"])
                alice.unread.clear()

        talking, cursor = asyncio.create_task(stream()), 3
        for n in range(30):
            async with wire(stage.site.url(n % (stage.last + 1)), stage.cookie("bob"), cursors={channel: cursor}) as bob:
                cursor = await _covered(bob, channel, cursor, _head(bob, channel) + 16)  # well into what came in live
        enough.set()
        await talking
        head = read_history(stage.site.url(), stage.cookie("alice"), channel)[-1]["version"]
        async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: cursor}) as bob:
            assert head - cursor <= CATCH_UP
            assert await _covered(bob, channel, cursor, head) == head


async def test_messages_that_come_while_others_connect_are_missed_by_nobody(stage: Stage) -> None:
    """The hole between reading what was missed and hearing what is new: clients connect again and again under a stream."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with stage.clients("alice", "bob", "faye") as clients:
        alice, restless = clients[0], clients[1:]
        for times in range(1, 9):
            for client in restless:
                client.cut()
            while not all(len(client.breaks) == times and client.live.is_set() for client in restless):
                await alice.say(channel, f"While they come in for the {times}. time")
        await stage.agree(clients, channel)
