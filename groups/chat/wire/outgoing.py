"""The frames to a client, typed, and encoded once for everybody who gets them (docs/protocol.md)."""

from collections.abc import Iterable
from typing import Any, NamedTuple, NotRequired, TypedDict
from uuid import UUID

import msgspec

from community.kit.errors import Refusal
from community.kit.limits import MAX_CATCH_UP_ROWS, MAX_CONNECTIONS, MAX_FRAME_BYTES, MAX_MESSAGE_LENGTH, TYPING_LIFETIME
from community.members.models import User

from ..models import Message
from .frames import VERSION, Ref

_encoder = msgspec.json.Encoder()
Row = dict[str, Any]  # `Message.row()`


class PersonRow(TypedDict):
    """A person in frames and pages; with `picture` where they chose one, and `role` where it is "facilitator"."""

    id: str
    name: str
    picture: NotRequired[str]
    role: NotRequired[str]


class ChannelRow(TypedDict):
    """A channel of one member, in `ready` and `joined`."""

    id: str
    group: str | None
    name: str
    seq: int
    version: int
    first_seq: int
    read: int
    unread: int
    muted: bool
    can_post: bool
    facilitators: list[str]


class Frame(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, tag=str.lower):
    """A frame to a client; its `type` is the name of its class in lower case."""

    def encode(self) -> str:
        """Return it as JSON text."""
        return _encoder.encode(self).decode()


class Ready(Frame, kw_only=True, omit_defaults=False):
    v: int = VERSION
    me: PersonRow
    limits: dict[str, float]
    channels: list[ChannelRow]
    people: list[PersonRow]
    ref: Ref | msgspec.UnsetType = msgspec.UNSET


class Joined(Frame):
    channel: ChannelRow
    people: list[PersonRow]


class Left(Frame):
    channel: str
    reason: str  # "left" or "removed"


class Changes(Frame):
    channel: str
    after: int
    upto: int
    messages: list[Row]
    ref: Ref = None


class Reset(Frame):
    channel: str
    version: int
    ref: Ref = None


class Synced(Frame):
    channel: str
    version: int
    ref: Ref = None


class Ack(Frame):
    client_id: str
    channel: str
    message: Row
    ref: Ref = None


class Ok(Frame):
    ref: Ref = None


class Error(Frame):
    """A refusal, with a sentence for people. `client_id` or `ref` names the frame that it answers, if that had one."""

    code: Refusal
    client_id: str | None = None
    ref: Ref = None
    detail: str = ""
    retry_after: float | None = None  # seconds


class Read(Frame):
    """How far the member has read, and what is unread at that version of the channel. `ref` is of the frame here that said so."""

    channel: str
    seq: int
    unread: int
    version: int
    ref: Ref = None


class Typing(Frame):
    channel: str
    member: str


class Person(Frame):
    """Somebody's current name and picture."""

    id: str
    name: str
    picture: str | None = None


class Inbox(Frame):
    """How many notifications of the member are unread, counted at that version of their inbox."""

    count: int
    version: int


class Pong(Frame):
    ref: Ref = None


ServerFrame = Ready | Joined | Left | Changes | Reset | Synced | Ack | Ok | Error | Read | Typing | Person | Inbox | Pong


class Change(NamedTuple):
    """One changed row, encoded once for everybody who gets it."""

    version: int
    seq: int
    row: str  # the JSON of the row
    word: str = ""  # of a notice: "joined", "left", "removed" and so on
    member: str = ""  # whom the notice is about
    person: str = ""  # the `person` frame of a newcomer


class ChangeSet(NamedTuple):
    """The changes of a channel above `after` up to `upto`, in order of version."""

    channel: str
    after: int
    upto: int
    changes: list[Change]

    def above(self, version: int) -> "ChangeSet":
        """Return it without the changes up to `version`."""
        if version <= self.after:
            return self
        return ChangeSet(self.channel, version, self.upto, [change for change in self.changes if change.version > version])


def change_of(message: Message) -> Change:
    """Return a message as a change. The message of a "joined" notice comes with its author."""
    row = _encoder.encode(message.row()).decode()
    if message.kind != Message.Kind.NOTICE:
        return Change(message.version, message.seq, row)
    newcomer = person_frame(message.author) if message.body == "joined" and message.author else ""
    return Change(message.version, message.seq, row, message.body, str(message.author_id or ""), newcomer)


def person_of(member: User) -> PersonRow:
    """Return a member for frames and pages."""
    return person(member.id, member.name, member.drawing)


def person(id: UUID, name: str, drawing: str) -> PersonRow:
    """Return a person for frames and pages; `drawing` is the picture that they chose, or empty."""
    return {"id": str(id), "name": name, "picture": drawing} if drawing else {"id": str(id), "name": name}


def person_frame(member: User) -> str:
    """Return the `person` frame of a member."""
    return Person(str(member.id), member.name, member.drawing or None).encode()


def changes_frame(channel: str, after: int, upto: int, changes: Iterable[Change], ref: Ref = None) -> str:
    """Return a `changes` frame. The rows are encoded already and only joined."""
    rows = ",".join(change.row for change in changes)
    answers = "" if ref is None else f',"ref":{_encoder.encode(ref).decode()}'
    return f'{{"type":"changes","channel":"{channel}","after":{after},"upto":{upto},"messages":[{rows}]{answers}}}'


def limits(*, sends_at_once: int, sends_per_second: float) -> dict[str, float]:
    """Return the limits that `ready` tells a client."""
    return {
        "body": MAX_MESSAGE_LENGTH,
        "frame": MAX_FRAME_BYTES,
        "catch_up": MAX_CATCH_UP_ROWS,
        "sends_at_once": sends_at_once,
        "sends_per_ten_seconds": round(sends_per_second * 10),
        "sockets": MAX_CONNECTIONS,
        "typing_seconds": int(TYPING_LIFETIME.total_seconds()),
    }
