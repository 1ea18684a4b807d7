"""Rights that end while a line is open: within two seconds nothing more is heard or written, with news of it or without."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.cast import PASSWORD
from tests.delivery.checker import read_history
from tests.delivery.stage import MARGIN, PROMISED, Stage, aside
from tests.delivery.wire import Frame, Wire, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]
SOON = PROMISED + MARGIN


@pytest.fixture(params=["with news", "without news"])
def news(request: pytest.FixtureRequest, stage: Stage) -> Iterator[bool]:
    """Whether anybody tells the processes of a change; without, only what they ask the database themselves is left."""
    redis = stage.site.redis if request.param == "without news" else None
    if redis:
        redis.kill()
    yield request.param == "with news"
    if redis:
        redis.start()


def _send(channel: str, body: str = "Hello.") -> dict[str, Any]:
    return {"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": body}


async def _refused(line: Wire, channel: str) -> str:
    frame = _send(channel)
    await line.send(frame)
    return str((await line.expect("error", client_id=frame["client_id"]))["code"])


def _versions(frames: list[Frame], channel: str) -> list[int]:
    return [row["version"] for f in frames if f["type"] == "changes" and f["channel"] == channel for row in f["messages"]]


@pytest.mark.parametrize(("verb", "reason"), [("leave", "left"), ("remove", "removed")])
async def test_who_leaves_or_is_removed_hears_and_writes_nothing_above_it(stage: Stage, news: bool, verb: str, reason: str) -> None:
    """Catches a membership read once at connecting, and a message that slips through after the removal."""
    group, channel = stage.back.make_group("alice", "bob")
    async with (
        wire(stage.site.url(), stage.cookie("alice")) as alice,
        wire(stage.site.url(stage.last), stage.cookie("bob")) as bob,
    ):
        await aside(getattr(stage.back, verb), "bob", group)
        ended = time.monotonic()
        assert await _refused(bob, channel) == "not_found", "the right is asked at the write itself, without any delay"
        for n in range(15):  # others write on while the news travels
            await alice.send(_send(channel, f"After it {n}"))
            await asyncio.sleep(0.02)
        left = await bob.expect("left", channel=channel, within=SOON)
        assert left["reason"] == reason, "who left by themselves is not told that somebody removed them"
        assert time.monotonic() - ended < SOON
        heard = await bob.hears(1.0)
        stored = read_history(stage.site.url(), stage.cookie("alice"), channel)
        end = next(row["version"] for row in stored if row["body"] == reason)
        assert max(_versions(heard, channel), default=0) <= end
        assert all(f["upto"] <= end for f in heard if f["type"] == "changes" and f["channel"] == channel), "a frame spans the removal"
        assert stored[-1]["body"] == "After it 14"
        await bob.send({"type": "sync", "channel": channel, "after": 0})
        await bob.expect("error", code="not_found")
        for frame in ({"type": "typing", "channel": channel}, {"type": "read", "channel": channel, "seq": 1}):
            await bob.send(frame)
            await bob.expect("error", code="not_found")
    async with wire(stage.site.url(), stage.cookie("bob"), cursors={channel: 0}) as again:
        assert channel not in {c["id"] for c in again.ready["channels"]}
        assert _versions(await again.hears(0.5), channel) == []
    answer = httpx.get(f"{stage.site.url()}/chat/{channel}/history/", headers={"Cookie": stage.cookie("bob")}, trust_env=False)
    assert answer.status_code == 404


async def test_a_removal_in_a_burst_is_exact_for_everybody(cluster: Stage) -> None:
    """Messages before, at and after the removal share commits and frames: the removed one gets none above it."""
    group, channel = cluster.back.make_group("alice", "bob")
    async with cluster.clients("alice", "bob") as clients:
        alices, bobs = clients[:2], clients[2:]
        for n in range(60):
            alices[n % 2].write(channel, f"Message {n}")
            if n == 30:
                removal = asyncio.create_task(aside(cluster.back.remove, "bob", group))
            await asyncio.sleep(0.005)
        await removal
        await asyncio.gather(*(alice.answered() for alice in alices))
        await asyncio.sleep(1.0)
        stored = read_history(cluster.site.url(), cluster.cookie("alice"), channel)
        end = next(row["version"] for row in stored if row["body"] == "removed")
        for bob in bobs:
            assert bob.left == {channel: "removed"}
            seen = _versions(bob.heard("changes"), channel)
            assert seen and max(seen) <= end, f"{max(seen)} is above the removal at {end}"
            assert all(f["upto"] <= end for f in bob.heard("changes") if f["channel"] == channel)


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


# ------------------------------------------------------------------- the whole line


@pytest.fixture
def bob_again(stage: Stage) -> Iterator[str]:
    """A session of Bob's own for one test; he is as before afterwards."""
    yield stage.back.fresh_session("bob")
    code = """
b = User.objects.get(name="Bob")
b.email, b.suspended_at, b.is_active = "bob@example.org", None, True
b.set_password(word)
b.save()
"""
    stage.back.run(code, word=PASSWORD)
    stage._cookies.pop("bob", None)


