"""What one process publishes for the hubs of all, typed. Inside a process an event stays an object; the relay alone packs it.

On the channel layer an event is a dict whose `kind` is its tag. Servers of two releases share a layer while one replaces the
other, so a key is never given another meaning.
"""

from typing import Any
from uuid import UUID

import msgspec

from .frames import Ref
from .outgoing import ChangeSet

EVERYONE = "hubs"  # the layer group that every hub is in


def group_of(channel: str) -> str:
    """Return the layer group of a channel's events."""
    return f"channel.{channel}"


class _BaseEvent(msgspec.Struct, tag_field="kind", frozen=True):
    """An event. May get lost on its way to other processes."""

    @property
    def group(self) -> str:
        """The layer group whose hubs want it."""
        return EVERYONE


class ChangesEvent(_BaseEvent, tag="changes", frozen=True):
    """Changes of a channel were committed."""

    changes: ChangeSet

    @property
    def group(self) -> str:
        return group_of(self.changes.channel)


class TypingEvent(_BaseEvent, tag="typing", frozen=True):
    """A member is typing in a channel."""

    channel: str
    member: str

    @property
    def group(self) -> str:
        return group_of(self.channel)


class ReadMark(msgspec.Struct, frozen=True):
    """How far somebody has read, and what is unread at that version of the channel."""

    seq: int
    unread: int
    version: int


class ReadEvent(_BaseEvent, tag="read", frozen=True, omit_defaults=True):
    """A member has read a channel up to `mark`, on the connection with the id `by` if any, with a frame with this `ref`."""

    member: UUID
    channel: str
    by: str
    mark: ReadMark
    ref: Ref = None


class PersonEvent(_BaseEvent, tag="person", frozen=True):
    """Somebody in `channels` has another name or picture now; `person` is the encoded frame that says so."""

    channels: list[str]
    person: str


class MembershipEvent(_BaseEvent, tag="membership", frozen=True):
    """A member takes part in other channels than before."""

    member: UUID


Event = ChangesEvent | TypingEvent | ReadEvent | PersonEvent | MembershipEvent


def pack(event: Event, origin: str) -> dict[str, Any]:
    """Return an event as a message of the channel layer; `origin` is the id of the hub that sends it, or empty."""
    return {"type": "event", "origin": origin, **msgspec.to_builtins(event)}


def unpack(message: dict[str, Any]) -> Event | None:
    """Return the event that a message of the layer holds, or None where its kind is one of a newer release."""
    try:
        return msgspec.convert(message, Event)
    except msgspec.ValidationError:
        return None
