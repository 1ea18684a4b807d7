"""What the wire says, held together: the typed frames, the tables of docs/protocol.md, and what the client's modules expect."""

import re
from typing import get_args

import msgspec
import pytest

from groups.chat.wire import frames, outgoing
from groups.chat.wire.codes import CloseCode
from tests.house.tree import ROOT

PROTOCOL = (ROOT / "docs/protocol.md").read_text()
CLIENT = "\n".join(path.read_text() for path in sorted((ROOT / "groups/chat/static/chat/js").glob("**/*.js")))
FROM_SERVER = {kind.__struct_config__.tag: kind for kind in get_args(outgoing.ServerFrame)}
FROM_CLIENT = {kind.__struct_config__.tag: kind for kind in get_args(frames.ClientFrame)}
BY_OTHERS = {1006, 1009, 1011}  # WebSocket's own, which the library sends
EXAMPLES = [line for line in PROTOCOL.splitlines() if line.startswith('{"type"')]


def section(title: str) -> str:
    """The text of a section of the protocol, by how its heading ends."""
    found = re.search(rf"^## \d+\. {title}$(.*?)(?=^## |\Z)", PROTOCOL, re.M | re.S)
    assert found, title
    return found[1]


def test_each_close_code_stands_in_the_protocol_and_the_client_knows_the_final_ones():
    """A connection that ends by a number that no client was told of."""
    told = {int(code) for code in re.findall(r"^\| (\d{4})", section("How a connection ends"), re.M)}
    assert told == set(CloseCode) | BY_OTHERS
    ends = re.search(r"const ENDS = \{([^}]*)\}", CLIENT)
    assert ends and {int(code) for code in re.findall(r"\d{4}", ends[1])} == {
        CloseCode.NOT_THIS_PROTOCOL, CloseCode.SIGNED_OUT, CloseCode.NOT_ALLOWED, CloseCode.REPLACED, CloseCode.SECOND_STEP,
    }  # fmt: skip


def test_each_frame_from_a_client_stands_in_the_protocol():
    told = set(re.findall(r"^\| `(\w+)` \|", section("Frames from the client"), re.M))
    assert told == set(FROM_CLIENT)


def test_each_frame_to_a_client_stands_in_the_protocol_and_in_the_client():
    """A frame that the server sends and nobody takes, or that is documented and never sent."""
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*)\|", section("Frames from the server"), re.M))
    assert set(rows) | {"ready", "reset"} == set(FROM_SERVER)
    for tag, fields in rows.items():
        assert set(re.findall(r"`(\w+)`", fields)) == {field.name for field in msgspec.structs.fields(FROM_SERVER[tag])}, tag
    unheard = {tag for tag in FROM_SERVER if not re.search(rf"\b{tag}\b", CLIENT)}
    assert unheard == set()


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_protocol_are_frames(example):
    """A document that shows fields which no frame has, or leaves out those that each has."""
    tag = msgspec.json.decode(example)["type"]
    kind = FROM_SERVER.get(tag) if tag not in FROM_CLIENT or "unread" in example else None
    known = {field.encode_name for field in msgspec.structs.fields(kind or FROM_CLIENT[tag])} | {"type"}
    assert set(msgspec.json.decode(example)) <= known
