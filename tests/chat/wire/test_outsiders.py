"""What one may not see answers like what does not exist: every frame and address that takes an id, asked as Charlie."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.cast import ROLES
from tests.delivery.stage import Stage, aside
from tests.delivery.wire import wire
from tests.house.doors import FRAMES

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def stage(sites: None) -> Iterator[Stage]:
    with Stage("sqlite") as stage:
        yield stage


@pytest.fixture(scope="module")
def hidden(stage: Stage) -> tuple[str, dict[str, Any]]:
    """A channel that Charlie knows nothing of, and a message in it."""
    _group, channel = stage.back.make_group("alice", join_policy="hidden")
    return channel, stage.back.send("alice", channel, "Among us.")[0]


def _client_id() -> str:
    return str(uuid.uuid4())


ASKED = {
    "send": lambda channel, message: {"type": "send", "channel": channel, "client_id": _client_id(), "body": "Hello."},
    "edit": lambda channel, message: {"type": "edit", "id": message, "body": "Mine.", "ref": "r"},
    "delete": lambda channel, message: {"type": "delete", "id": message, "ref": "r"},
    "delete undone": lambda channel, message: {"type": "delete", "id": message, "on": False, "ref": "r"},
    "react": lambda channel, message: {"type": "react", "id": message, "emoji": "heart", "on": True, "ref": "r"},
    "pin": lambda channel, message: {"type": "pin", "id": message, "on": True, "ref": "r"},
    "read": lambda channel, message: {"type": "read", "channel": channel, "seq": 1},
    "read back": lambda channel, message: {"type": "read", "channel": channel, "seq": 1, "back": True},
    "typing": lambda channel, message: {"type": "typing", "channel": channel},
    "sync": lambda channel, message: {"type": "sync", "channel": channel, "after": 0},
    "sync above": lambda channel, message: {"type": "sync", "channel": channel, "after": 10_000},
}


def _faceless(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in frame.items() if key != "client_id"} for frame in frames]


@pytest.mark.parametrize("kind", ASKED.keys())
async def test_a_frame_with_an_id_of_elsewhere_is_answered_like_a_random_one(
    stage: Stage, hidden: tuple[str, dict[str, Any]], kind: str
) -> None:
    """Catches an answer, a silence or a delay by which an outsider could tell a hidden channel from none."""
    channel, message = hidden
    async with wire(stage.site.url(), stage.cookie("charlie")) as charlie, wire(stage.site.url(), stage.cookie("alice")) as alice:
        answers = []
        for place, row in ((channel, message["id"]), (str(uuid.uuid4()), str(uuid.uuid4()))):
            await charlie.send(ASKED[kind](place, row))
            answers.append(_faceless(await charlie.so_far()))
        assert answers[0] == answers[1]
        assert [frame["type"] for frame in answers[0]] == ["error"] and answers[0][0]["code"] in ("not_found", "bad_frame")
        await alice.send({"type": "sync", "channel": channel, "after": message["version"]})
        await alice.expect("synced", channel=channel, version=message["version"])
        assert await alice.so_far() == [], "what an outsider tried reached a member"


def test_every_frame_that_holds_an_id_is_asked_as_an_outsider() -> None:
    """A new kind of frame of which nobody asks what it tells an outsider."""
    assert {kind for kind, names in FRAMES.items() if names} <= set(ASKED)


async def test_no_frame_works_on_after_the_right_to_it_has_ended(stage: Stage) -> None:
    """With the connection open and the ids at hand: each kind is answered like an id that never was, on the next frame."""
    group, channel = stage.back.make_group("alice", "bob")
    row = stage.back.send("bob", channel, "Mine, while I was there.")[0]
    async with wire(stage.site.url(), stage.cookie("bob")) as bob:
        await aside(stage.back.remove, "bob", group)
        await bob.expect("left", channel=channel)
        for kind, ask in ASKED.items():
            answers = []
            for place, message in ((channel, row["id"]), (str(uuid.uuid4()), str(uuid.uuid4()))):
                await bob.send(ask(place, message))
                answers.append(_faceless([frame for frame in await bob.so_far() if frame["type"] == "error"]))
            assert answers[0] == answers[1] and len(answers[0]) == 1, kind


async def test_no_role_of_the_staff_opens_a_talk(stage: Stage) -> None:
    """An admin or a moderator who reads along because of their role, or who deletes over the wire what the desk decides on."""
    _group, channel = stage.back.make_group("alice")
    row = stage.back.send("alice", channel, "Among us.")[0]
    for name in ROLES:
        async with wire(stage.site.url(), stage.cookie(name)) as connection:
            assert connection.ready["channels"] == [] and connection.ready["people"] == []
            for kind, ask in ASKED.items():
                await connection.send(ask(channel, row["id"]))
                assert (await connection.expect("error"))["code"] in ("not_found", "bad_frame"), (name, kind)


async def test_replying_to_a_message_of_elsewhere_is_answered_like_a_random_one(stage: Stage, hidden: tuple[str, dict[str, Any]]) -> None:
    """Bob is in a group of his own: the message that he answers is in none of his."""
    _group, own = stage.back.make_group("bob")
    async with wire(stage.site.url(), stage.cookie("bob")) as bob:
        answers = []
        for message in (hidden[1]["id"], str(uuid.uuid4())):
            await bob.send({"type": "send", "channel": own, "client_id": _client_id(), "body": "Yes.", "reply_to": message})
            answers.append(_faceless([await bob.expect("error", code="not_found")]))
        assert answers[0] == answers[1]


async def test_a_members_message_is_not_anothers_to_change(stage: Stage) -> None:
    """Who sees a message and may not change it hears so; a facilitator and a moderator of elsewhere have no more right."""
    _group, channel = stage.back.make_group("alice", "bob")
    row = stage.back.send("alice", channel, "Mine.")[0]
    for name in ("bob", "faye"):
        async with wire(stage.site.url(), stage.cookie(name)) as connection:
            for frame in ({"type": "edit", "id": row["id"], "body": "Yours."}, {"type": "delete", "id": row["id"]}):
                await connection.send({**frame, "ref": name})
                await connection.expect("error", code="forbidden", ref=name)
    async with wire(stage.site.url(), stage.cookie("mo")) as mo:
        assert mo.ready["channels"] == [] and mo.ready["people"] == []
        await mo.send({"type": "delete", "id": row["id"], "ref": "mo"})
        await mo.expect("error", code="not_found", ref="mo")


def test_history_of_elsewhere_is_404_and_without_a_session_401(stage: Stage, hidden: tuple[str, dict[str, Any]]) -> None:
    answers = []
    for channel in (hidden[0], str(uuid.uuid4())):
        for question in ("", "?before=5", "?after=0", "?around=1", "?limit=9", "?limit=0", "?before=x", "?at=1"):
            url = f"{stage.site.url()}/chat/{channel}/history/{question}"
            answer = httpx.get(url, headers={"Cookie": stage.cookie("charlie")}, trust_env=False)
            answers.append((question, answer.status_code, answer.text))
            assert httpx.get(url, trust_env=False).status_code == 401
    half = len(answers) // 2
    assert answers[:half] == answers[half:] and {status for _question, status, _text in answers} == {404}


def test_history_pages_join_without_hole_or_overlap(stage: Stage) -> None:
    """Catches an off-by-one at a page's edge, and a `more` that is wrong at the ends."""
    _group, channel = stage.back.make_group("alice")
    stage.back.send("alice", channel, "Message {n}", count=23)

    def ask(**question: int) -> dict[str, Any]:
        url = f"{stage.site.url()}/chat/{channel}/history/"
        answer = httpx.get(url, params=question, headers={"Cookie": stage.cookie("alice")}, trust_env=False)
        assert answer.status_code == 200
        page: dict[str, Any] = answer.json()
        assert page.keys() == {"rows", "people", "members", "version", "more", "quoted"}
        return page

    def places(page: dict[str, Any]) -> list[int]:
        return [row["seq"] for row in page["rows"]]

    assert places(ask(limit=10)) == list(range(16, 26)) and ask(limit=10)["more"]
    assert places(ask(limit=10, before=16)) == list(range(6, 16))
    assert places(ask(limit=5, before=6)) == list(range(1, 6)) and not ask(limit=5, before=6)["more"]
    assert places(ask(limit=10, after=5)) == list(range(6, 16)) and ask(limit=10, after=5)["more"]
    assert places(ask(limit=20, after=5)) == list(range(6, 26)) and not ask(limit=20, after=5)["more"]
    around = places(ask(limit=10, around=12))
    assert 12 in around and around == list(range(around[0], around[0] + 10))
    assert ask(after=25)["rows"] == [] and ask(before=1)["rows"] == []
    assert ask()["version"] == 25
    for question in ({"before": 3, "after": 1}, {"limit": 101}, {"before": -1}):
        url = f"{stage.site.url()}/chat/{channel}/history/"
        assert httpx.get(url, params=question, headers={"Cookie": stage.cookie("alice")}, trust_env=False).status_code == 400
