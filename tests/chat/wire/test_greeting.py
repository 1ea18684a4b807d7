"""Coming in: who may shake hands, who is told why not, and what is said first."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.delivery.stage import Stage
from tests.delivery.wire import wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def stage(sites: None) -> Iterator[Stage]:
    with Stage("sqlite") as stage:
        yield stage


ORIGINS = {
    "another scheme": "https://localhost:{port}",
    "no web scheme": "ftp://localhost:{port}",
    "another host": "http://example.org:{port}",
    "another port": "http://localhost:{other}",
    "no port": "http://localhost",
    "a look-alike suffix": "http://localhost.example.org:{port}",
    "a look-alike prefix": "http://evil-localhost:{port}",
    "a longer port": "http://localhost:{port}0",
    "a path behind it": "http://localhost:{port}/",
    "a name before it": "http://localhost:{port}@example.org",
    "null": "null",
    "nothing in it": "",
    "two at once": "http://localhost:{port} http://localhost:{port}",
}


@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS.keys())
async def test_pages_of_other_origins_cannot_shake_hands(stage: Stage, origin: str) -> None:
    """Catches a check that ignores scheme or port, compares endings, or lets `null` pass: a stranger's page with our cookie."""
    port = stage.site.ports[0]
    with pytest.raises(InvalidStatus) as refusal:
        async with wire(stage.site.url(), stage.cookie("alice"), origin=origin.format(port=port, other=port - 1)):
            pass
    assert refusal.value.response.status_code == 403


async def test_without_an_origin_nobody_shakes_hands(stage: Stage) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with wire(stage.site.url(), stage.cookie("alice"), origin=None):
            pass
    assert refusal.value.response.status_code == 403


async def test_nothing_else_is_a_socket(stage: Stage) -> None:
    """Catches a socket application that answers under any path."""
    from websockets.asyncio.client import connect

    for path in ("/", "/ws", "/ws/ws/", "/chat/", "/nothing/"):
        with pytest.raises(InvalidStatus):
            async with connect(stage.site.socket_url().replace("/ws/", path), origin=stage.site.url(), proxy=None):  # type: ignore[arg-type]
                pass


def _cookies(good: str) -> dict[str, str]:
    name, key = good.split("=", 1)
    return {
        "none": "",
        "another name": f"other={key}",
        "empty": f"{name}=",
        "a letter changed": f"{name}={key[:-1]}{'a' if key[-1] != 'a' else 'b'}",
        "never given": f"{name}={'0' * len(key)}",
        "very long": f"{name}={'a' * 5000}",
        "quotes and signs": f"{name}=\"'; DROP TABLE django_session; --",
        "spaces": f"{name}= {key} x",
    }


@pytest.mark.parametrize("kind", _cookies("a=b").keys())
async def test_without_a_session_the_connection_opens_and_says_4401(stage: Stage, kind: str) -> None:
    """Catches a tampered cookie that counts, and a refusal that a browser cannot read."""
    async with wire(stage.site.url(), _cookies(stage.cookie("alice"))[kind], hello=False) as connection:
        assert await connection.closing() == 4401


async def test_an_expired_session_says_4401(stage: Stage) -> None:
    cookie = stage.back.fresh_session("bob")
    key = cookie.split("=", 1)[1]
    stage.site.sql("UPDATE django_session SET expire_date = %s WHERE session_key = %s", "2020-01-01 00:00:00", key)
    async with wire(stage.site.url(), cookie, hello=False) as connection:
        assert await connection.closing() == 4401


async def test_a_suspended_member_hears_4403(stage: Stage) -> None:
    cookie = stage.back.fresh_session("bob")
    stage.back.suspend("bob")
    try:
        async with wire(stage.site.url(), cookie, hello=False) as connection:
            assert await connection.closing() == 4403
    finally:
        stage.back.suspend("bob", suspended=False)


async def test_ready_has_the_shape_of_the_protocol(stage: Stage) -> None:
    """Catches a field that a client of another hand would miss, and an address that slips out."""
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        ready = connection.ready
        assert ready["v"] == 1 and ready["me"] == {"id": stage.site.ids["alice"], "name": "Alice"}
        sending = {"sends_at_once", "sends_per_ten_seconds"}
        assert ready["limits"].keys() == {"body", "frame", "catch_up", "sockets", "typing_seconds"} | sending
        assert (ready["limits"]["body"], ready["limits"]["frame"], ready["limits"]["sockets"]) == (4000, 65536, 5)
        channel = next(c for c in ready["channels"] if c["id"] == stage.site.ids["channel"])
        assert channel["group"] == stage.site.ids["group"] and channel["can_post"] is True and channel["muted"] is False
        counted = {"seq", "version", "first_seq", "read", "unread"}
        assert channel.keys() == {"id", "group", "name", *counted, "muted", "can_post", "facilitators"}
        assert {person["name"] for person in ready["people"]} == {"Alice", "Bob", "Faye"}
        assert "@" not in str(ready)


async def test_hello_is_said_first(stage: Stage) -> None:
    """Catches frames that are served before anybody is greeted."""
    async with wire(stage.site.url(), stage.cookie("alice"), hello=False) as connection:
        client_id = str(uuid.uuid4())
        await connection.send({"type": "send", "channel": stage.site.ids["channel"], "client_id": client_id, "body": "Too early."})
        await connection.expect("error", code="bad_frame", client_id=client_id)
        await connection.hello()
        assert await connection.is_alive()


@pytest.mark.parametrize("v", [0, 2, 1000])
async def test_another_version_is_not_spoken(stage: Stage, v: int) -> None:
    async with wire(stage.site.url(), stage.cookie("alice"), hello=False) as connection:
        await connection.send({"type": "hello", "v": v})
        assert await connection.closing() == 4400


@pytest.mark.parametrize(
    "hello",
    [{"type": "hello"}, {"type": "hello", "v": "1"}, {"type": "hello", "v": None}, {"type": "hello", "v": 1, "cursors": []},
     {"type": "hello", "v": 1, "cursors": {"x": "1"}}, {"type": "hello", "v": 1, "cursors": {"x": -1}},
     {"type": "hello", "v": 1, "cursors": {"x": 1.5}}, {"type": "hello", "v": 1, "cursors": {"x": 2**60}}],
    ids=str,
)  # fmt: skip
async def test_a_misshapen_hello_is_a_bad_frame_and_can_be_said_again(stage: Stage, hello: dict[str, object]) -> None:
    async with wire(stage.site.url(), stage.cookie("alice"), hello=False) as connection:
        await connection.send(hello)
        await connection.expect("error", code="bad_frame")
        await connection.hello()


async def test_silence_instead_of_hello_ends_after_ten_seconds(stage: Stage) -> None:
    """Catches connections that are held open for nothing, and a code that sends a sound client on a slow connection away for good."""
    async with (
        wire(stage.site.url(), stage.cookie("alice"), hello=False) as silent,
        wire(stage.site.url(), stage.cookie("bob"), hello=False) as talking,
    ):
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(4)  # in the middle of the ten seconds, which pass in any case: a word that began them anew would show
        await talking.send({"type": "ping"})
        assert await silent.closing(within=10) == 4408
        assert 8 < asyncio.get_running_loop().time() - began < 13
        assert await talking.closing(within=3) == 4408
