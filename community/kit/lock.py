"""Who uses the data of a site just now. The lock's file says where it is served."""

import fcntl
import time
from pathlib import Path
from typing import IO

NAME = "serving.lock"
ASKING_SECONDS = 0.5  # whoever asks who has it holds it for a moment


class Taken(Exception):
    """Somebody else has it; `by` is what they wrote into it."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


def take(folder: Path, by: str, *, shared: bool = False) -> IO[str]:
    """Take the lock of the data in `folder` until the file that is returned is closed; raise Taken where it cannot be had.

    It is had alone, or shared with others who share it.
    """
    lock = (folder / NAME).open("a+")
    until = time.monotonic() + ASKING_SECONDS
    while not _had(lock, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
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
        if not _had(lock, fcntl.LOCK_EX):
            return lock.read()
        lock.truncate(0)  # of somebody who was killed; another who asks just now must not read it
    return ""


def _had(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
