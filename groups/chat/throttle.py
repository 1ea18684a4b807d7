"""How much one member may write: a token bucket per member in each process."""

import time
from uuid import UUID

from django.conf import settings

from community.kit.errors import Refusal, Refused


class Bucket:
    """A token bucket: holds `size` tokens, gains `per_second`, and an act takes one."""

    __slots__ = ("at", "left", "per_second", "size")

    def __init__(self, size: float, per_second: float) -> None:
        self.size = self.left = size
        self.per_second = per_second
        self.at = time.monotonic()

    def take(self) -> float:
        """Take a token and return 0, or return in how many seconds there will be one."""
        now = time.monotonic()
        self.left = min(self.size, self.left + (now - self.at) * self.per_second)
        self.at = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / self.per_second


_writing: dict[UUID, Bucket] = {}


def throttle(member: UUID, sentence: str) -> None:
    """Count one act of writing of a member: a message, an edit, a deletion, a reaction.

    Raises Refused: rate_limited, with `sentence` and in how many seconds the next one is allowed.
    """
    bucket = _writing.get(member)
    if bucket is None:
        bucket = _writing[member] = Bucket(settings.CHAT_SENDS_AT_ONCE, settings.CHAT_SENDS_PER_SECOND)
    if wait := bucket.take():
        raise Refused(Refusal.RATE_LIMITED, sentence, retry_after=wait)
