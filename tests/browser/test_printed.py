"""An article on paper: it says where its sources are, and no warning is torn in two."""

import pypdfium2

ARTICLE = """
from tests.cms.articles import write
callout = {"tone": "danger", "text": "<p>" + "Call somebody who can be with you tonight. " * 4 + "</p>"}
body = [("callout", callout | {"heading": f"Warning {number}", "text": callout["text"] + f"<p>End {number}</p>"}) for number in range(16)]
source = {"title": "Naloxone", "url": "https://www.who.int/naloxone", "opened": "2026-11-20"}
print(write("On paper", "members", body=body, sources=[("source", source)]).slug)
"""


def test_a_printed_article_is_whole_and_says_where_its_sources_are(open_page, site):
    """What to do in danger to life, on another sheet than the danger; a source that nobody can follow on paper."""
    slug = site.manage("shell", "--verbosity=0", "-c", ARTICLE).split()[-1]
    page = open_page("alice")
    page.goto(f"/library/{slug}/")
    for paper in ("Letter", "A4"):
        sheets = [sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(page.pdf(format=paper))]
        for number in range(16):
            assert len({n for n, words in enumerate(sheets) for part in ("Warning", "End") if f"{part} {number}\r\n" in words}) == 1, number
        words = "".join(sheets)
        assert "https://www.who.int/naloxone" in words and "Was this helpful?" not in words and "Talk about it" not in words
