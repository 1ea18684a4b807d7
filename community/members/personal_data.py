"""What of a person is kept where: each column that holds somebody's id or address, and what closing, erasing and exporting do to it.

A room names the columns of its own tables, and of those that it brings along, in its `hooks.py`. The whole list is
`docs/personal-data.md`; a column that is missing in it fails a test, and so does an answer that is not true.
"""

from dataclasses import dataclass
from enum import Enum


class Closing(Enum):
    """What becomes of it when the account is closed."""

    KEPT = "stays"
    ENDED = "stays, as over"
    EMPTIED = "is emptied"
    DELETED = "is deleted"
    UNUSED = "is never filled"


class Erasure(Enum):
    """What becomes of it when, after closing, the row of the account is deleted too."""

    DELETED = "is deleted"
    UNNAMED = "stays, under nobody"
    LEFT = "stays, with an id that leads to nobody"


class Export(Enum):
    """Whether what is given to a person who asks for what is kept of them has to hold it."""

    WROTE = "yes: what they wrote"
    DID = "yes: what they did, and when"
    ABOUT = "yes: what is kept about them"
    OTHERS = "no: it belongs to somebody else"
    TELLS = "no: it would tell who reported or blocked them"
    OPENS = "no: it opens the account"
    PASSES = "no: it is gone by itself in a day or less"
    WORK = "no: it says who of the staff did something for the center"
    UNUSED = "no: there is nothing"


@dataclass(frozen=True)
class Held:
    """What one column holds, in a sentence, and what is done to it."""

    what: str
    closing: Closing
    erasure: Erasure
    export: Export


COLUMNS: dict[str, Held] = {}  # by "app.Model.field"


def register(model: str, **columns: Held) -> None:
    """Name the columns of `model` ("app.Model") that hold a person's id or address, whether as a key, as text or within what is sealed."""
    COLUMNS.update({f"{model}.{field}": held for field, held in columns.items()})
