"""What a member's download holds, by subject. Each room registers its chapters here, from its `hooks.py`.

A chapter names the columns of the register of personal data that it gives, and the fields of its rows. From the fields come the readable
pages, the JSON, its schema and the list in docs/export.md, so none of them can say otherwise than the others.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from community.members.models import User

Row = dict[str, Any]  # by the names of the chapter's fields; what is None, empty or missing is left out
FORMAT = 1


class Shape(Enum):
    """What a field holds: in words, and as JSON Schema."""

    LINE = "a short text", {"type": "string"}
    WORDS = "a text", {"type": "string"}
    MOMENT = "a time in UTC", {"type": "string", "format": "date-time"}
    NUMBER = "a number", {"type": "integer"}
    YES = "true or false", {"type": "boolean"}
    ANSWERS = (
        "what others answered, each with `name`, `sent` and `text`",
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "sent": {"type": "string", "format": "date-time"},
                    "text": {"type": "string"},
                },
                "required": ["name", "sent", "text"],
                "additionalProperties": False,
            },
        },
    )

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def schema(self) -> dict[str, Any]:
        return self.value[1]


@dataclass(frozen=True)
class Field:
    """One thing that a row says; `label` is lazy, as every page needs its own language."""

    label: Any
    shape: Shape = Shape.LINE


@dataclass(frozen=True)
class Chapter:
    """One subject. `rows` yields what is the member's, as they may read it now. A page parts them by the fields `headings` and `days`."""

    key: str
    title: Any
    about: Any
    columns: frozenset[str]
    fields: dict[str, Field]
    rows: Callable[[User], Iterable[Row]]
    headings: str = ""
    days: str = ""
    rank: int = 9  # what people look for first has the lowest


CHAPTERS: dict[str, Chapter] = {}


def register(
    key: str,
    title: Any,
    about: Any,
    *columns: str,
    fields: dict[str, Field],
    rows: Callable[[User], Iterable[Row]],
    headings: str = "",
    days: str = "",
    rank: int = 9,
) -> None:
    """Have every download hold these rows. `columns` are those that personal_data.register says an export has to hold."""
    CHAPTERS[key] = Chapter(key, title, about, frozenset(columns), fields, rows, headings, days, rank)


def in_order() -> list[Chapter]:
    """The chapters as a reader meets them."""
    return sorted(CHAPTERS.values(), key=lambda chapter: chapter.rank)


def said(chapter: Chapter, row: Row) -> Row:
    """A row without what it does not say, in the order of the chapter's fields."""
    return {name: row[name] for name in chapter.fields if row.get(name) not in (None, "", [])}


def as_json(value: Any) -> Any:
    """What JSON cannot hold by itself: a time, a number's own class, a lazy text."""
    return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if isinstance(value, dt.datetime) else str(value)


def schema() -> dict[str, Any]:
    """The JSON Schema of `data.json`."""
    rows = {
        chapter.key: {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: field.shape.schema for name, field in chapter.fields.items()},
                "additionalProperties": False,
            },
        }
        for chapter in CHAPTERS.values()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"format": {"const": FORMAT}, "made": Shape.MOMENT.schema} | rows,
        "required": ["format", "made", *rows],
        "additionalProperties": False,
    }
