"""The same client_id is the same message: at once, from two processes, after an edit, after a removal, for ever."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.delivery.checker import read_history
from tests.delivery.stage import Stage
from tests.delivery.wire import wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


def _send(channel: str, client_id: str, body: str = "Once.") -> dict[str, Any]:
    return {"type": "send", "channel": channel, "client_id": client_id, "body": body}


def _stored_at(ack: dict[str, Any]) -> tuple[str, str, int]:
    return ack["channel"], ack["message"]["id"], ack["message"]["seq"]


def _stored(stage: Stage, channel: str, client_id: str) -> list[dict[str, Any]]:
    return [row for row in read_history(stage.site.url(), stage.cookie("faye"), channel) if row["client_id"] == client_id]


async def test_a_repeated_send_gets_the_first_ones_ack(stage: Stage) -> None:
    _group, channel = stage.back.make_group("alice")
    client_id = str(uuid.uuid4())
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        await connection.send(_send(channel, client_id))
        first = await connection.expect("ack", client_id=client_id)
        await connection.send(_send(channel, client_id, "  Once. \n"))
        assert _stored_at(await connection.expect("ack", client_id=client_id)) == _stored_at(first)
    async with wire(stage.site.url(stage.last), stage.cookie("alice")) as connection:
        await connection.send(_send(channel, client_id))
        assert _stored_at(await connection.expect("ack", client_id=client_id)) == _stored_at(first)
    assert len(_stored(stage, channel, client_id)) == 1


async def test_fifty_at_once_on_all_processes_are_one_message(stage: Stage) -> None:
    """Catches a check before the insert that two writers pass together."""
    _group, channel = stage.back.make_group("alice")
    client_id = str(uuid.uuid4())
    last = stage.last
    async with (
        wire(stage.site.url(0), stage.cookie("alice")) as one,
        wire(stage.site.url(last), stage.cookie("alice")) as two,
    ):
        await asyncio.gather(*(connection.send(_send(channel, client_id)) for connection in (one, two) for _ in range(25)))
        stored = {_stored_at(await connection.expect("ack", client_id=client_id)) for connection in (one, two) for _ in range(25)}
        assert len(stored) == 1, stored
    assert len(_stored(stage, channel, client_id)) == 1


async def test_many_pairs_raced_over_two_processes_leave_no_hole(cluster: Stage) -> None:
    """Catches a number that is taken and then not used, and a group of messages that fails because one of it was a repeat."""
    _group, channel = cluster.back.make_group("alice")
    ids = [str(uuid.uuid4()) for _ in range(40)]
    async with (
        wire(cluster.site.url(0), cluster.cookie("alice")) as one,
        wire(cluster.site.url(1), cluster.cookie("alice")) as two,
    ):
        for client_id in ids:
            await asyncio.gather(*(connection.send(_send(channel, client_id, client_id)) for connection in (one, two)))
        for client_id in ids:
            acks = [await connection.expect("ack", client_id=client_id) for connection in (one, two)]
            assert _stored_at(acks[0]) == _stored_at(acks[1])
    rows = read_history(cluster.site.url(), cluster.cookie("alice"), channel)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert sorted(row["body"] for row in rows if row["kind"] == "text") == sorted(ids)


async def test_another_body_is_refused_as_reused_and_changes_nothing(stage: Stage) -> None:
    _group, channel = stage.back.make_group("alice")
    client_id = str(uuid.uuid4())
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        await connection.send(_send(channel, client_id))
        await connection.expect("ack", client_id=client_id)
        await connection.send(_send(channel, client_id, "Something else."))
        await connection.expect("error", code="reused", client_id=client_id)
    assert [row["body"] for row in _stored(stage, channel, client_id)] == ["Once."]


async def test_after_an_edit_the_first_body_is_still_the_same_message(stage: Stage) -> None:
    """Catches a comparison with the present body, which would store the retry of an edited message again or refuse it."""
    _group, channel = stage.back.make_group("alice")
    client_id = str(uuid.uuid4())
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        await connection.send(_send(channel, client_id))
        first = await connection.expect("ack", client_id=client_id)
        await connection.send({"type": "edit", "id": first["message"]["id"], "body": "Twice.", "ref": 1})
        await connection.expect("ok", ref=1)
        await connection.send(_send(channel, client_id))
        again = await connection.expect("ack", client_id=client_id)
        assert _stored_at(again) == _stored_at(first) and again["message"]["body"] == "Twice."
        await connection.send(_send(channel, client_id, "Twice."))
        await connection.expect("error", code="reused", client_id=client_id)
        await connection.send({"type": "delete", "id": first["message"]["id"], "ref": 2})
        await connection.expect("ok", ref=2)
        await connection.send(_send(channel, client_id))
        gone = await connection.expect("ack", client_id=client_id)
        assert _stored_at(gone) == _stored_at(first) and gone["message"]["body"] is None and gone["message"]["deleted"]


async def test_after_a_removal_the_retry_is_answered_and_a_new_message_is_not(stage: Stage) -> None:
    """Somebody whose ack was lost with the connection must learn that it is stored, and nothing more."""
    group, channel = stage.back.make_group("alice", "bob")
    client_id = str(uuid.uuid4())
    async with wire(stage.site.url(), stage.cookie("bob")) as connection:
        await connection.send(_send(channel, client_id))
        first = await connection.expect("ack", client_id=client_id)
    stage.back.remove("bob", group)
    async with wire(stage.site.url(stage.last), stage.cookie("bob")) as connection:
        await connection.send(_send(channel, client_id))
        assert _stored_at(await connection.expect("ack", client_id=client_id)) == _stored_at(first)
        new = str(uuid.uuid4())
        await connection.send(_send(channel, new))
        await connection.expect("error", code="not_found", client_id=new)


async def test_the_body_alone_is_compared_and_ids_are_each_members_own(stage: Stage) -> None:
    """Catches ids that one member could take from another, and a retry into another channel that makes a second message."""
    _group, channel = stage.back.make_group("alice", "bob")
    _other_group, other = stage.back.make_group("alice", "bob")
    client_id = str(uuid.uuid4())
    async with (
        wire(stage.site.url(), stage.cookie("alice")) as alice,
        wire(stage.site.url(), stage.cookie("bob")) as bob,
    ):
        await alice.send(_send(channel, client_id))
        first = await alice.expect("ack", client_id=client_id)
        await alice.send(_send(other, client_id))
        assert _stored_at(await alice.expect("ack", client_id=client_id)) == _stored_at(first)
        await bob.send(_send(channel, client_id, "Bob's own."))
        mine = await bob.expect("ack", client_id=client_id)
        assert mine["message"]["id"] != first["message"]["id"]
    assert _stored(stage, other, client_id) == []


async def test_what_had_no_answer_is_changed_and_taken_back_by_its_number(stage: Stage) -> None:
    """A message that its author cannot reach, because the answer to its first try was lost with the connection."""
    _group, channel = stage.back.make_group("alice")
    client_id, never = str(uuid.uuid4()), str(uuid.uuid4())
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        await connection.send(_send(channel, client_id))
        await connection.expect("ack", client_id=client_id)
    async with wire(stage.site.url(stage.last), stage.cookie("alice")) as connection:
        await connection.send({"type": "edit", "client_id": client_id, "body": "Twice.", "ref": 1})
        await connection.expect("ok", ref=1)
        assert [row["body"] for row in _stored(stage, channel, client_id)] == ["Twice."]
        await connection.send({"type": "delete", "client_id": client_id, "ref": 2})
        await connection.expect("ok", ref=2)
        await connection.send({"type": "delete", "client_id": never, "ref": 3})
        assert (await connection.expect("error", ref=3))["code"] == "not_found"
    assert [row["body"] for row in _stored(stage, channel, client_id)] == [None]
    assert not _stored(stage, channel, never)
