"""Who uses the data of a site just now. The lock's file says where it is served."""

import fcntl
from pathlib import Path
from typing import IO

NAME = "serving.lock"


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
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        with lock:
            raise Taken(lock.read()) from error
    lock.truncate(0)
    lock.write(by)
    lock.flush()
    return lock


def holder(folder: Path) -> str:
    """Return what was written into the lock by who has it just now, "" where nobody has."""
    try:
        lock = (folder / NAME).open()
    except OSError:
        return ""
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return lock.read()
    return ""
