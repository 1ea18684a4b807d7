"""What can be reported. A room that shows people or their words registers its kind here, in its `hooks.py`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from community.members.models import User


@dataclass(frozen=True)
class Snapshot:
    """One thing as a reporter sees it.

    `around` are up to five messages before and after it, oldest first: (the author's id or "", the text, when it was sent).
    Names are looked up when they are shown, so that a new name or an erasure holds here too. Of a person, who is their own `author`,
    the name is what is reported: `text` is that, `around` are messages from them to the reporter alone, and `spaces` are where both are.
    """

    author: User | None
    where: str  # in the reporter's words
    text: str
    sent: datetime
    around: list[tuple[str, str, datetime]] = field(default_factory=list)
    spaces: Collection[UUID] = ()


Find = Callable[[User, UUID], Snapshot | None]
Hide = Callable[..., Any]  # hide(*, actor: User, id: UUID, note: str) and show(*, actor: User, id: UUID), in the caller's transaction


@dataclass(frozen=True)
class ReportableKind:
    """How things of one kind are found, and hidden from everybody and shown again, where they can be."""

    find: Find
    hide: Hide | None
    show: Hide | None


KINDS: dict[str, ReportableKind] = {}


def register(kind: str, *, find: Find, hide: Hide | None = None, show: Hide | None = None) -> None:
    """Make `kind` (a lower-case word, part of the address) reportable. What can be hidden can be shown again."""
    KINDS[kind] = ReportableKind(find, hide, show)


def find(kind: str, member: User, id: UUID) -> Snapshot | None:
    """The thing as `member` sees it; None where they cannot, it is not there, or no such kind exists."""
    return KINDS[kind].find(member, id) if kind in KINDS else None


def can_hide(kind: str) -> bool:
    """Whether things of this kind can be hidden from everybody."""
    return KINDS[kind].hide is not None


def hide(kind: str, *, actor: User, id: UUID, note: str) -> None:
    """Hide the thing from everybody, in the caller's transaction."""
    if hide := KINDS[kind].hide:
        hide(actor=actor, id=id, note=note)


def show(kind: str, *, actor: User, id: UUID) -> None:
    """Show the hidden thing again, in the caller's transaction."""
    if show := KINDS[kind].show:
        show(actor=actor, id=id)
