"""What is known of a service that is away, so that one caller now and then waits for it, and not everybody at each request."""

import logging
import threading
import time

log = logging.getLogger("mainstay.outage")


class Outage:
    """Whether `what` is away. It begins and ends with a line in the log each; meanwhile somebody tries every `seconds`."""

    def __init__(self, what: str, meanwhile: str, *, seconds: float) -> None:
        self.what, self.meanwhile, self.seconds = what, meanwhile, seconds
        self._next = 0.0  # when somebody tries again; 0 while all is well
        self._lock = threading.Lock()

    @property
    def is_known(self) -> bool:
        """True from the first failure to the first success."""
        return self._next > 0

    def may_try(self) -> bool:
        """True while all is well; during an outage for one caller whenever its seconds have passed."""
        if not self._next:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                return False
            self._next = now + self.seconds
            return True

    def begins(self, reason: str) -> bool:
        """Somebody tried in vain. Return True where that is the first news of it."""
        with self._lock:
            first, self._next = not self._next, time.monotonic() + self.seconds
        if first:
            log.warning("%s is away (%s): %s", self.what, reason, self.meanwhile)
        return first

    def ends(self) -> None:
        """Somebody tried with success."""
        if self._next:
            self._next = 0.0
            log.warning("%s is back.", self.what)
