"""Who has met whom. A room in which people meet registers its answer here, in its `hooks.py`.

Without it, whoever holds the id of a person could learn by blocking them what that person is called.
"""

from collections.abc import Callable

from community.members.models import User

Met = Callable[[User, User], bool]
PLACES: list[Met] = []


def register(met: Met) -> None:
    """Ask `met(member, other)` too whether `member` sees `other` somewhere."""
    if met not in PLACES:
        PLACES.append(met)


def have_met(member: User, other: User) -> bool:
    """True where `member` sees `other` in some room."""
    return any(met(member, other) for met in PLACES)
