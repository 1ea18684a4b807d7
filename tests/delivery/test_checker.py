"""The checker itself: each fault that it exists for, planted by hand, has to be found. One that finds nothing proves nothing."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.delivery.checker import Broken, check
from tests.delivery.client import Client, Stream, Unsent

CHANNEL = "c"


def _row(seq: int) -> dict[str, Any]:
    return {
        "id": f"id-{seq}",
        "channel": CHANNEL,
        "seq": seq,
        "version": seq,
        "kind": "text",
        "client_id": f"client-{seq}",
        "body": f"{seq}",
    }


def _scene() -> tuple[list[dict[str, Any]], Client, Client]:
    """Five stored rows that the writer has acknowledged and both show; a sixth message was never answered and is nowhere."""
    rows = [_row(seq) for seq in range(1, 6)]
    writer, reader = (Client("http://localhost", "", name=name) for name in ("writer", "reader"))
    for client in (writer, reader):
        client.streams[CHANNEL] = Stream(cursor=5, rows={row["id"]: copy.copy(row) for row in rows})
    writer.acked = {row["client_id"]: copy.copy(row) for row in rows}
    writer.sent = {f"client-{n}": Unsent(CHANNEL, f"{n}") for n in range(1, 7)}
    return rows, writer, reader


Fault = Callable[[list[dict[str, Any]], Client, Client], object]
FAULTS: dict[str, tuple[str, Fault]] = {
    "an acknowledged message is not stored": ("A:", lambda rows, writer, reader: rows.pop()),
    "an acknowledged message is stored twice": ("A:", lambda rows, writer, reader: rows.append({**_row(6), "client_id": "client-5"})),
    "an ack named another place": ("A:", lambda rows, writer, reader: writer.acked["client-2"].update(seq=3)),
    "a reader misses the last": ("B:", lambda rows, writer, reader: reader.streams[CHANNEL].rows.pop("id-5")),
    "a reader misses one between": ("B:", lambda rows, writer, reader: reader.streams[CHANNEL].rows.pop("id-3")),
    "a reader has an old body": ("B:", lambda rows, writer, reader: reader.streams[CHANNEL].rows["id-2"].update(body="old")),
    "a reader missed an edit": ("B:", lambda rows, writer, reader: rows[1].update(version=6, body="edited")),
    "a reader has two in the wrong order": (
        "B:",
        lambda rows, writer, reader: (
            reader.streams[CHANNEL].rows["id-2"].update(seq=3),
            reader.streams[CHANNEL].rows["id-3"].update(seq=2),
        ),
    ),
    "a reader shows what is stored nowhere": ("C:", lambda rows, writer, reader: reader.streams[CHANNEL].put(_row(6))),
    "a place is left out": ("D:", lambda rows, writer, reader: rows[4].update(seq=6)),
}


@pytest.mark.parametrize(("sign", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_the_checker_finds(sign: str, fault: Fault) -> None:
    rows, writer, reader = _scene()
    check(rows, [writer, reader], CHANNEL)
    fault(rows, writer, reader)
    with pytest.raises(Broken, match=sign):
        check(rows, [writer, reader], CHANNEL)


def test_a_client_that_misses_news_does_not_move_its_cursor() -> None:
    """The cursor is what heals: moved over a gap it would hide it for ever."""
    stream = Stream(cursor=3)
    assert not stream.take({"after": 4, "upto": 5, "messages": [_row(5)]}) and stream.cursor == 3
    assert stream.take({"after": 1, "upto": 5, "messages": [_row(4), _row(5)]}) and stream.cursor == 5
    assert stream.take({"after": 0, "upto": 2, "messages": [{**_row(4), "version": 2, "body": "older"}]}) and stream.cursor == 5
    assert stream.rows["id-4"]["body"] == "4"
