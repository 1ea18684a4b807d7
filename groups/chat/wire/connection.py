"""What a hub knows of a connection: how it stands, and what can be done with it."""

from typing import ClassVar, Protocol

from community.members.models import User


class Connection(Protocol):
    """A signed-in member's open socket."""

    MOST: ClassVar[int]  # of one member
    id: str
    member: User
    password: str  # its hash when the connection was opened
    session_key: str
    used_factor: bool
    shows_writing: bool
    ready: bool  # has been told of its channels

    def push(self, frame: str, *, may_drop: bool = False) -> None:
        """Queue a frame."""

    def close(self, code: int) -> None:
        """End it; the first reason given is the one that the client hears."""

    async def join(self, places: dict[str, int]) -> None:
        """Come into channels that have become the member's own, given as channel to the first seq that they may see."""
