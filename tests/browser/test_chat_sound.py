"""A conversation that is sound whatever is said in it and open on it: layout, accessibility, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.talk import (
    Line,
    box,
    conversation,
    enter,
    fresh_group,
    message,
)
from tests.browser.watch import axe, no_sideways_scroll

HOSTILE = [
    "W" * 400,
    "שלום לכולם, טוב לראות אתכם הערב",
    "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\"><b>bold</b>",
    "😀" * 1000,
    "https://example.org/" + "long/" * 80,
    "```\n" + "code " * 80 + "\n```",
    "\u202eright to left override\u202c " + "a\u0301" * 50,
    "> " * 11 + "deep",
]

pytestmark = pytest.mark.usefixtures("own_group")


@pytest.fixture
def hostile_talk(site, own_group):
    fresh_group(site, *HOSTILE)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
@pytest.mark.usefixtures("hostile_talk")
def test_hostile_texts_are_texts_and_break_nothing(open_page, site, width, scheme):
    """A word, a direction, a picture of emoji or pasted HTML that pushes the page sideways or runs in it."""
    page = open_page("alice", size="desktop" if width == 1280 else "phone", scheme=scheme)
    page.set_viewport_size({"width": width, "height": 700})
    enter(page, site)
    expect(message(page, "deep")).to_have_count(1)
    no_sideways_scroll(page)
    wide = page.locator("#log").evaluate("log => log.scrollWidth - log.clientWidth")
    assert wide <= 0
    assert "Conversation – " in page.title()
    assert page.locator("#rows img, #rows script").count() == 0
    expect(box(page)).to_be_in_viewport()
    expect(page.locator("#readers")).to_be_in_viewport()
    axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_axe_finds_nothing_whatever_is_open(open_page, site, size, scheme):
    """Poor contrast, an unnamed control or a broken list, in the states that a page is rarely tested in."""
    page = open_page("alice", size=size, scheme=scheme)
    line = Line(page)
    enter(page, site)
    line.refuse = "Cannot go"
    for text in ("To be seen", "Cannot go"):
        box(page).fill(text)
        page.get_by_role("button", name="Send").click()
    expect(message(page, "Cannot go")).to_contain_text("This cannot be sent.")
    own = page.locator("#rows > .chat-message[data-id]").filter(has_text="To be seen").last
    own.hover()
    own.locator(".chat-menu > summary").click()
    axe(page)
    own.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    axe(page)
    line.cut()
    box(page).fill("a" * 4_010)
    expect(page.locator("#status")).to_have_text("No connection. What you write is kept, and sent when you’re back.")
    axe(page)
    no_sideways_scroll(page)
    message(page, "Cannot go").get_by_role("button", name="Delete").click()


def test_the_plain_pages_are_sound_too(open_page, site):
    """What axe finds on the pages of those without JavaScript, the refused message among them."""
    page = open_page("alice", size="phone")
    page.watch.expect("status of 422")
    page.route(re.compile(r"/chat/js/"), lambda route: route.abort())
    page.watch.expect("ERR_FAILED")
    page.goto(conversation(site))
    page.get_by_label("Write a message").fill("x" * 4_100)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#refused")).to_contain_text("100 characters too long")
    expect(page.get_by_label("Write a message")).to_have_value("x" * 4_100)
    axe(page)
    no_sideways_scroll(page)
