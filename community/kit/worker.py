"""Background work: queued tasks and the clock, as threads of the serving process or as a process of their own."""

import logging
import threading
import uuid

from django.conf import settings
from django_tasks_db.management.commands.db_worker import Worker

from . import clock

PAUSE_SECONDS = 1.0
log = logging.getLogger("mainstay.worker")


def _worker() -> Worker:
    return Worker(
        queue_names=["*"],
        interval=PAUSE_SECONDS,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{settings.SITE_HOST}-{uuid.uuid4().hex[:12]}"[:64],
        excluded_queue_names=[],
    )


class Work:
    """The queue's worker and the clock, each in a thread."""

    def __init__(self) -> None:
        self._worker = _worker()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name="worker", daemon=True),
            threading.Thread(target=clock.run, args=(self._stop,), name="clock", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        """Work through the queue; a database that is away for a while, or busy for long, is waited for."""
        while not self._stop.is_set():
            try:
                self._worker.run()
            except Exception:
                log.warning("The queue could not be read; trying again.", exc_info=True)
                self._stop.wait(PAUSE_SECONDS)

    def stop(self, *, patience: float = 5.0) -> None:
        """Let what runs now finish, for at most `patience` seconds; a task that is cut off is taken up again later."""
        self._stop.set()
        self._worker.running = False
        for thread in self._threads:
            thread.join(patience)

    def wait(self) -> None:
        """Return when both have ended, which they do only when told to."""
        self._stop.wait()
