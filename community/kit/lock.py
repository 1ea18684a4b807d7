"""Who uses the data of a site just now. The lock's file says where it is served."""

import fcntl
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Somebody else has it; `by` is what they wrote into it."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


def take(folder: Path, by: str, *, shared: bool = False) -> IO[str]:
    """Take the lock of the data in `folder` until the file that is returned is closed; raise Taken where it cannot be had.

    It is had alone, or shared with others who share it.
    """
    lock = (folder / "serving.lock").open("a+")
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
