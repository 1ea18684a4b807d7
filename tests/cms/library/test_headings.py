"""The headings of an article, wherever they are: real ones, in the list of contents, of the level that their place asks for."""

import re
from typing import Any

import pytest

from cms.models import ArticlePage
from tests.cms.articles import write

pytestmark = pytest.mark.django_db


def text_of(client: Any, article: ArticlePage) -> str:
    found: str = client.get(f"/library/{article.slug}/").content.decode()
    return found[found.index('class="reading"') :]


CALLOUT = ("callout", {"tone": "note", "heading": "Good to know", "text": "<p>One hour.</p>"})
STEPS = ("steps", {"heading": "Step by step", "steps": ["<p>One</p>", "<p>Two</p>"]})


def test_boxes_have_headings_of_their_place(client: Any) -> None:
    """A heading that only looked like one: a screen reader jumped over callouts and steps."""
    alone = text_of(client, write("Alone", "public", body=[CALLOUT, STEPS]))
    assert "<h2>Good to know</h2>" in alone and "<h2>Step by step</h2>" in alone
    below = text_of(client, write("Below", "public", body=[("heading", "Evenings"), CALLOUT, STEPS]))
    assert "<h3>Good to know</h3>" in below and "<h3>Step by step</h3>" in below
    in_text = text_of(client, write("In a text", "public", body=[("text", "<h2>Evenings</h2><p>Long.</p>"), CALLOUT]))
    assert "<h3>Good to know</h3>" in in_text


def test_the_contents_count_headings_in_texts_too(client: Any) -> None:
    """What was pasted with its headings had no contents, and nothing to jump to."""
    text = "<h2>Two &amp; <b>a half</b></h2><p>Words.</p><h3>Three</h3><p>Words.</p>"
    body = [("heading", "One"), ("text", text), ("text", "<p>None.</p>"), *(("heading", name) for name in ("Four", "Five", "Six"))]
    page = client.get(f"/library/{write('Contents', 'public', body=body).slug}/").content.decode()
    contents = re.findall(r'<li><a href="#(part-[\d-]+)">(.*?)</a>', page)
    assert contents == [
        ("part-1", "One"), ("part-2-1", "Two &amp; a half"), ("part-2-2", "Three"),
        ("part-4", "Four"), ("part-5", "Five"), ("part-6", "Six"),
    ]  # fmt: skip
    for anchor, _words in contents:
        assert page.count(f'id="{anchor}"') == 1, anchor
    short = client.get(f"/library/{write('Short', 'public', body=body[:2]).slug}/").content.decode()
    assert "In this article" not in short
