"""Writing in the editor, under its own policy: what each program puts on the clipboard, what is pointed out, and what folds away."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.talk import until
from tests.browser.test_editor import begin as watched
from tests.browser.watch import axe
from tests.sites import Site

CLIPBOARDS = Path(__file__).parent / "clipboard"
# Playwright's own clipboard would have the browser tidy up before we can.
PASTE = """(field, html) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", "as plain text");
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
PICTURE = """(field) => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File(["x"], "image.png", { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
EVENINGS = [
    ("header-two", 0, "Before dinner"),
    ("unstyled", 0, "Most people find the evenings longer at first, and a plan for one hour is enough. Read more"),
    ("header-three", 0, "Things to have ready"),
    ("unordered-list-item", 0, "Tea"),
    ("unordered-list-item", 1, "Mint"),
    ("unordered-list-item", 0, "A book"),
    ("unstyled", 0, "Then, in this order:"),
    ("ordered-list-item", 0, "Sit down"),
    ("ordered-list-item", 0, "Breathe out"),
    ("unordered-list-item", 0, "Monday; Walk"),
    ("unordered-list-item", 0, "Tuesday; Meeting"),
]
TABLES, PICTURES = "Tables are lists now", "Images were left out"


def begin(page: Page, site: Site, kind: str = "Text") -> Locator:
    """Open a new article with one block of this kind, and return its first rich text."""
    page.watch.expect("status of 400")  # type: ignore[attr-defined]  # autosave, which saves nothing before there is a title
    page.goto(f"/cms/pages/add/cms/articlepage/{site.sql('SELECT page_ptr_id FROM cms_librarypage')[0][0]}/")
    page.locator("#panel-child-content-body-section").get_by_title("Insert a block").first.click()
    page.get_by_role("option", name=kind, exact=True).click()
    field = page.locator("#panel-child-content-body-section .public-DraftEditor-content").first
    field.click()
    return field


def stored(page: Page, name: str = "body-0-value") -> dict[str, Any]:
    """What the form holds of a rich text, once the editor has handed it over, which it does a moment after the paste."""
    field = page.locator(f"[name={name}]")
    found: dict[str, Any] = {}

    def has_words() -> bool:
        found.update(json.loads(field.input_value()) or {})
        return bool(found and blocks(found))

    until(page, has_words)
    return found


def blocks(text: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(block["type"], block["depth"], " ".join(block["text"].split())) for block in text["blocks"] if block["text"].strip()]


def emphasized(text: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(block["text"], style) for block in text["blocks"] for style in block["inlineStyleRanges"]]
    return [(style["style"], words[style["offset"] : style["offset"] + style["length"]].strip()) for words, style in found]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("word", [PICTURES, TABLES, "Comments, deleted and hidden words", "Links that lead to no web page"]),
        ("google_docs", [PICTURES, TABLES]),
        ("libreoffice", [PICTURES, TABLES]),
        ("web_page", [PICTURES, TABLES, "Videos, forms", "Links that lead to no web page"]),
    ],
)
def test_what_a_program_copies_keeps_its_form(open_page: Any, site: Site, program: str, said: list[str]) -> None:
    """Headings became paragraphs, tables ran together, scripts became words, and Word's lists lost their signs or their form."""
    page = open_page("pat")
    field = begin(page, site)
    field.evaluate(PASTE, (CLIPBOARDS / f"{program}.html").read_text(encoding="utf-8"))
    line = page.locator(".pasted")
    for words in said:
        expect(line).to_contain_text(words)
    assert len([words for words in line.inner_text().split(".") if words.strip()]) == len(said), line.inner_text()
    text = stored(page)
    expected = list(EVENINGS)
    if program == "word":
        expected[:1] = [("header-two", 0, "Evenings"), ("header-two", 0, "Before dinner")]
        expected[2] = ("unstyled", 0, f"{EVENINGS[1][2]}, or go back.")
    elif program == "web_page":
        expected[1] = ("unstyled", 0, f"{EVENINGS[1][2]}, or share")
    assert blocks(text) == expected
    assert emphasized(text) == [("BOLD", "longer"), ("ITALIC", "one hour")]
    assert [entity["data"]["url"] for entity in text["entityMap"].values()] == ["https://www.who.int/"]
    axe(page, runOnly={"type": "rule", "values": ["color-contrast", "aria-allowed-role"]})


def test_a_field_without_headings_says_so(open_page: Any, site: Site) -> None:
    """A heading that silently became a paragraph of a callout; the first and deeper levels; a table with a head; a list in a cell."""
    page = open_page("pat")
    field = begin(page, site, "Callout")
    field.evaluate(PASTE, "<h1>One</h1><h2>Two</h2><h3>Three</h3><p>Four</p>")
    expect(page.locator(".pasted")).to_contain_text("There are no headings in this field")
    assert blocks(stored(page, "body-0-value-text")) == [("unstyled", 0, words) for words in ("One", "Two", "Three", "Four")]


