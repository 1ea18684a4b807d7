"""Rights that end while a connection is open: within two seconds nothing more is heard or written, with events of it or without."""

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from tests.delivery.checker import read_history
from tests.delivery.stage import MARGIN, PROMISED, Stage, aside
from tests.delivery.wire import Frame, Wire, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]
SOON = PROMISED + MARGIN


@pytest.fixture
def events(request: pytest.FixtureRequest, stage: Stage) -> Iterator[None]:
    """Whether anybody tells the processes of a change; without, only what they ask the database themselves is left."""
    redis = stage.site.redis if request.param == "without events" else None
    if redis:
        redis.kill()
    yield
    if redis:
        redis.start()


# One process alone is never told what another one changes.
told_or_not = pytest.mark.parametrize(
    ("stage", "events"),
    [("sqlite", "without events"), ("cluster", "with events"), ("cluster", "without events")],
    indirect=True,
)


def _send(channel: str, body: str = "Hello.") -> dict[str, Any]:
    return {"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": body}


async def _refused(connection: Wire, channel: str) -> str:
    frame = _send(channel)
    await connection.send(frame)
    return str((await connection.expect("error", client_id=frame["client_id"]))["code"])


def _versions(frames: list[Frame], channel: str) -> list[int]:
    return [row["version"] for f in frames if f["type"] == "changes" and f["channel"] == channel for row in f["messages"]]


@told_or_not
@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(("verb", "reason"), [("leave", "left"), ("remove", "removed")])
async def test_who_leaves_or_is_removed_hears_and_writes_nothing_above_it(stage: Stage, verb: str, reason: str) -> None:
    """Catches a membership read once at connecting, and a message that slips through after the removal."""
    group, channel = stage.back.make_group("alice", "bob")
    async with (
        wire(stage.site.url(), stage.cookie("alice")) as alice,
        wire(stage.site.url(stage.last), stage.cookie("bob")) as bob,
        wire(stage.site.url(stage.last), stage.cookie("faye")) as beside_bob,
    ):
        await aside(getattr(stage.back, verb), "bob", group)
        ended = time.monotonic()
        assert await _refused(bob, channel) == "not_found", "the right is asked at the write itself, without any delay"
        told = asyncio.create_task(bob.expect("left", channel=channel, within=SOON))
        for n in itertools.count():  # others write on while the event travels
            frame = _send(channel, f"After it {n}")
            await alice.send(frame)
            last = (await alice.expect("ack", client_id=frame["client_id"]))["message"]
            if n >= 15 and told.done():
                break
        assert (await told)["reason"] == reason, "who left by themselves is not told that somebody removed them"
        assert time.monotonic() - ended < SOON
        while (await beside_bob.expect("changes", channel=channel, within=SOON))["upto"] < last["version"]:
            pass  # what Bob's process has told her, it would have told him
        received = await bob.so_far()
        stored = read_history(stage.site.url(), stage.cookie("alice"), channel)
        end = next(row["version"] for row in stored if row["body"] == reason)
        assert max(_versions(received, channel), default=0) <= end
        assert all(f["upto"] <= end for f in received if f["type"] == "changes" and f["channel"] == channel), "a frame spans the removal"
        assert stored[-1]["id"] == last["id"]
        await bob.send({"type": "sync", "channel": channel, "after": 0})
        await bob.expect("error", code="not_found")
        for frame in ({"type": "typing", "channel": channel}, {"type": "read", "channel": channel, "seq": 1}):
            await bob.send(frame)
            await bob.expect("error", code="not_found")
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: 0}) as again:
        assert channel not in {c["id"] for c in again.ready["channels"]}
        assert _versions(await again.so_far(), channel) == []
    answer = httpx.get(f"{stage.site.url()}/chat/{channel}/history/", headers={"Cookie": stage.cookie("bob")}, trust_env=False)
    assert answer.status_code == 404


async def test_a_removal_in_a_burst_is_exact_for_everybody(cluster: Stage) -> None:
    """Messages before, at and after the removal share commits and frames: the removed one gets none above it."""
    group, channel = cluster.back.make_group("alice", "bob")
    async with cluster.clients("alice", "bob", "faye") as clients:
        alices, bobs, fayes = clients[:2], clients[2:4], clients[4:]

        async def burst() -> str:
            """Some messages through each process, of which the first is stored when this returns; return the last one's client_id."""
            written = [alice.write(channel, "A message") for _ in range(3) for alice in alices]
            await alices[0].answered(written[0])
            return written[-1]

        for _ in range(5):
            await burst()
        removal = asyncio.create_task(aside(cluster.back.remove, "bob", group))
        while not removal.done():
            await burst()
        await removal
        await burst()
        await asyncio.gather(*(alice.answered() for alice in alices))
        assert all(await asyncio.gather(*(bob.until(lambda bob=bob: bob.left, within=SOON) for bob in bobs)))  # type: ignore[misc]
        last = [await alice.say(channel, "After all of it") for alice in alices]
        for faye, bob in zip(fayes, bobs, strict=True):
            assert all([await faye.shows(channel, row["client_id"], within=SOON) for row in last])
            await bob.so_far()  # and what their process has told her, it would have told him
        stored = read_history(cluster.site.url(), cluster.cookie("alice"), channel)
        end = next(row["version"] for row in stored if row["body"] == "removed")
        assert stored[-1]["version"] >= end + len(last)
        for bob in bobs:
            assert bob.left == {channel: "removed"}
            seen = _versions(bob.received("changes"), channel)
            assert seen and max(seen) <= end, f"{max(seen)} is above the removal at {end}"
            assert all(f["upto"] <= end for f in bob.received("changes") if f["channel"] == channel)


