"""How much one member may send: buckets that refill."""

import time


class Bucket:
    """Holds `size` tokens and gains `per_second`; an act takes one."""

    __slots__ = ("at", "left", "per_second", "size")

    def __init__(self, size: float, per_second: float) -> None:
        self.size = self.left = size
        self.per_second = per_second
        self.at = time.monotonic()

    def take(self) -> float:
        """Take a token and return 0, or return after how many seconds there will be one."""
        now = time.monotonic()
        self.left = min(self.size, self.left + (now - self.at) * self.per_second)
        self.at = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / self.per_second