def _token(page: httpx.Response) -> str:
    return page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def _sign_out_on_the_page(stage: Stage, cookie: str) -> None:
    """As a person does it: the sign-out form, at another process than the socket's."""
    with httpx.Client(base_url=stage.site.url(), headers={"Origin": stage.site.url()}, trust_env=False) as browser:
        name, value = cookie.split("=", 1)
        browser.cookies.set(name, value, domain="localhost.local")
        page = browser.get("/accounts/logout/")
        answer = browser.post("/accounts/logout/", data={"csrfmiddlewaretoken": _token(page)})
        assert answer.status_code == 302


def _session_deleted(stage: Stage, cookie: str) -> None:
    stage.site.sql("DELETE FROM django_session WHERE session_key = %s", cookie.split("=", 1)[1])


def _session_expired(stage: Stage, cookie: str) -> None:
    stage.site.sql(
        "UPDATE django_session SET expire_date = %s WHERE session_key = %s", "2020-01-01 00:00:00+00:00", cookie.split("=", 1)[1]
    )


def _password_changed(stage: Stage, cookie: str) -> None:
    stage.back.run("b = person('bob'); b.set_password('another long password'); b.save()")


def _suspended(stage: Stage, cookie: str) -> None:
    stage.back.suspend("bob")


def _account_closed(stage: Stage, cookie: str) -> None:
    stage.back.run("members.close_account(actor=person('ada'), member=person('bob'))")


ENDINGS: list[tuple[Callable[[Stage, str], None], set[int]]] = [
    (_sign_out_on_the_page, {4401}),
    (_session_deleted, {4401}),
    (_session_expired, {4401}),
    (_password_changed, {4401}),
    (_suspended, {4403}),
    (_account_closed, {4401}),
]


@pytest.mark.parametrize(("ending", "codes"), ENDINGS, ids=lambda value: value.__name__.strip("_") if callable(value) else "")
async def test_when_a_session_or_an_account_ends_its_line_is_closed(
    stage: Stage, news: bool, bob_again: str, ending: Callable[[Stage, str], None], codes: set[int]
) -> None:
    """Catches sockets that outlive their sign-in: they neither hear nor write, and cannot come back with the old cookie."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with wire(stage.site.url(stage.last), bob_again) as bob, wire(stage.site.url(), stage.cookie("alice")) as alice:
        await aside(ending, stage, bob_again)
        assert await bob.closing(within=SOON) in codes
        frame = _send(channel, "Bob must not hear this.")
        await alice.send(frame)
        await alice.expect("ack", client_id=frame["client_id"])
        assert frame["client_id"] not in str(bob.unread)
    async with wire(stage.site.url(stage.last), bob_again, hello=False) as again:
        assert await again.closing() in codes


async def test_a_suspended_member_cannot_write_from_the_very_moment(stage: Stage, bob_again: str) -> None:
    """The write asks for itself: the two seconds are for hearing alone."""
    _group, channel = stage.back.make_group("alice", "bob")
    async with wire(stage.site.url(stage.last), bob_again) as bob:
        await aside(stage.back.suspend, "bob")
        frame = _send(channel, "Too late.")
        await bob.send(frame)
        assert await bob.closing(within=SOON) == 4403
    assert "Too late." not in [row["body"] for row in read_history(stage.site.url(), stage.cookie("alice"), channel)]


async def test_one_persons_end_is_nobody_elses(stage: Stage, bob_again: str) -> None:
    """Catches a check that closes too much: another session of the same member stays, and so do all others."""
    async with (
        wire(stage.site.url(), stage.back.fresh_session("bob")) as other_screen,
        wire(stage.site.url(), stage.cookie("alice")) as alice,
        wire(stage.site.url(), bob_again) as bob,
    ):
        _session_deleted(stage, bob_again)
        assert await bob.closing(within=SOON) == 4401
        await asyncio.sleep(1.2)
        assert await other_screen.is_alive() and await alice.is_alive()


# ------------------------------------------------------------------- the first visible message


async def test_nothing_from_before_ones_time_comes_by_any_way(stage: Stage) -> None:
    """A newcomer to a group that shows no past: live frames, catch-up, sync and history all begin at their first message."""
    group, channel = stage.back.make_group("alice", past="joining")
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


async def test_keys_that_rotate_leave_everybody_signed_in_and_retries_known() -> None:
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
                await asyncio.sleep(1.2)  # the watch over sessions has looked too
                await alice.send(frame)
                again = await alice.expect("ack", client_id=frame["client_id"])
                assert again["message"]["id"] == first["message"]["id"]


async def test_who_signs_out_before_hello_is_not_let_in_by_it(stage: Stage) -> None:
    """Catches a socket that is held back between the handshake and `hello`, and lives on without its session."""
    cookie = stage.back.fresh_session("alice")
    async with wire(stage.site.url(), cookie, hello=False) as line:
        key = cookie.split("=", 1)[1]
        stage.back.run("from django.contrib.sessions.models import Session; Session.objects.filter(session_key=key).delete()", key=key)
        await line.send({"type": "hello", "v": 1, "cursors": {}})
        assert await line.closing(within=SOON) == 4401
