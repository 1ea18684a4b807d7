"""Background work: queued tasks, the schedule and loops, as threads of the serving process or as a process of their own.

A room registers a loop with `@loop(name)`: what waits for others, such as a mail server or a push service, and must not hold up the rest.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

from django.db import close_old_connections

from . import schedule, task_queue

PAUSE_SECONDS = 1.0
SAY_SECONDS = 60.0  # how long a failure that goes on is not said again
log = logging.getLogger("mainstay.worker")

LOOPS: dict[str, Callable[[], None]] = {}


def loop(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Have the decorated function run each second, in a thread of its own. Every worker runs it, so it claims what it works on."""

    def register(step: Callable[[], None]) -> Callable[[], None]:
        LOOPS[name] = step
        return step

    return register


def take_all(steps: Iterable[Callable[[], object]]) -> None:
    """Take every step, and only then raise the first error: a step that always fails holds up none of the others."""
    errors: list[Exception] = []
    for step in steps:
        try:
            step()
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]


class Work:
    """The queues' workers, the schedule and the loops, each in a thread."""

    def __init__(self) -> None:
        queues = {"worker": task_queue.FIRST, "worker of what can wait": task_queue.LATER}
        self._workers = {name: task_queue.new_worker(queue, pause=PAUSE_SECONDS) for name, queue in queues.items()}
        self._stop = threading.Event()
        workers = {name: worker.run for name, worker in self._workers.items()}
        loops = {name: partial(self._repeat, step) for name, step in LOOPS.items()}
        self._threads = [
            threading.Thread(target=self._outlast, args=(name, run), name=name, daemon=True)
            for name, run in {**workers, "schedule": self._tick, **loops}.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def _tick(self) -> None:
        schedule.run(self._stop, pause=PAUSE_SECONDS)

    def _repeat(self, step: Callable[[], None]) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            close_old_connections()
            step()
        close_old_connections()

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
        """Let what runs now finish, for at most `patience` seconds in all; a task that is cut off is taken up again later."""
        end = time.monotonic() + patience
        self._stop.set()
        for worker in self._workers.values():
            task_queue.stop(worker)
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def wait(self) -> None:
        """Return when both have ended, which they do only when told to."""
        self._stop.wait()
