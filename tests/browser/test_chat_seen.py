"""A message shows something, and what it draws stays where it is."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import box, enter, message, say, sent

pytestmark = pytest.mark.usefixtures("own_group")


def test_a_tower_of_marks_covers_no_other_message(open_page, site):
    """Three hundred marks on one letter, which make the six messages above it unreadable. No element tells where its ink ends."""
    page = enter(open_page("alice"), site)
    say(page, "o" + "\u0301" * 300 + " tower")
    sent(page, "tower")
    expect(message(page, "tower").locator(".chat-body")).to_have_css("overflow", "clip")


def test_what_nobody_could_see_stays_in_the_box(open_page, site):
    """A press of Enter after which nothing happens, or an empty bubble. The text stays, with the reason under it."""
    page = enter(open_page("alice"), site)
    before = page.locator("#rows > .chat-message").count()
    say(page, "\u200b\u2800")
    expect(page.locator("#state")).to_have_text("This message would look empty. Add a word or an emoji.")
    expect(box(page)).to_have_value("\u200b\u2800")
    expect(box(page)).to_have_attribute("aria-invalid", "true")
    assert page.locator("#rows > .chat-message").count() == before
    say(page, "Hello")
    sent(page, "Hello")
