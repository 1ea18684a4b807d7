"""Locks on files, which end with the process that holds them; and who uses the data of a site just now.

The lock of the data says where it is served.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

NAME = "serving.lock"
ASKING_SECONDS = 0.5  # whoever asks who has it holds it for a moment


class Taken(Exception):
    """Somebody else has it; `by` is what they wrote into it."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


def had(file: IO[Any] | int, *, shared: bool = False, waits: bool = False) -> bool:
    """Lock an open file until it is closed. False where somebody else has it, who is waited for if it `waits`."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if waits else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


@contextmanager
def held(path: Path, *, waits: bool = False) -> Iterator[None]:
    """Hold a file or a folder. Raises BlockingIOError where somebody else does, or has put another in its place meanwhile."""
    file = os.open(path, os.O_RDONLY)
    try:
        if not (had(file, waits=waits) and _is_still(path, file)):
            raise BlockingIOError
        yield
    finally:
        os.close(file)


def _is_still(path: Path, file: int) -> bool:
    """Whether `path` is the name of an open file."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file), path.stat())
    return False


def take(folder: Path, by: str, *, shared: bool = False) -> IO[str]:
    """Take the lock of the data in `folder` until the file that is returned is closed; raise Taken where it cannot be had.

    It is had alone, or shared with others who share it.
    """
    lock = (folder / NAME).open("a+")
    until = time.monotonic() + ASKING_SECONDS
    while not had(lock, shared=shared):
        if time.monotonic() > until:
            lock.seek(0)
            with lock:
                raise Taken(lock.read())
        time.sleep(0.05)
    lock.truncate(0)
    lock.write(by)
    lock.flush()
    return lock


def holder(folder: Path) -> str:
    """Return what was written into the lock by who has it just now, "" where nobody has."""
    try:
        lock = (folder / NAME).open("r+")
    except OSError:
        return ""
    with lock:
        if not had(lock):
            return lock.read()
        lock.truncate(0)  # of somebody who was killed; another process that reads it now must not
    return ""