async def test_who_comes_back_is_told_and_hears_again(stage: Stage) -> None:
    """Catches a membership that is cached as ended."""
    group, channel = stage.back.make_group("alice", "bob")
    async with wire(stage.site.url(stage.last), stage.cookie("bob")) as bob:
        await aside(stage.back.remove, "bob", group)
        await bob.expect("left", channel=channel, within=SOON)
        await aside(stage.back.add, "bob", group)
        joined = await bob.expect("joined", within=SOON)
        assert joined["channel"]["id"] == channel and joined["channel"]["can_post"] and joined["channel"]["version"] >= 5
        assert {"id", "group", "name", "seq", "version", "read", "muted", "can_post"} <= joined["channel"].keys()
        frame = _send(channel)
        await bob.send(frame)
        await bob.expect("ack", client_id=frame["client_id"])


# ------------------------------------------------------------------- the whole connection


def _token(page: httpx.Response) -> str:
    return page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def _sign_out_on_the_page(stage: Stage, name: str, cookie: str) -> None:
    """As a person does it: the sign-out form, at another process than the socket's."""
    with httpx.Client(base_url=stage.site.url(), headers={"Origin": stage.site.url()}, trust_env=False) as browser:
        key, value = cookie.split("=", 1)
        browser.cookies.set(key, value, domain="localhost.local")
        page = browser.get("/accounts/logout/")
        answer = browser.post("/accounts/logout/", data={"csrfmiddlewaretoken": _token(page)})
        assert answer.status_code == 302


def _session_deleted(stage: Stage, name: str, cookie: str) -> None:
    stage.site.sql("DELETE FROM django_session WHERE session_key = %s", cookie.split("=", 1)[1])


def _session_expired(stage: Stage, name: str, cookie: str) -> None:
    stage.site.sql(
        "UPDATE django_session SET expire_date = %s WHERE session_key = %s", "2020-01-01 00:00:00+00:00", cookie.split("=", 1)[1]
    )


def _password_changed(stage: Stage, name: str, cookie: str) -> None:
    stage.back.run("r = person(name); r.set_password('another long password'); r.save()", name=name)


def _suspended(stage: Stage, name: str, cookie: str) -> None:
    stage.back.suspend(name)


def _account_closed(stage: Stage, name: str, cookie: str) -> None:
    stage.back.run("close_account(actor=person('ada'), member=person(name))", name=name)


def _closing_asked_for(stage: Stage, name: str, cookie: str) -> None:
    stage.back.run("ask_for_closing(member=person(name), empties_messages=False)", name=name)


ENDINGS: dict[Callable[[Stage, str, str], None], int] = {
    _sign_out_on_the_page: 4401,
    _session_deleted: 4401,
    _session_expired: 4401,
    _password_changed: 4401,
    _suspended: 4403,
    _account_closed: 4401,
    _closing_asked_for: 4401,
}


@told_or_not
@pytest.mark.usefixtures("events")
async def test_when_a_session_or_an_account_ends_its_connection_is_closed(stage: Stage) -> None:
    """Catches sockets that outlive their sign-in: they neither hear nor write, and cannot come back with the old cookie."""
    people = stage.back.make_people(len(ENDINGS))
    _group, channel = stage.back.make_group("alice", *people)
    cookies = [stage.cookie(name) for name in people]
    async with AsyncExitStack() as stack:
        alice = await stack.enter_async_context(wire(stage.site.url(), stage.cookie("alice")))
        connections = [await stack.enter_async_context(wire(stage.site.url(stage.last), cookie)) for cookie in cookies]
        closings = []
        for ending, name, cookie, connection in zip(ENDINGS, people, cookies, connections, strict=True):
            await aside(ending, stage, name, cookie)
            closings.append(asyncio.create_task(connection.closing(within=SOON)))
        codes = await asyncio.gather(*closings, return_exceptions=True)
        assert dict(zip(ENDINGS, codes, strict=True)) == ENDINGS
        frame = _send(channel, "They must not hear this.")
        await alice.send(frame)
        await alice.expect("ack", client_id=frame["client_id"])
        assert frame["client_id"] not in str([connection.unread for connection in connections])
    back = {}
    for ending, cookie in zip(ENDINGS, cookies, strict=True):
        async with wire(stage.site.url(stage.last), cookie, hello=False) as again:
            back[ending] = await again.closing()
    assert back == ENDINGS


