"""The six kind signs under a message: by mouse, finger and keyboard, with the names of those who gave them."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, enter, fresh_group, live, message, say, sent
from tests.browser.watch import axe


def chip(item, label):
    return item.locator(".chat-reactions").get_by_role("button", name=label)


def long_press(page, target):
    """A finger that stays on `target` until the sheet has come up."""
    target.scroll_into_view_if_needed()
    place = target.bounding_box()
    touch = page.context.new_cdp_session(page)
    point = {"x": place["x"] + 20, "y": place["y"] + 12}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(page.locator("#rows .chat-menu[open]")).to_have_count(1)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.fixture
def asked(site):
    """The text of a message of Bob's, in a group of its own."""
    text = "Sixty days today"
    fresh_group(site, text)
    return text


def test_by_mouse_and_seen_by_the_others_with_names(open_page, site, asked):
    """A sign that only its giver sees, that does not say whose it is, or that cannot be taken away."""
    alice, bob = enter(open_page("alice"), site), enter(open_page("bob"), site)
    target = message(alice, asked)
    target.hover()
    target.locator(".chat-react > summary").click()
    axe(alice)
    target.get_by_role("button", name="Hug").click()
    expect(chip(target, "Hug: you")).to_have_attribute("aria-pressed", "true")
    theirs = chip(message(bob, asked), "Hug: Alice")
    expect(theirs).to_have_attribute("aria-pressed", "false")
    theirs.click()
    both = chip(target, "Hug: Bob and you")
    expect(both).to_contain_text("2")
    both.click()
    expect(chip(message(bob, asked), "Hug: you")).to_contain_text("1")
    bob.reload()
    live(bob)
    chip(message(bob, asked), "Hug: you").click()
    expect(target.locator(".chat-reactions")).to_have_count(0)


def test_by_keyboard_with_the_focus_kept(open_page, site, asked):
    """A sign out of the keyboard's reach, or a focus lost because the message is drawn anew with it."""
    page = enter(open_page("alice"), site)
    target = message(page, asked)
    target.focus()
    page.keyboard.press("m")
    expect(target.get_by_role("button", name="Heart")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    given = chip(target, "Strong: you")
    expect(given).to_be_visible()
    expect(target.get_by_label("More about the message")).to_be_focused()
    page.keyboard.press("Tab")
    expect(given).to_be_focused()
    page.keyboard.press("m")
    expect(target.get_by_role("button", name="Heart")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(given).to_have_count(0)
    expect(target).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_long_press_opens_the_sheet_on_a_phone(open_page, site, asked, scheme):
    """A sheet that a press opens and its end closes, that lies under the box, or a press that a link under it takes."""
    page = enter(open_page("alice", size="phone", scheme=scheme), site)
    target = message(page, asked)
    expect(target.locator(".chat-react")).to_be_hidden()
    long_press(page, target.locator(".chat-bubble"))
    thanks = target.get_by_role("button", name="Thanks")
    expect(thanks).to_be_in_viewport(ratio=1)
    expect(target.get_by_role("link", name="Report this message")).to_be_in_viewport(ratio=1)
    axe(page)
    thanks.tap()
    expect(chip(target, "Thanks: you")).to_be_visible()
    target.get_by_label("More about the message").tap()
    expect(target.locator(".chat-who")).to_have_text("Thanks: you")
    expect(target.get_by_role("button", name="Copy text")).to_be_visible()
    page.touchscreen.tap(200, 60)  # beside the sheet
    expect(target.locator(".chat-who")).to_be_hidden()
    long_press(page, chip(target, "Thanks: you"))  # tells who, and takes nothing away
    expect(target.locator(".chat-who")).to_have_text("Thanks: you")
    page.touchscreen.tap(200, 60)
    chip(target, "Thanks: you").tap()
    expect(chip(target, "Thanks: you")).to_have_count(0)


def test_the_first_touch_after_a_long_press_counts(open_page, site, asked):
    """Somebody who presses a message, then needs help, and has to tap twice for it."""
    page = enter(open_page("alice", size="phone"), site)
    long_press(page, message(page, asked).locator(".chat-bubble"))
    expect(message(page, asked).get_by_role("button", name="Thanks")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Help now").tap()
    page.wait_for_url("**/help/")


@pytest.mark.parametrize("height", [500, 620, 800])
def test_a_menu_is_wholly_on_the_screen_wherever_its_message_stands(open_page, site, asked, height):
    """The last lines of a menu cut off by the log, where no mouse reaches them."""
    page = open_page("alice")
    page.set_viewport_size({"width": 1_280, "height": height})
    Form(site, "bob").say(*[f"Line {n} after {asked}" for n in range(8)])
    enter(page, site)
    for n in range(8):
        target = message(page, f"Line {n} after {asked}")
        target.scroll_into_view_if_needed()
        target.hover()
        target.locator(".chat-menu > summary").click()
        expect(target.locator(".chat-menu > .menu-sheet")).to_be_in_viewport(ratio=1)
        expect(target.get_by_role("button", name="Mark unread from here")).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")


def test_an_open_menu_stays_while_others_react_and_goes_with_the_message(open_page, site, asked):
    """A menu that closes under one's finger because somebody else reacted, or that keeps on the page what was taken back."""
    alice, bob = enter(open_page("alice"), site), enter(open_page("bob"), site)
    target = message(alice, asked)
    target.hover()
    target.get_by_label("More about the message").click()
    theirs = message(bob, asked)
    theirs.hover()
    theirs.locator(".chat-react > summary").click()
    theirs.get_by_role("button", name="Celebrate").click()
    expect(chip(theirs, "Celebrate: you")).to_be_visible()
    say(bob, f"After {asked}")
    sent(alice, f"After {asked}")
    expect(target.get_by_role("link", name="Report this message").first).to_be_visible()
    alice.keyboard.press("Escape")
    expect(chip(target.first, "Celebrate: Bob")).to_be_visible()


def test_a_sign_needs_no_script(open_page, site, asked):
    page = open_page("alice", javascript=False)
    page.goto(f"/chat/{site.ids['channel']}/")
    target = message(page, asked)
    target.locator(".chat-menu > summary").click()
    target.get_by_role("link", name="React").click()
    page.get_by_role("button", name="Same here").click()
    expect(message(page, asked).get_by_role("link", name="Same here: you")).to_be_visible()
