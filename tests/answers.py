"""Comparing two answers of the site: what an outsider may not see must answer like what is not there."""

import re
from typing import Any


def told(answer: Any, *values: object) -> tuple[int, str]:
    """Status and text of an answer without what differs by nature.

    That is the form's token, the name by which tabs of a session find one another, the seconds that it has left, and `values`, such as
    the id that was asked for.
    """
    text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|data-left="\d+"|data-tabs="[^"]*"', "", text)
    for value in values:
        text = text.replace(f"/{value}/" if isinstance(value, int) else str(value), "…")  # a number stands elsewhere by chance
    return answer.status_code, text + answer.get("Location", "")


def same(one: Any, other: Any) -> bool:
    """Whether two answers tell the same."""
    return told(one) == told(other)
