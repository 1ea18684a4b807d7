"""Keeps out of the logs what tells of people: paths (an invitation link is a key), and the words of errors."""

import errno
import logging
import sqlite3
import traceback
from collections.abc import Iterator
from typing import Any

FULL, READ_ONLY = "the disk is full", "nothing can be written to the disk"
NO_WRITING = "the database cannot be written"
# What is named by a number. The words beside it are not needed to say it.
SYSTEM = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY}
SQLITE = {
    sqlite3.SQLITE_FULL: FULL, sqlite3.SQLITE_READONLY: NO_WRITING, sqlite3.SQLITE_BUSY: "the database is busy",
    sqlite3.SQLITE_IOERR: "the disk does not do what it is told", sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
}  # fmt: skip
POSTGRESQL = {"53100": FULL, "25006": NO_WRITING, "53300": "PostgreSQL has no connection left"}


def why(error: BaseException) -> str:
    """Return why an error came up, where the machine or the database is to blame and it can be said in plain words; else ""."""
    return next((reason for each in _chain(error) if (reason := _reason(each))), "")


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return SYSTEM.get(error.errno or 0, "")
    if isinstance(error, sqlite3.Error):
        return SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
    return POSTGRESQL.get(getattr(error, "sqlstate", None) or "", "")


def kind(error: BaseException) -> str:
    """Return the name of an error's class, and why it came up where that is known."""
    return ": ".join(part for part in (type(error).__name__, why(error)) if part)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class Discreet(logging.Filter):
    """Replace the path that Django puts into a request's log line by the name of its route."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: Any = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple) and record.args:
            match = getattr(request, "resolver_match", None)
            name = (match and match.view_name) or "unknown route"
            path = getattr(request, "path", None)
            record.args = tuple(name if arg == path else arg for arg in record.args)
        return True


class DiscreetLine(logging.Formatter):
    """Write where an error arose and of what kind it is, without its words: a database quotes the row that it refuses."""

    def formatException(self, ei: Any) -> str:
        parts = [
            f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__module__}.{type(error).__qualname__}"
            for error in _chain(ei[1])
        ]
        reason = why(ei[1])
        return "\n".join([*reversed(parts), *([f"That is: {reason}."] if reason else [])])
