"""Whether two people have met here. The rooms in which people meet say so; to everybody else an id is nobody's."""

from collections.abc import Callable
from typing import Any

_rooms: list[Callable[[Any, Any], bool]] = []


def register(have_met: Callable[[Any, Any], bool]) -> None:
    """Add a room's answer to whether two members have met in it."""
    _rooms.append(have_met)


def have_met(member: Any, other: Any) -> bool:
    """True where any room knows both together."""
    return any(room(member, other) for room in _rooms)
