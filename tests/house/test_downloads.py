"""A member's copy of their things holds each column that the register of personal data says it must, and none that it must not."""

import re

from community.downloads.chapters import CHAPTERS
from community.members.personal_data import COLUMNS
from tests.house.tree import ROOT


def test_each_column_that_a_copy_must_hold_is_in_one_chapter():
    """What somebody has a right to, and is not given; and what would tell of others."""
    given = [column for chapter in CHAPTERS.values() for column in chapter.columns]
    assert sorted(given) == sorted(column for column, held in COLUMNS.items() if held.export.value.startswith("yes"))


def test_a_chapter_is_parted_by_fields_of_its_own():
    for chapter in CHAPTERS.values():
        assert {chapter.headings, chapter.days} - {""} <= set(chapter.fields), chapter.key


def test_the_docs_describe_what_is_in_it():
    """A program that was written by the page, and reads what isn't there."""
    listed = re.findall(r"^\| (`.*) \|$", (ROOT / "docs/export.md").read_text(), re.M)
    assert listed == fields()


def fields() -> list[str]:
    """The rows of the table in docs/export.md."""
    return [
        f"`{chapter.key}` | `{name}` | {field.label} | {field.shape.words}"
        for chapter in CHAPTERS.values()
        for name, field in chapter.fields.items()
    ]
