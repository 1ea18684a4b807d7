"""Whose a channel is. A room that opens channels registers a `ChannelKind` here, from its `hooks.py`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.http import Http404

from community.members.models import User

from .models import Channel


@dataclass(frozen=True)
class Link:
    """A link to a page of the owner."""

    label: str
    url: str


@dataclass(frozen=True)
class Banner:
    """Something of the owner that waits for this reader, shown above the box."""

    sentence: str
    link: Link


@dataclass(frozen=True)
class Owner:
    """What a channel belongs to, for one of its participants."""

    purpose: str  # one sentence, beside the conversation
    page: str  # the address of its page
    people: str  # the address of the list of who can read the channel
    links: tuple[Link, ...]  # where to read more
    banner: Banner | None


@dataclass(frozen=True)
class Wording:
    """The words that a conversation of this kind uses for its owner, in the reader's language."""

    yours: str  # over the list of channels
    all: str
    all_url: str
    back: str  # link to all of them
    see: str  # link to all of them, where this one is closed
    about: str  # heading over the owner's purpose
    people_here: str
    ended: Mapping[str, str]  # why the conversation is closed to the reader, by "left", "removed", "ended"


class ChannelKind(Protocol):
    """What a room answers about its channels."""

    def owner(self, member: User, channel: UUID) -> Owner:
        """Return the owner of a channel in which `member` takes part, in one query. Raises Http404 where they no longer do."""

    def ended(self, member: User, channel: UUID) -> Http404 | None:
        """Return the 404 for a former participant of this channel; None for anybody else."""

    def names_for_former(self, member: User, channels: Collection[Channel]) -> dict[UUID, str]:
        """Return the names, by channel, that somebody who has left these channels may still know, in one query."""

    def wording(self) -> Wording:
        """Return its words in the reader's language."""

    def notices(self) -> dict[str, str]:
        """Return the sentence of each notice by the word that a row stores ("other": any unknown word); `%(name)s` is whom it is about."""


KINDS: dict[str, ChannelKind] = {}


def register(key: str, kind: ChannelKind) -> None:
    """Register the kind of the channels whose `kind` is `key`."""
    KINDS[key] = kind


def names_for_former(member: User, channels: Collection[Channel]) -> dict[UUID, str]:
    """Return the names, by channel, that somebody who has left these channels may still know."""
    names: dict[UUID, str] = {}
    for key, kind in KINDS.items():
        names |= kind.names_for_former(member, [channel for channel in channels if channel.kind == key])
    return names


def not_found_for(member: User, channel: UUID) -> Http404:
    """Return the 404 for a member who asks for a channel in which they take no part."""
    answers = (kind.ended(member, channel) for kind in KINDS.values())
    return next((answer for answer in answers if answer), Http404())
