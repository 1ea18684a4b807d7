"""Whose a channel is. A room that opens channels registers its kind here, in its `hooks.py`; the conversation asks no more of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.http import Http404

from community.members.models import User


@dataclass(frozen=True)
class Link:
    """A way to a page of the owner's."""

    label: str
    url: str


@dataclass(frozen=True)
class Banner:
    """Something of the owner's that waits for this reader, said above the box."""

    sentence: str
    link: Link


@dataclass(frozen=True)
class Owner:
    """What a channel belongs to, as one of its readers finds it."""

    purpose: str  # one sentence, beside the conversation
    page: str  # the address of its page
    people: str  # and of who can read this
    links: tuple[Link, ...]  # where to read more
    banner: Banner | None


@dataclass(frozen=True)
class Wording:
    """How a conversation of this kind speaks of what it belongs to."""

    yours: str  # over the list of channels
    all: str
    all_url: str
    back: str  # to all of them
    see: str  # all of them, where this one is closed
    about: str  # over what is said of the owner
    people_here: str
    ended: Mapping[str, str]  # what is said to whom it is closed, by why: "left", "removed", "ended"


class Kind(Protocol):
    """What a room tells of its channels."""

    def owner(self, member: User, channel: UUID) -> Owner:
        """Return the owner of a channel in which `member` takes part, in one query. Raises Http404 where they no longer do."""

    def ended(self, member: User, channel: UUID) -> Http404 | None:
        """Return what answers somebody whose part in this channel has ended and who may be told so; None where nothing is known of it."""

    def wording(self) -> Wording:
        """Return its words in the reader's language."""

    def notices(self) -> dict[str, str]:
        """Return what each of its notices says, by the word that a row holds ("other": any that is new); `%(name)s` is whom it is about."""


KINDS: dict[str, Kind] = {}


def register(key: str, kind: Kind) -> None:
    """Answer for the channels whose `kind` is `key`."""
    KINDS[key] = kind


def not_here(member: User, channel: UUID) -> Http404:
    """Return what answers a member who asks for a channel in which they take no part."""
    answers = (kind.ended(member, channel) for kind in KINDS.values())
    return next((answer for answer in answers if answer), Http404())
