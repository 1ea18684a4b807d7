"""The readable pages of a download: its chapters, cut into pages that a phone can open, and the page that leads to them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from django.utils import timezone

from .chapters import Chapter, Field, Row, Shape

ROWS_PER_PAGE = 500


@dataclass(frozen=True)
class ShownRow:
    """A row as a page shows it: facts beside their labels, texts with theirs, and what others answered.

    A text that is what the row is about, such as a message, has no label.
    """

    facts: list[tuple[Field, Any]]
    texts: list[tuple[Field | None, str]]
    answers: list[Row]


@dataclass
class ChapterPage:
    """One page of a chapter. `days` are its entries, by day where the chapter has days."""

    file: str
    chapter: Chapter
    heading: str
    part: int  # of those with this heading
    count: int
    days: list[tuple[dt.datetime | None, list[ShownRow]]]
    before: "ChapterPage | None" = field(default=None, repr=False)
    after: "ChapterPage | None" = field(default=None, repr=False)


def pages_of(chapter: Chapter, rows: list[Row]) -> list[ChapterPage]:
    """Return the pages of a chapter; at least one, which may be empty."""
    pages = [
        ChapterPage(f"{chapter.key}{f'-{n}' if n > 1 else ''}.html", chapter, heading, part, len(some), _by_day(chapter, some))
        for n, (heading, part, some) in enumerate(_parts(chapter, rows), 1)
    ]
    for before, after in pairwise(pages):
        before.after, after.before = after, before
    return pages


def _parts(chapter: Chapter, rows: list[Row]) -> Iterator[tuple[str, int, list[Row]]]:
    """The rows of each page, which have one heading, and which part of it they are."""
    if not rows:
        yield "", 1, []
    for heading, alike in groupby(rows, lambda row: str(row.get(chapter.headings, ""))):
        found = list(alike)
        for part, start in enumerate(range(0, len(found), ROWS_PER_PAGE), 1):
            yield heading, part, found[start : start + ROWS_PER_PAGE]


def _by_day(chapter: Chapter, rows: list[Row]) -> list[tuple[dt.datetime | None, list[ShownRow]]]:
    def day(row: Row) -> dt.date | None:
        return timezone.localdate(row[chapter.days]) if chapter.days else None

    parts = [list(alike) for _day, alike in groupby(rows, day)]
    return [(part[0][chapter.days] if chapter.days else None, [_entry(chapter, row) for row in part]) for part in parts]


def _entry(chapter: Chapter, row: Row) -> ShownRow:
    entry = ShownRow([], [], [])
    for name, value in row.items():
        of = chapter.fields[name]
        if of.shape is Shape.ANSWERS:
            entry.answers.extend(value)
        elif of.shape is Shape.WORDS:
            entry.texts.append((None if name == "text" else of, value))
        elif name != chapter.headings:
            entry.facts.append((of, value))
    return entry
