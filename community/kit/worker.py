"""Background work: queued tasks and the schedule, as threads of the serving process or as a process of their own."""

import logging
import threading
import time
from collections.abc import Callable

from . import schedule, task_queue

PAUSE_SECONDS = 1.0
SAY_SECONDS = 60.0  # how long a failure that goes on is not said again
log = logging.getLogger("mainstay.worker")


class Work:
    """The queue's worker and the schedule, each in a thread."""

    def __init__(self) -> None:
        self._worker = task_queue.new_worker(pause=PAUSE_SECONDS)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._outlast, args=("worker", self._worker.run), name="worker", daemon=True),
            threading.Thread(target=self._outlast, args=("schedule", self._tick), name="schedule", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def _tick(self) -> None:
        schedule.run(self._stop, pause=PAUSE_SECONDS)

    def _outlast(self, what: str, run: Callable[[], None]) -> None:
        """Call `run` again whenever it fails: a database that is away for a while, or busy for long, is waited for."""
        said = -SAY_SECONDS
        while not self._stop.is_set():
            try:
                run()
            except Exception:
                if time.monotonic() - said >= SAY_SECONDS:
                    log.warning("The %s failed and goes on trying.", what, exc_info=True)
                    said = time.monotonic()
                self._stop.wait(PAUSE_SECONDS)

    def stop(self, *, patience: float = 5.0) -> None:
        """Let what runs now finish, for at most `patience` seconds; a task that is cut off is taken up again later."""
        self._stop.set()
        task_queue.stop(self._worker)
        for thread in self._threads:
            thread.join(patience)

    def wait(self) -> None:
        """Return when both have ended, which they do only when told to."""
        self._stop.wait()
