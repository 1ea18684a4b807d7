"""The frames of the wire protocol (docs/protocol.md): those from a client typed and validated, those to it encoded once."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec

from ..models import Message
from ..text import BODY_LENGTH

VERSION = 1
FRAME_BYTES = 64 * 1024  # of an inbound frame
CATCH_UP = 200  # rows; who has missed more starts from the newest page
SOCKETS = 5  # of one member
TYPING_SECONDS = 5

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Hello(msgspec.Struct, tag="hello"):
    v: int
    cursors: dict[str, Number] = {}


class Send(msgspec.Struct, tag="send"):
    channel: UUID
    client_id: UUID
    body: str
    reply_to: UUID | None = None
    attachments: Annotated[list[UUID], msgspec.Meta(max_length=0)] = []


class _OfOne(msgspec.Struct):
    """What changes one message, which is named by its id, or by the client_id of one's own where no answer told the id."""

    id: UUID | None = None
    client_id: UUID | None = None
    ref: str | int | None = None

    def __post_init__(self) -> None:
        if (self.id is None) is (self.client_id is None):
            raise ValueError("Name it once.")


class Edit(_OfOne, tag="edit", kw_only=True):
    body: str


class Delete(_OfOne, tag="delete"):
    on: bool = True


class React(msgspec.Struct, tag="react"):
    id: UUID
    emoji: str
    on: bool
    ref: str | int | None = None


class Read(msgspec.Struct, tag="read"):
    channel: UUID
    seq: Number
    back: bool = False


class Typing(msgspec.Struct, tag="typing"):
    channel: UUID


class Sync(msgspec.Struct, tag="sync"):
    channel: UUID
    after: Number


class Ping(msgspec.Struct, tag="ping"):
    pass


ClientFrame = Hello | Send | Edit | Delete | React | Read | Typing | Sync | Ping
_decoder = msgspec.json.Decoder(ClientFrame)
_encoder = msgspec.json.Encoder()


class NotJSON(Exception):
    """What came is no JSON text at all: this is not our protocol."""


class BadFrame(Exception):
    """What came is JSON but none of our frames. `echo` holds its client_id or ref where it had one."""

    def __init__(self, echo: dict[str, Any]) -> None:
        super().__init__("bad_frame")
        self.echo = echo


def decode(text: str) -> ClientFrame:
    """Return the frame that `text` is; raise BadFrame or NotJSON."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        pass
    try:
        # The standard parser also takes what ours refuses: lone surrogates, and numbers too long for an int.
        loose = json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 64 else None)
    except RecursionError:
        raise BadFrame({}) from None
    except ValueError:
        raise NotJSON from None
    echo = {}
    if isinstance(loose, dict):
        echo = {key: loose[key] for key in ("client_id", "ref") if isinstance(loose.get(key), str | int) and len(str(loose[key])) < 64}
        echo = {key: value for key, value in echo.items() if str(value).isprintable()}
    raise BadFrame(echo)


def echo_of(frame: ClientFrame) -> dict[str, Any]:
    """Return by what the client knows the answer to a frame: its client_id or ref, where it has one."""
    if isinstance(frame, Send):
        return {"client_id": str(frame.client_id)}
    ref = getattr(frame, "ref", None)
    return {} if ref is None else {"ref": ref}


def encode(frame: dict[str, Any]) -> str:
    """Return a server's frame as JSON text."""
    return _encoder.encode(frame).decode()


class Change(NamedTuple):
    """One changed row, encoded once for everybody who gets it."""

    version: int
    seq: int
    row: str  # the JSON of the row
    word: str = ""  # of a notice: "joined", "left", "removed" and so on
    member: str = ""  # whom the notice is about
    person: str = ""  # the JSON of that person, where they are new here


class ChangeSet(NamedTuple):
    """The changes of a channel above `after` up to `upto`, in order of version."""

    channel: str
    after: int
    upto: int
    changes: list[Change]

    def above(self, version: int) -> "ChangeSet":
        """The same without what a reader at `version` has already."""
        if version <= self.after:
            return self
        return ChangeSet(self.channel, version, self.upto, [change for change in self.changes if change.version > version])


def change_of(message: Message) -> Change:
    """Return a message as a change. For a newcomer's notice the message comes with its author."""
    row = encode(message.row())
    if message.kind != Message.Kind.NOTICE:
        return Change(message.version, message.seq, row)
    newcomer = encode({"type": "person", **person_of(message.author)}) if message.body == "joined" and message.author else ""
    return Change(message.version, message.seq, row, message.body, str(message.author_id or ""), newcomer)


def person_of(member: Any) -> dict[str, str]:
    """Return a member as frames name them: with `picture` where they chose one."""
    return person(member.id, member.name, member.drawing)


def person(id: Any, name: str, drawing: str) -> dict[str, str]:
    """The same of what a query has read."""
    return {"id": str(id), "name": name, **({"picture": drawing} if drawing else {})}


def changes_frame(channel: str, after: int, upto: int, changes: Iterable[Change]) -> str:
    """Return a `changes` frame. The rows are encoded already and only joined."""
    rows = ",".join(change.row for change in changes)
    return f'{{"type":"changes","channel":"{channel}","after":{after},"upto":{upto},"messages":[{rows}]}}'


def ack_frame(client_id: UUID, message: Message) -> str:
    """Return the `ack` of a stored message."""
    return encode({"type": "ack", "client_id": str(client_id), "channel": str(message.channel_id), "message": message.row()})


def error_frame(code: str, detail: str, *, retry_after: float | None = None, **echo: Any) -> str:
    """Return an `error` frame with a sentence for people."""
    frame = {"type": "error", "code": code, **echo, "detail": detail}
    if retry_after is not None:
        frame["retry_after"] = round(retry_after, 2)
    return encode(frame)


def limits(*, sends_at_once: int, sends_per_second: float) -> dict[str, float]:
    """Return what `ready` tells a client of our limits."""
    return {
        "body": BODY_LENGTH,
        "frame": FRAME_BYTES,
        "catch_up": CATCH_UP,
        "sends_at_once": sends_at_once,
        "sends_per_ten_seconds": round(sends_per_second * 10),
        "sockets": SOCKETS,
        "typing_seconds": TYPING_SECONDS,
    }
