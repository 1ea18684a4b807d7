"""The headings of an article: their anchors, the list of contents, and the level of those that its boxes have."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

MIN_HEADINGS = 6  # headings; below that an article is short enough to scroll
_HEADING = re.compile(r"<h([23])\b([^>]*)>(.*?)</h\1>", re.S)


@dataclass(frozen=True)
class Part:
    """A block of an article, and where in it the block is."""

    block: Any
    anchor: str
    level: int  # of a heading inside a callout or steps: 3 below a heading of the article, else 2

    def headings(self) -> Iterator[tuple[str, str]]:
        """The headings that the block has in the list of contents, as (anchor, words)."""
        if self.block.block_type == "heading":
            yield self.anchor, self.block.value
        elif self.block.block_type == "text":
            for number, found in enumerate(_HEADING.finditer(self.block.value.source), 1):
                yield f"{self.anchor}-{number}", unescape(strip_tags(found[3]))


def anchored(html: str, anchor: str) -> SafeString:
    """Return rich text that is safe already, with an anchor on each of its headings."""
    numbers = iter(range(1, len(html)))
    found = _HEADING.sub(lambda h: f'<h{h[1]}{h[2]} id="{anchor}-{next(numbers)}">{h[3]}</h{h[1]}>', html)
    return mark_safe(found)


def parts_of(body: Iterable[Any]) -> list[Part]:
    """Return the blocks of an article with their anchors and levels."""
    parts: list[Part] = []
    level = 2
    for number, block in enumerate(body, 1):
        part = Part(block, f"part-{number}", level)
        parts.append(part)
        if any(part.headings()):
            level = 3
    return parts


def contents_of(parts: Iterable[Part]) -> list[tuple[str, str]]:
    """Return the headings as (anchor, words), where there are enough of them to need a list."""
    headings = [heading for part in parts for heading in part.headings()]
    return headings if len(headings) >= MIN_HEADINGS else []
