"""The frames from a client, typed and validated (docs/protocol.md). Those to it are in `outgoing`."""

import json
from typing import Annotated, Any
from uuid import UUID

import msgspec

from community.kit.errors import Refusal

VERSION = 1

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Ref = str | int | None  # chosen by the client; the answer repeats it


class HelloFrame(msgspec.Struct, tag="hello"):
    v: int
    cursors: dict[str, Number] = {}
    channels: bool = True  # a page without a conversation wants none
    ref: Ref = None


class SendFrame(msgspec.Struct, tag="send"):
    channel: UUID
    client_id: UUID
    body: str
    reply_to: UUID | None = None
    attachments: Annotated[list[UUID], msgspec.Meta(max_length=0)] = []
    ref: Ref = None


class _OfOne(msgspec.Struct):
    """A change of one message, named by its id, or one's own by its client_id where no answer told the id."""

    id: UUID | None = None
    client_id: UUID | None = None
    ref: Ref = None

    def __post_init__(self) -> None:
        if (self.id is None) is (self.client_id is None):
            raise ValueError("Name it once.")


class EditFrame(_OfOne, tag="edit", kw_only=True):
    body: str


class DeleteFrame(_OfOne, tag="delete"):
    on: bool = True


class ReactFrame(msgspec.Struct, tag="react"):
    id: UUID
    emoji: str
    on: bool
    ref: Ref = None


class ReadFrame(msgspec.Struct, tag="read"):
    channel: UUID
    seq: Number
    back: bool = False
    ref: Ref = None


class TypingFrame(msgspec.Struct, tag="typing"):
    channel: UUID


class SyncFrame(msgspec.Struct, tag="sync"):
    channel: UUID
    after: Number
    ref: Ref = None


class PingFrame(msgspec.Struct, tag="ping"):
    ref: Ref = None


ClientFrame = HelloFrame | SendFrame | EditFrame | DeleteFrame | ReactFrame | ReadFrame | TypingFrame | SyncFrame | PingFrame
_decoder = msgspec.json.Decoder(ClientFrame)


class NotJSON(Exception):
    """The text is no JSON: this is not our protocol."""


class BadFrame(Exception):
    """The text is JSON but none of our frames. `echo` holds its client_id or ref, if any."""

    def __init__(self, echo: dict[str, Any]) -> None:
        super().__init__(Refusal.BAD_FRAME)
        self.echo = echo


def decode(text: str) -> ClientFrame:
    """Return the frame that `text` holds. Raises BadFrame, NotJSON."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        pass
    try:
        # The standard library's parser also accepts lone surrogates, and numbers that are too long for msgspec.
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
    """Return what the answer to a frame has to repeat: its client_id and its ref, where it has them."""
    sent = {"client_id": str(frame.client_id)} if isinstance(frame, SendFrame) else {}
    ref = getattr(frame, "ref", None)
    return sent if ref is None else {**sent, "ref": ref}
