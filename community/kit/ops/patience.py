"""How long an answer of the database is waited for: as long as it takes by commands and in the background, not while a person waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

PERSON_SECONDS = 10.0  # longer than anything that is asked for a page takes
_seconds: ContextVar[float | None] = ContextVar("patience", default=None)


def patience() -> float | None:
    """How many seconds the work in hand waits for one answer; None for as long as it takes."""
    return _seconds.get()


@contextmanager
def for_a_person() -> Iterator[None]:
    """Within the block an answer that does not come is given up."""
    token = _seconds.set(PERSON_SECONDS)
    try:
        yield
    finally:
        _seconds.reset(token)
