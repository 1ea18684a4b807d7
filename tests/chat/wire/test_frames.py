"""Everything that a client can send: what fits is done, what does not is answered, and nobody else notices."""

import json
import unicodedata
import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.delivery.stage import Stage
from tests.delivery.wire import Wire, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]
ROW = {
    "id", "channel", "seq", "version", "kind", "author", "client_id", "sent", "edited", "deleted", "hidden", "pinned", "body", "html",
    "reply_to", "reactions", "attachments", "mentions",
}  # fmt: skip


@pytest.fixture(scope="module")
def stage(sites: None) -> Iterator[Stage]:
    with Stage("sqlite") as stage:
        yield stage
        log = stage.site.log()
        # The server's library logs each invalid UTF-8 as an error; nothing else may.
        assert "Traceback" not in log and log.count(" ERROR ") == log.count("Invalid UTF-8"), log[-3000:]


@pytest.fixture(scope="module")
def channel(stage: Stage) -> str:
    return stage.back.make_group("alice", "bob")[1]


def _send(channel: str, body: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": body, **fields}


async def _stored(connection: Wire, channel: str, body: str, **fields: Any) -> dict[str, Any]:
    frame = _send(channel, body, **fields)
    await connection.send(frame)
    row: dict[str, Any] = (await connection.expect("ack", client_id=frame["client_id"], channel=channel))["message"]
    return row


# ------------------------------------------------------------------- what fits


async def test_a_message_its_edit_and_its_deletion_have_the_shape_of_the_protocol(stage: Stage, channel: str) -> None:
    async with wire(stage.site.url(), stage.cookie("alice")) as alice, wire(stage.site.url(), stage.cookie("bob")) as bob:
        row = await _stored(alice, channel, " **Good** to see you.\n")
        assert row.keys() == ROW
        assert (row["kind"], row["body"], row["author"]) == ("text", "**Good** to see you.", stage.site.ids["alice"])
        assert row["html"] == "<p><strong>Good</strong> to see you.</p>" and row["sent"].endswith("Z")
        empty = (row["edited"], row["deleted"], row["hidden"], row["pinned"], row["reply_to"], row["reactions"], row["attachments"])
        assert empty == (None, None, False, False, None, [], []) and row["mentions"] == []
        seen = await bob.expect("changes", channel=channel, upto=row["version"])
        assert seen["messages"] == [row] and seen["after"] == row["version"] - 1
        answer = await _stored(bob, channel, "And you.", reply_to=row["id"])
        assert answer["reply_to"] == {"id": row["id"], "seq": row["seq"]}
        await alice.send({"type": "edit", "id": row["id"], "body": "Better.", "ref": 7})
        assert await alice.expect("ok") == {"type": "ok", "ref": 7}
        changed = (await bob.expect("changes", channel=channel, upto=row["version"] + 2))["messages"][0]
        assert changed["body"] == "Better." and changed["edited"] and (changed["id"], changed["seq"]) == (row["id"], row["seq"])
        for _ in range(2):  # a deletion again is `ok` and no change
            await alice.send({"type": "delete", "id": row["id"]})
            assert await alice.expect("ok") == {"type": "ok"}
        gone = (await bob.expect("changes", channel=channel, upto=row["version"] + 3))["messages"][0]
        assert gone["deleted"] and gone["body"] is None and gone["html"] is None and gone["author"] == row["author"]
        assert (await _stored(alice, channel, "And so on."))["version"] == row["version"] + 4
        received = [f for f in await bob.so_far() if f["type"] == "changes" and f["upto"] > row["version"] + 3]
        assert [(f["after"], f["upto"]) for f in received] == [(row["version"] + 3, row["version"] + 4)]
        await alice.send({"type": "edit", "id": row["id"], "body": "Back again.", "ref": 8})
        await alice.expect("error", code="not_found", ref=8)


async def test_typing_and_read_go_where_they_should(stage: Stage, channel: str) -> None:
    async with (
        wire(stage.site.url(), stage.cookie("alice")) as one,
        wire(stage.site.url(), stage.cookie("alice")) as two,
        wire(stage.site.url(), stage.cookie("bob")) as bob,
    ):
        row = await _stored(bob, channel, "Are you there?")
        await one.send({"type": "typing", "channel": channel})
        assert await bob.expect("typing") == {"type": "typing", "channel": channel, "member": stage.site.ids["alice"]}
        await one.send({"type": "read", "channel": channel, "seq": row["seq"] + 100})
        told = {"type": "read", "channel": channel, "seq": row["seq"], "unread": 0, "version": row["version"]}
        assert await two.expect("read") == told
        await one.send({"type": "read", "channel": channel, "seq": 1})
        await one.send({"type": "read", "channel": channel, "seq": row["seq"] - 1, "back": True})
        await two.expect("read", channel=channel, seq=row["seq"] - 1, unread=1)
        mine, others = [f["type"] for f in await one.so_far()], [f["type"] for f in await bob.so_far()]
        assert mine.count("read") == 1, "what moved nothing is answered; a mark that moved is told to the member's other connections alone"
        assert "read" not in others
        assert "typing" not in [*mine, *(f["type"] for f in await two.so_far())]


async def test_who_does_not_want_to_be_seen_writing_is_not(stage: Stage, channel: str) -> None:
    """A choice that a page or another program of theirs ignores, or that an older connection never hears of."""
    change = "p = person('alice'); set_conversation(member=p, aloud=p.aloud, enter_key=p.enter_key, shows_writing=shows)"
    typing = {"type": "typing", "channel": channel}
    async with wire(stage.site.url(), stage.cookie("alice")) as old, wire(stage.site.url(), stage.cookie("bob")) as bob:
        stage.back.run(change, shows=False)
        await stage.checked()
        async with wire(stage.site.url(), stage.cookie("alice")) as new:
            for connection in (old, new):
                await connection.send(typing)
            assert "typing" not in [f["type"] for connection in (old, new, bob) for f in await connection.so_far()]
        stage.back.run(change, shows=True)
        await stage.checked()
        await old.send(typing)
        await bob.expect("typing", member=stage.site.ids["alice"])


async def test_a_body_is_normalised_and_counted_in_code_points(stage: Stage, channel: str) -> None:
    """Catches a limit in bytes or in UTF-16 units, and two spellings of one text that count as two."""
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        assert (await _stored(connection, channel, "e\u0301"))["body"] == "é"
        assert (await _stored(connection, channel, "a\u0001\u0007\u001b[31m\u007f\u0085b\u2028c"))["body"] == "a[31m\nb\nc"
        assert len((await _stored(connection, channel, "🌳" * 4000))["body"]) == 4000
        assert len((await _stored(connection, channel, "  " + "a" * 4000 + "\n "))["body"]) == 4000
        for body, code in (
            ("a" * 4001, "too_long"),
            ("🌳" * 4001, "too_long"),
            ("", "empty"),
            (" \n\t\u00a0 ", "empty"),
            ("\u200b\u2800", "empty"),
        ):
            frame = _send(channel, body)
            await connection.send(frame)
            await connection.expect("error", code=code, client_id=frame["client_id"])


class _Seen(HTMLParser):
    """What a browser would find in a message."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


HARMLESS = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a script link": "[press](javascript:alert(1)) [or](data:text/html,x) <javascript:alert(1)>",
    "an attribute": '[a](https://example.org "onmouseover=alert(1)") <b onclick=x>',
    "template syntax": "{{ 7*7 }} {% debug %} ${7*7} <%= 1 %>",
    "direction marks": "\u202eback to front\u202c \u2066x\u2069",
    "no width": "a\u200b\u200c\u200d\ufeffb",
    "zalgo": "Z" + "\u0351\u0310\u0321" * 300,
    "one long word": "x" * 4000,
    "nested quotes": ">" * 3000 + " deep",
    "nested lists": "".join(" " * n + "- x\n" for n in range(80)),
    "brackets": "[" * 3900,
    "stars": "*a_" * 1300,
    "back-ticks": "`" * 1999 + " " + "`" * 2000,
    "many links": "https://example.org/a " * 170,
    "many names": "@alice " * 500,
    "outside the first plane": "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0010fffd",
}


@pytest.mark.parametrize("kind", HARMLESS.keys())
async def test_any_text_is_stored_as_written_and_shown_harmless(stage: Stage, channel: str, kind: str) -> None:
    """Catches text that runs, text that stops the server, and text that is changed behind somebody's back."""
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        row = await _stored(connection, channel, HARMLESS[kind])
        assert row["body"] == unicodedata.normalize("NFC", HARMLESS[kind].strip())
        assert len(row["html"]) < 200_000
        seen = _Seen()
        seen.feed(row["html"])
        assert seen.tags <= {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
        assert seen.attributes <= {"href", "rel", "title", "start"}
        assert all(urlsplit(link).scheme in ("http", "https", "mailto", "tel") for link in seen.links), seen.links
        assert await connection.is_alive()


# ------------------------------------------------------------------- what does not fit

ID = str(uuid.uuid4())
DEEP = 10_000
BAD: dict[str, Any] = {
    "a number": 7, "a string": "ping", "null": "null", "a list": [], "a list of frames": [{"type": "ping"}], "an empty object": {},
    "an unknown type": {"type": "shout"}, "no type": {"channel": ID}, "a type of another kind": {"type": 7},
    "a type that is a list": {"type": ["ping"]}, "an empty type": {"type": ""}, "upper case": {"type": "PING"},
    "internal: disconnect": {"type": "websocket.disconnect"}, "internal: receive": {"type": "websocket.receive", "text": "x"},
    "internal: close": {"type": "websocket.close", "code": 1000}, "internal: chat.message": {"type": "chat.message", "body": "x"},
    "internal: news": {"type": "news", "kind": "changes", "batch": []}, "internal: under_score": {"type": "__class__"},
    "react: no emoji": {"type": "react", "id": ID, "on": True, "ref": "r"},
    "react: emoji is a list": {"type": "react", "id": ID, "emoji": ["heart"], "on": True, "ref": "r"},
    "react: neither on nor off": {"type": "react", "id": ID, "emoji": "heart", "ref": "r"},
    "delete: on is a word": {"type": "delete", "id": ID, "on": "no", "ref": "r"},
    "not now: pin": {"type": "pin", "id": ID, "on": True, "ref": "r"},
    "a server's frame": {"type": "changes", "channel": ID, "after": 0, "upto": 1, "messages": []},
    "send: nothing": {"type": "send"},
    "send: no client_id": {"type": "send", "channel": ID, "body": "x"},
    "send: a client_id that is none": {"type": "send", "channel": ID, "client_id": "1", "body": "x"},
    "send: body is a number": {"type": "send", "channel": ID, "client_id": ID, "body": 7},
    "send: body is an object": {"type": "send", "channel": ID, "client_id": ID, "body": {"$ne": ""}},
    "send: body is null": {"type": "send", "channel": ID, "client_id": ID, "body": None},
    "send: channel is a path": {"type": "send", "channel": "../x", "client_id": ID, "body": "x"},
    "send: channel is a list": {"type": "send", "channel": [ID], "client_id": ID, "body": "x"},
    "send: attachments": {"type": "send", "channel": ID, "client_id": ID, "body": "x", "attachments": [ID]},
    "send: reply_to is no id": {"type": "send", "channel": ID, "client_id": ID, "body": "x", "reply_to": 3},
    "edit: no body": {"type": "edit", "id": ID}, "edit: no id": {"type": "edit", "body": "x"},
    "edit: an id that is none": {"type": "edit", "id": "' OR 1=1", "body": "x"},
    "delete: no id, and a number as ref": {"type": "delete", "ref": 7},
    "delete: ref is an object": {"type": "delete", "id": ID, "ref": {"a": 1}},
    "read: no seq": {"type": "read", "channel": ID}, "read: negative": {"type": "read", "channel": ID, "seq": -1},
    "read: a fraction": {"type": "read", "channel": ID, "seq": 1.5}, "read: beyond 2^53": {"type": "read", "channel": ID, "seq": 2**53 + 1},
    "read: beyond 2^64": {"type": "read", "channel": ID, "seq": 2**70}, "read: true": {"type": "read", "channel": ID, "seq": True},
    "read: endless digits": f'{{"type": "read", "channel": "{ID}", "seq": {"9" * 5000}}}',
    "read: text": {"type": "read", "channel": ID, "seq": "1"},
    "sync: beyond 2^53": {"type": "sync", "channel": ID, "after": 2**63}, "sync: negative": {"type": "sync", "channel": ID, "after": -1},
    "sync: no after": {"type": "sync", "channel": ID}, "typing: no channel": {"type": "typing"},
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD.keys())
async def test_a_frame_that_fits_nothing_is_answered_and_the_connection_lives(stage: Stage, kind: str) -> None:
    """Catches a frame that ends the connection, one that is silently swallowed, and one that reaches a method of the server."""
    text = BAD[kind] if kind in ("null", "read: endless digits") else json.dumps(BAD[kind])
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        await connection.send(text)
        error = await connection.expect("error", code="bad_frame")
        assert error["detail"] and len(error["detail"]) < 200
        if isinstance(BAD[kind], dict) and isinstance(BAD[kind].get("ref"), str | int):
            assert error["ref"] == BAD[kind]["ref"]
        assert await connection.is_alive()


@pytest.mark.parametrize(
    "text",
    ["[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, '{"type": "ping", "x": ' + "[" * DEEP + "]" * DEEP + "}"],
    ids=["open brackets", "closed brackets", "objects", "inside a ping"],
)
async def test_deep_nesting_harms_nobody(stage: Stage, text: str) -> None:
    """Catches a parser that recurses until the process falls."""
    async with wire(stage.site.url(), stage.cookie("bob")) as other:
        async with wire(stage.site.url(), stage.cookie("alice")) as connection:
            await connection.send(text)
            received = await connection.so_far()
            assert connection.raw.close_code == 4400 or [f["type"] for f in received] in (["error"], ["pong"])
        assert await other.is_alive()


@pytest.mark.parametrize(
    "text", ["", "{", '{"type": "ping"', "hello", "{'type': 'ping'}", '{"type": "ping"} {"type": "ping"}', "\x00", "<x/>"], ids=repr
)
async def test_what_is_no_json_ends_the_connection_with_4400(stage: Stage, text: str) -> None:
    async with wire(stage.site.url(), stage.cookie("alice")) as connection, wire(stage.site.url(), stage.cookie("bob")) as other:
        await connection.send(text)
        assert await connection.closing() == 4400
        assert await other.is_alive()


async def test_binary_frames_end_the_connection(stage: Stage) -> None:
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        await connection.send(b'{"type": "ping"}')
        assert await connection.closing() in (4400, 1003)


async def test_invalid_utf_8_ends_the_connection(stage: Stage) -> None:
    async with wire(stage.site.url(), stage.cookie("alice")) as connection, wire(stage.site.url(), stage.cookie("bob")) as other:
        async with connection.raw.send_context():
            connection.raw.protocol.send_text(b'{"type": "ping", "x": "\xff\xfe"}')
        assert await connection.closing() in (4400, 1007)
        assert await other.is_alive()


async def test_a_frame_over_64_kib_ends_the_connection_and_one_at_it_does_not(stage: Stage) -> None:
    """Catches a poisonous message that everybody would have to load."""
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        await connection.send('{"type": "ping", "x": "' + "a" * (65536 - 25) + '"}')
        await connection.expect("pong")
        await connection.send('{"type": "ping", "x": "' + "a" * 65536 + '"}')
        assert await connection.closing() == 1009


async def test_many_fragments_count_as_one_frame(stage: Stage) -> None:
    """Catches a limit that looks at each fragment alone: a message in pieces could fill the memory."""
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        protocol = connection.raw.protocol
        async with connection.raw.send_context():
            protocol.send_text(b'{"type": "ping", "x": "', fin=False)
            for _ in range(16):  # the last one passes the limit; what came after it would break the connection before the code is read
                protocol.send_continuation(b"a" * 4096, fin=False)
        assert await connection.closing() == 1009


@pytest.mark.parametrize("body", ["a\\u0000b", "\\ud800", "a\\udc00b", "\\ud83d x"], ids=["NUL", "high", "low", "half a pair"])
@pytest.mark.parametrize("kind", ["send", "edit"])
async def test_text_that_cannot_be_stored_is_a_bad_frame(stage: Stage, channel: str, body: str, kind: str) -> None:
    """Catches an exception in the middle of a shared commit, which would take the others' messages with it."""
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        row = await _stored(connection, channel, "Fine.")
        start = f'"type": "send", "channel": "{channel}", "client_id": "{ID}"'
        if kind == "edit":
            start = f'"type": "edit", "id": "{row["id"]}", "ref": "e"'
        await connection.send(f'{{{start}, "body": "{body}"}}')
        error = await connection.expect("error", code="bad_frame")
        assert error.get("client_id") == ID if kind == "send" else error.get("ref") == "e"
        assert await connection.is_alive()
        assert (await _stored(connection, channel, "Still fine."))["body"] == "Still fine."


async def test_one_bad_item_never_fails_its_neighbours(stage: Stage, channel: str) -> None:
    """Good and bad messages that share a commit: each gets its own answer."""
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        frames = []
        for n in range(30):
            bad = [_send(channel, ""), _send(ID, "x"), _send(channel, "x", reply_to=ID), _send(channel, "a" * 4001)][n % 4]
            frames += [(_send(channel, f"Good {n}"), "ack"), (bad, "error")]
        for frame, _expected in frames:
            await connection.send(frame)
        for frame, expected in frames:
            await connection.expect(expected, client_id=frame["client_id"])


async def test_a_ref_and_unknown_fields_are_harmless(stage: Stage, channel: str) -> None:
    async with wire(stage.site.url(), stage.cookie("alice")) as connection:
        row = await _stored(connection, channel, "Mine.", author=stage.site.ids["bob"], seq=1, id=ID, html="<b>x</b>", kind="notice")
        assert (row["author"], row["kind"], row["html"]) == (stage.site.ids["alice"], "text", "<p>Mine.</p>") and row["id"] != ID
        for ref in (0, "a", "x" * 63, 2**53, '"<script>'):
            await connection.send({"type": "edit", "id": ID, "body": "x", "ref": ref})
            await connection.expect("error", code="not_found", ref=ref)
