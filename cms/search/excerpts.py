"""The passage of an entry in which the words stand that were looked for."""

from collections.abc import Collection

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .words import WORD

LENGTH = 180  # characters: two or three lines of a phone
LEAD = 60  # characters, at most, before the first word that was found
SENTENCE_ENDS = (". ", "? ", "! ")

Spans = list[tuple[int, int]]


def excerpt(body: str, words: Collection[str]) -> SafeString:
    """Return the passage of `body` in which most of `words` (in small letters) stand, each of them marked; "" where none does."""
    most, line, spans, first = 0, "", Spans(), 0
    for each in body.splitlines():
        found = [match.span() for match in WORD.finditer(each) if match[0].lower() in words]
        for begins, _ends in found:
            held = len({each[start:end].lower() for start, end in found if begins <= start < begins + LENGTH - LEAD})
            if held > most:
                most, line, spans, first = held, each, found, begins
    return _marked(line, spans, _start(line, first), _end(line, first)) if most else SafeString("")


def _start(line: str, first: int) -> int:
    """Where the passage begins: with a sentence, or at least with a word."""
    if first <= LEAD:
        return 0
    lead = line[first - LEAD : first]
    sentence = max(lead.rfind(end) for end in SENTENCE_ENDS)
    return first - LEAD + (sentence + 2 if sentence >= 0 else lead.find(" ") + 1)


def _end(line: str, first: int) -> int:
    end = first + LENGTH - LEAD
    if end >= len(line):
        return len(line)
    space = line.rfind(" ", first, end)
    return space if space > 0 else end


def _marked(line: str, spans: Spans, start: int, end: int) -> SafeString:
    pieces, at = [], start
    for first, last in spans:
        if start <= first and last <= end:
            pieces.append((line[at:first], line[first:last]))
            at = last
    before = "" if start == 0 or line[start - 2 : start] in SENTENCE_ENDS else "… "
    marked = format_html_join("", "{}<mark>{}</mark>", pieces)
    return format_html("{}{}{}{}", before, marked, line[at:end], " …" if end < len(line) else "")
