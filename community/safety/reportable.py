"""What can be reported. A room above registers how to find a thing as a reporter may see it, and how to hide it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Line:
    """One text as it stood when it was reported."""

    author: Any  # a User, or None where the person is gone
    text: str
    sent: datetime


@dataclass(frozen=True)
class Snapshot:
    author: Any
    where: str
    text: str
    sent: datetime
    around: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Reportable:
    find: Callable[[Any, UUID], Snapshot | None]  # (reporter, id): None where they cannot see it
    hide: Callable[..., None]  # (*, actor, id)
    back: Callable[[UUID], str]  # the path to where it stands


_kinds: dict[str, Reportable] = {}


def register(kind: str, *, find: Callable[[Any, UUID], Snapshot | None], hide: Callable[..., None], back: Callable[[UUID], str]) -> None:
    """Make things of a kind reportable."""
    _kinds[kind] = Reportable(find, hide, back)


def of(kind: str) -> Reportable | None:
    """Return how to handle a kind, or None where nothing of that kind can be reported."""
    return _kinds.get(kind)
