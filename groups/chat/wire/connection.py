"""What a hub knows of a connection, and what it can do with it."""

from typing import ClassVar, Protocol

from community.members.models import User


class Connection(Protocol):
    """A signed-in member's open socket."""

    MAX_PER_MEMBER: ClassVar[int]  # connections
    id: str
    member: User
    password: str  # its hash when the connection was opened
    session_key: str
    used_factor: bool
    shows_writing: bool
    ready: bool  # hello has been answered in full
    has_channels: bool  # a hello asked for them, and it is subscribed to them
    inbox_version: int  # that it was told of

    def push(self, frame: str, *, may_drop: bool = False) -> None:
        """Queue a frame."""

    def close(self, code: int) -> None:
        """Close it. Where it is called twice the first code counts."""

    async def join(self, first_seqs: dict[str, int]) -> None:
        """Subscribe to channels that the member has joined, given as channel id to the first seq that they may see."""