async def test_a_suspended_member_cannot_write_from_the_very_moment(stage: Stage) -> None:
    """The write asks for itself: the two seconds are for hearing alone."""
    (robin,) = stage.back.make_people(1)
    _group, channel = stage.back.make_group("alice", robin)
    async with wire(stage.site.url(stage.last), stage.cookie(robin)) as connection:
        await aside(stage.back.suspend, robin)
        frame = _send(channel, "Too late.")
        await connection.send(frame)
        assert await connection.closing(within=SOON) == 4403
    assert "Too late." not in [row["body"] for row in read_history(stage.site.url(), stage.cookie("alice"), channel)]


async def test_one_persons_end_is_nobody_elses(stage: Stage) -> None:
    """Catches a check that closes too much: another session of the same member stays, and so do all others."""
    cookie = stage.back.fresh_session("bob")
    async with (
        wire(stage.site.url(), stage.back.fresh_session("bob")) as other_screen,
        wire(stage.site.url(), stage.cookie("alice")) as alice,
        wire(stage.site.url(), cookie) as bob,
    ):
        _session_deleted(stage, "bob", cookie)
        assert await bob.closing(within=SOON) == 4401
        await stage.checked()
        assert await other_screen.is_alive() and await alice.is_alive()


# ------------------------------------------------------------------- the first visible message


async def test_nothing_from_before_ones_time_comes_by_any_way(stage: Stage) -> None:
    """A newcomer to a group that shows no past: live frames, catch-up, sync and history all begin at their first message."""
    group, channel = stage.back.make_group("alice", history_visibility="joining")
    old = stage.back.send("alice", channel, "Before Bob {n}", count=5)
    stage.back.join("bob", group)
    async with wire(stage.site.url(stage.last), stage.cookie("bob")) as bob:
        head = next(c["version"] for c in bob.ready["channels"] if c["id"] == channel)
        stage.back.edit("alice", old[0]["id"], "Before Bob, and changed")
        new = stage.back.send("alice", channel, "After Bob")[0]
        cursor, rows = head, []
        while cursor < new["version"]:
            frame = await bob.expect("changes", channel=channel)
            assert frame["after"] <= cursor, "the change that Bob may not see was not covered either"
            cursor, rows = max(cursor, frame["upto"]), rows + frame["messages"]
        assert [row["body"] for row in rows] == ["After Bob"]
        await bob.send({"type": "sync", "channel": channel, "after": 0})
        await bob.expect("synced", channel=channel)
        seen = [row for f in bob.unread if f["type"] == "changes" and f["channel"] == channel for row in f["messages"]]
        assert "Before Bob" not in str(seen) and [row["body"] for row in seen] == ["joined", "After Bob"]
        for frame in ({"type": "edit", "id": old[1]["id"], "body": "Mine now", "ref": 1}, {"type": "delete", "id": old[1]["id"], "ref": 1}):
            await bob.send(frame)
            await bob.expect("error", code="not_found", ref=1)
        reply = {**_send(channel, "An answer"), "reply_to": old[2]["id"]}
        await bob.send(reply)
        await bob.expect("error", code="not_found", client_id=reply["client_id"])
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: 0}) as again:
        first = await again.expect("changes", channel=channel)
        assert "Before Bob" not in str(first)
    for question in ({}, {"before": 1000}, {"after": 0}, {"around": 3}):
        answer = httpx.get(
            f"{stage.site.url()}/chat/{channel}/history/", params=question, headers={"Cookie": stage.cookie("bob")}, trust_env=False
        )
        assert "Before Bob" not in answer.text and answer.json()["rows"], question


async def test_keys_that_rotate_leave_everybody_signed_in_and_retries_known(sites: None) -> None:
    """Catches a session check that knows the newest key alone, and throws everybody out on the day of a rotation."""
    old, new = (f"{word}-key-for-one-test-alone-as-long-as-a-real-one-has-to-be" for word in ("old", "new"))
    with Stage("sqlite", MAINSTAY_SECRET_KEY=old) as stage:
        _group, channel = stage.back.make_group("alice", "bob")
        frame = _send(channel, "Under the old key.")
        async with wire(stage.site.url(), stage.cookie("alice")) as alice:
            await alice.send(frame)
            first = await alice.expect("ack", client_id=frame["client_id"])
        stage.site.stop()
        stage.site.environment |= {"MAINSTAY_SECRET_KEY": new, "MAINSTAY_SECRET_KEY_FALLBACKS": old}
        stage.site.start()
        for _ in range(2):
            async with wire(stage.site.url(), stage.cookie("alice")) as alice:
                await stage.checked()
                await alice.send(frame)
                again = await alice.expect("ack", client_id=frame["client_id"])
                assert again["message"]["id"] == first["message"]["id"]


async def test_who_signs_out_before_hello_is_not_let_in_by_it(stage: Stage) -> None:
    """Catches a socket that is held back between the handshake and `hello`, and lives on without its session."""
    cookie = stage.back.fresh_session("alice")
    async with wire(stage.site.url(), cookie, hello=False) as connection:
        key = cookie.split("=", 1)[1]
        stage.back.run("from django.contrib.sessions.models import Session; Session.objects.filter(session_key=key).delete()", key=key)
        await connection.send({"type": "hello", "v": 1, "cursors": {}})
        assert await connection.closing(within=SOON) == 4401
