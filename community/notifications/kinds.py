"""What people can be notified of. A room registers its kinds here, from its `hooks.py`; nothing of what a notification says is stored.

What it says is asked of its kind whenever it is shown or sent, and with it whether its member may still read what it is about.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

Pair = tuple[UUID, str]  # a member, and what a notification to them is about


class Transport(StrEnum):
    """A way out of the site."""

    EMAIL = "email"
    PUSH = "push"
    TEXT = "text"


OUTSIDE = frozenset(Transport)
INSIDE = frozenset[Transport]()


@dataclass(frozen=True)
class Shown:
    """What a member reads in their inbox: a title, a sentence, and the address it leads to."""

    title: str
    about: str
    url: str
    icon: str


@dataclass(frozen=True)
class NotificationKind:
    """One kind of notification.

    `shown` returns what each of the pairs reads, in a number of queries that doesn't grow with them. A pair that it leaves out is gone:
    the member may no longer read what it is about, or it is no longer there. `recipients` returns who is notified of an event of this
    kind; it is None for a kind that doesn't come from events, such as the messages of a conversation. `may` says who can ever get it.
    """

    key: str
    label: Any  # lazy: in the settings, after "Tell me about"
    shown: Callable[[Collection[Pair]], Mapping[Pair, Shown]]
    recipients: Callable[[str, UUID | None], Iterable[UUID]] | None = None  # by what the event is about, and who did it
    leaves_by: frozenset[Transport] = OUTSIDE  # unless the member chose otherwise
    may: Callable[[Any], bool] = lambda _member: True
    is_alarm: bool = False  # leaves at once, and also where it was read: whoever read it may not be its member


KINDS: dict[str, NotificationKind] = {}


def register(kind: NotificationKind) -> None:
    """Let members be notified of `kind`."""
    KINDS[kind.key] = kind


def shown(wanted: Iterable[tuple[str, Pair]]) -> dict[tuple[str, Pair], Shown]:
    """Return what each (kind, pair) reads, as far as it can be read: in a fixed number of queries for each kind among them."""
    by_kind: dict[str, set[Pair]] = {}
    for key, pair in wanted:
        by_kind.setdefault(key, set()).add(pair)
    return {(key, pair): each for key, pairs in by_kind.items() if key in KINDS for pair, each in KINDS[key].shown(pairs).items()}
