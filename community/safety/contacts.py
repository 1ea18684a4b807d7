"""Who shares a space with whom, such as a group. A room in which people meet registers its answers here, in its `hooks.py`.

Without it, anybody who has a person's id could learn that person's name by blocking or reporting them.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from community.kit.text.order import by_name
from community.members.models import User


@dataclass(frozen=True)
class Contact:
    """That a member sees somebody in a space, and what that person wrote there to this member alone, outside a conversation."""

    space: UUID
    message: str = ""
    written: datetime | None = None


FindContacts = Callable[[User, User], Iterable[Contact]]
NameSpaces = Callable[[User, Collection[UUID]], Iterable[str]]
FINDERS: list[FindContacts] = []
NAMERS: list[NameSpaces] = []


def register(find: FindContacts) -> None:
    """Ask `find(member, other)` too where `member` sees `other`."""
    if find not in FINDERS:
        FINDERS.append(find)


def register_names(name: NameSpaces) -> None:
    """Ask `name(reader, spaces)` for the names of those of the spaces that `reader` may know of."""
    if name not in NAMERS:
        NAMERS.append(name)


def contacts(member: User, other: User) -> list[Contact]:
    """Return where `member` sees `other`; nothing where they share no space."""
    return [contact for find in FINDERS for contact in find(member, other)]


def shared_spaces(member: User, other: User) -> set[UUID]:
    """Return the ids of the spaces in which `member` sees `other`."""
    return {contact.space for contact in contacts(member, other)}


def names(reader: User, spaces: Collection[UUID]) -> list[str]:
    """Return the names of those of `spaces` that `reader` may know of, in order."""
    return by_name(name for names_of in NAMERS for name in names_of(reader, spaces))
