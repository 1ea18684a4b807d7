"""Ways back on a small phone without scripts: made, printed, and used by somebody who is signed in nowhere."""

from playwright.sync_api import expect

from community.kit.text import giveaways
from tests.browser.watch import axe, no_sideways_scroll

SMALL = {"width": 360, "height": 640}


def test_ways_back_are_made_printed_and_used_without_scripts(open_page):
    """A code that only a script shows, a sheet that says whose house it opens, or a page that is wider than a phone."""
    phone = open_page("alice", size="phone", javascript=False)
    phone.set_viewport_size(SMALL)
    phone.goto("/me/")
    phone.get_by_role("link", name="Ways back").click()
    phone.get_by_role("button", name="Make ways back").click()
    codes = phone.locator("#codes").inner_text().split()
    assert len(codes) == 8
    no_sideways_scroll(phone)
    centre = phone.title().rpartition(" · ")[2]
    phone.emulate_media(media="print")
    paper = phone.locator("body").inner_text()
    assert all(code in paper for code in codes) and "Then cross it out" in paper
    assert centre and centre not in paper and "Mainstay" not in paper and giveaways.found_in(paper) == []

    guest = open_page(size="phone", javascript=False)
    guest.set_viewport_size(SMALL)
    guest.goto("/accounts/login/")
    guest.get_by_role("link", name="I can't get in").click()
    guest.get_by_role("link", name="Use a way back").click()
    no_sideways_scroll(guest)
    guest.get_by_label("E-mail address or sign-in name").fill("alice@example.org")
    guest.get_by_label("One of your ways back").fill(codes[0].lower().replace("-", " "))
    guest.get_by_role("button", name="Continue").click()
    guest.get_by_label("New password").fill("the coat on the chair")
    guest.get_by_role("button", name="Save").click()
    expect(guest.get_by_text("Your new password is set")).to_be_visible()
    phone.emulate_media(media="screen")
    phone.goto("/today/")
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()


def test_they_are_used_by_keyboard(open_page):
    """A form whose error nobody is led to, or whose fields say nothing to a screen reader."""
    page = open_page()
    page.goto("/accounts/way-back/")
    axe(page)
    page.keyboard.type("nobody")
    page.keyboard.press("Tab")
    page.keyboard.type("BCDF GHJK MNPQ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
