"""How pages are laid out: one quiet header, one grid, lines that can be read, rows that end at their card, and what paper shows."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.watch import axe, no_sideways_scroll

WIDTHS = [320, 360, 390, 720, 768, 895, 896, 1024, 1280, 1920]
LARGE = {"fontSizes": {"standard": 32, "fixed": 26}}  # 200 %, as somebody sets it in the browser
ARTICLE = """
from tests.cms.articles import write
words = "It is late, the house is quiet, and you would like to call somebody but do not know whom. " * 12
source = {"title": "A page about evenings", "url": "https://evenings.example/page", "opened": "2026-11-24"}
print(write("Evenings", "public", body=[("text", f"<p>{words}</p>")], sources=[("source", source)]).slug)
"""
LINES = """
text => {
  const range = document.createRange(), lines = new Map();
  const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); )
    for (let at = 0; at < node.length; at++) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const top = Math.round(range.getBoundingClientRect().top);
      lines.set(top, (lines.get(top) ?? 0) + 1);
    }
  return [...lines.values()];
}
"""


@pytest.fixture(scope="module")
def article(site) -> str:
    """The address of a long public article."""
    return f"/library/{site.manage('shell', '--verbosity=0', '-c', ARTICLE).strip()}/"


def edges(page: Page, selector: str) -> tuple[int, int]:
    box = page.locator(selector).first.bounding_box()
    assert box
    return round(box["x"]), round(box["x"] + box["width"])


def ways(page: Page) -> list[Locator]:
    return [page.get_by_role("banner").get_by_role("link", name="Help now"), page.get_by_role("banner").locator("#leave button")]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_header_is_one_quiet_line_on_every_screen(open_page, width):
    """On phones "Help now" and "Leave quickly" broke into two heavy boxes, and the bars took a third of the screen."""
    page = open_page("alice", size=str(width))
    page.goto("/today/")
    bars = [page.locator(".site-header").bounding_box()["height"]]
    if width < 720:
        bars.append(page.locator(".navigation").bounding_box()["height"])
    assert sum(bars) <= 100, bars
    for target in page.locator(".site-header :is(a, button, summary):visible").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44, target.inner_text()
    no_sideways_scroll(page)


@pytest.mark.parametrize("width", [320, 360, 390])
def test_with_text_twice_as_large_the_ways_out_stay(open_page, width):
    """The header took several lines, and scrolled away with them."""
    page = open_page("alice", size=str(width))
    page.context.new_cdp_session(page).send("Page.setFontSizes", LARGE)
    page.goto("/me/")
    page.locator(".site-footer").scroll_into_view_if_needed()
    for way in ways(page):
        expect(way).to_be_in_viewport(ratio=1)
    assert page.locator(".site-header").bounding_box()["height"] <= 148
    no_sideways_scroll(page)
    axe(page)


@pytest.mark.parametrize("path", ["/me/", "/groups/"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_a_page_and_its_header_stand_on_one_grid(open_page, path, width):
    """On a wide screen the header went from edge to edge, and the page began somewhere in the middle."""
    page = open_page("alice", size=str(width))
    page.goto(path)
    left, right = edges(page, ".site-name")[0], edges(page, ".menu")[1]
    assert edges(page, "main h1")[0] == left
    assert edges(page, "main :is(.rows, .card)") == (left, right)
    assert edges(page, ".site-footer .cluster") == (left, right)


def test_lines_of_an_article_can_be_read(open_page, article):
    """A line of more than 70 characters loses the reader on the way to the next; they had 85."""
    page = open_page()
    page.goto(article)
    page.evaluate("document.fonts.ready")
    lines = page.locator(".reading p").first.evaluate(LINES)[:-1]
    assert len(lines) > 8 and 58 <= sum(lines) / len(lines) <= 70 and max(lines) <= 75, lines


def test_paper_shows_where_links_lead(open_page, article):
    """Sources were printed without their addresses, so that nobody could look one up."""
    page = open_page()
    for path, address in ((article, "https://evenings.example/page"), ("/help/", "https://www.cdc.gov/stop-overdose/response/index.html")):
        page.goto(path)
        page.emulate_media(media="print")
        shown = page.locator(f'main a[href="{address}"]').evaluate("link => getComputedStyle(link, '::after').content")
        assert address in shown
        page.emulate_media(media="screen")


def test_a_tinted_row_ends_at_the_corners_of_its_card(open_page):
    """Under the pointer the first and the last row poked out of the rounded card."""
    page = open_page("alice")
    page.goto("/me/")
    rows = page.locator(".rows:has(> :nth-child(2))").first
    rows.locator("> :first-child").hover()
    shape = "row => [getComputedStyle(row).borderStartStartRadius, getComputedStyle(row).borderEndEndRadius]"
    assert rows.locator("> :first-child").evaluate(shape) == ["9px", "0px"]
    assert rows.locator("> :last-child").evaluate(shape) == ["0px", "9px"]


@pytest.mark.parametrize("size", [(740, 360), (360, 400)])
@pytest.mark.parametrize("path", ["/today/", "/groups/", "/me/", "/privacy/"])
def test_with_twice_as_large_a_text_the_bars_leave_a_low_screen_to_the_page(open_page, path, size):
    """Bars as high as the text is large: on a phone on its side the page had a third of the screen."""
    page = open_page("alice", size="phone")
    page.context.new_cdp_session(page).send("Page.setFontSizes", LARGE)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(path)
    bars = [bar.bounding_box()["height"] for bar in page.locator(".site-header, .navigation").all()]
    assert sum(bars) <= size[1] * 0.45, bars
    for way in ways(page):
        expect(way).to_be_in_viewport(ratio=1)
    page.locator(".site-header summary").click()
    last = page.locator(".site-header .menu-item").last
    last.scroll_into_view_if_needed()
    last.click(trial=True)
    no_sideways_scroll(page)