def test_levels_tables_with_a_head_and_boxes_of_a_page(open_page: Any, site: Site) -> None:
    """Deeper headings, a table whose head names its columns, a table that only lays out a page, and parts that browsers run together."""
    page = open_page("pat")
    field = begin(page, site)
    rows = "<tr><th>Day</th><th>What</th></tr><tr><td>Monday</td><td><ul><li>Walk</li><li>Tea</li></ul></td></tr>"
    field.evaluate(
        PASTE,
        "<table><tr><td><h1>One</h1><h2>Two</h2><h4>Three</h4></td></tr></table>"
        f"<table><caption>A week</caption>{rows}</table><dl><dt>Rest</dt><dd>Much</dd></dl>",
    )
    expect(page.locator(".pasted")).to_contain_text("Headings have two levels here")
    assert blocks(stored(page)) == [
        ("header-two", 0, "One"), ("header-three", 0, "Two"), ("header-three", 0, "Three"), ("unstyled", 0, "A week"),
        ("unordered-list-item", 0, "Day: Monday; What: Walk Tea"), ("unstyled", 0, "Rest"), ("unstyled", 0, "Much"),
    ]  # fmt: skip


def test_pictures_plain_text_and_the_editors_own_are_as_they_were(open_page: Any, site: Site) -> None:
    """A picture alone, which nothing was said of; a copy within the editor, which would lose what the editor alone knows."""
    page = open_page("pat")
    field = begin(page, site)
    field.evaluate(PICTURE)
    expect(page.locator(".pasted")).to_contain_text(PICTURES)
    field.evaluate(PASTE, "")
    assert blocks(stored(page)) == [("unstyled", 0, "as plain text")]
    expect(page.locator(".pasted")).to_have_text("")
    field.press("Control+a")
    field.press("Control+c")
    field.press("ArrowRight")
    field.press("Control+v")
    expect(field).to_contain_text("as plain textas plain text")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hints_follow_what_is_typed(open_page: Any, site: Site, scheme: str) -> None:
    """Hints that were those of an hour ago, or of a page that somebody had to load again."""
    site.manage("shell", "--command", "from tests.cms.articles import write; write('Hinted')")
    ((article,),) = site.sql("SELECT max(id) FROM wagtailcore_page WHERE title = 'Hinted'")
    page = open_page("pat", scheme=scheme)
    watched(page, article)
    hints = page.locator("[data-hints]")
    expect(hints).to_contain_text("Nothing to point out")
    field = page.locator("#panel-child-content-body-section .public-DraftEditor-content")
    field.click()
    page.keyboard.type("An addict reads this. ")
    until(page, lambda: "An addict" in page.locator("[name=body-0-value]").input_value())
    expect(hints).to_contain_text("addict: perhaps person with an addiction", timeout=20_000)
    expect(hints).to_contain_text("You can save and publish as it is")
    expect(field).to_contain_text("An addict reads this.")
    axe(page, runOnly={"type": "rule", "values": ["color-contrast", "list", "listitem"]})


def test_who_listens_hears_in_which_field_they_are(open_page: Any, site: Site) -> None:
    """Fields that said nothing but "edit text": texts, the items of a list, and headings, which are a block by themselves."""
    page = open_page("pat")
    begin(page, site, "Steps")
    body = page.locator("#panel-child-content-body-section")
    for kind in ("Callout", "Heading"):
        body.get_by_title("Insert a block").last.click()
        page.get_by_role("option", name=kind, exact=True).click()
    for name in ("Steps", "Text", "Heading"):
        expect(body.get_by_role("textbox", name=name, exact=True).last).to_be_visible()
    expect(page.locator(".w-minimap__list")).to_have_count(1)
    axe(page, runOnly=["aria-input-field-name", "label", "scrollable-region-focusable"])  # colors are on their way in new blocks


def test_the_drawings_do_not_stand_before_the_words(open_page: Any, site: Site) -> None:
    """Two dozen drawings, through which one had to scroll to what one came to write."""
    page = open_page("pat")
    begin(page, site)
    drawings = page.locator("#panel-child-content-drawing-section")
    expect(drawings.get_by_role("radio").first).not_to_be_visible()
    body = page.locator("#panel-child-content-body-section").bounding_box()
    folded = drawings.bounding_box()
    assert body and folded and body["y"] < folded["y"]
    drawings.get_by_role("button", name="Toggle section").click()
    expect(drawings.get_by_role("radio").first).to_be_visible()
