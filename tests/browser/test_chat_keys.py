"""The keyboard alone: what its list says is what works, dialogs give the focus back, and letters are letters in the box."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, box, conversation, drawn, enter, live, message, say, second_group, sent
from tests.browser.watch import axe

pytestmark = pytest.mark.usefixtures("own_group")


@pytest.fixture
def second(site, own_group):
    """The channel of another group of Alice's and Bob's."""
    return second_group(site)


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def test_the_list_of_keys_opens_by_key_and_button_and_gives_the_focus_back(open_page, site):
    """A dialog that takes the focus away for good, and one that only a mouse opens."""
    page = enter(open_page("alice"), site)
    page.locator("#log").focus()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard")
    expect(keys).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert focused(page) == "log"
    page.get_by_role("button", name="Keyboard").click()
    expect(keys).to_be_visible()
    keys.get_by_role("button", name="Close").click()
    assert focused(page) == "keys-open"


def test_a_question_mark_in_the_box_is_a_question_mark(open_page, site):
    """Somebody's "how are you?" that ends in a list of keys, or their "me too" that edits and marks."""
    page = enter(open_page("alice"), site)
    box(page).press_sequentially("me? u")
    expect(box(page)).to_have_value("me? u")
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_another_group_is_a_few_letters_away(open_page, site, second, scheme):
    """A switch that offers the group one is in, groups of others, or nothing without saying so."""
    page = enter(open_page("alice", scheme=scheme), site)
    box(page).focus()
    page.keyboard.press("Control+k")
    switcher = page.get_by_role("dialog", name="Go to a group")
    expect(switcher.get_by_role("link")).to_have_text([re.compile("Early birds")])
    axe(page)
    page.keyboard.type("zz")
    expect(switcher.get_by_role("link")).to_have_count(0)
    expect(switcher.get_by_text("No match among your other groups.")).to_be_visible()
    switcher.get_by_label("A few letters of its name").fill("BIRD")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/chat/{second}/")
    live(page)


def test_escape_leaves_the_switch_with_the_focus_in_the_box_and_the_text_kept(open_page, site, second):
    page = enter(open_page("alice"), site)
    box(page).fill("Half a sentence")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    assert focused(page) == "body"
    expect(box(page)).to_have_value("Half a sentence")


def test_in_the_log_a_letter_edits_marks_unread_or_opens_the_menu(open_page, site):
    """A letter that does it to another message, or to one of somebody else."""
    page, bob = enter(open_page("alice"), site), Form(site, "bob")
    bob.say("Something of Bob's")
    sent(page, "Something of Bob's")
    say(page, "Something of mine")
    sent(page, "Something of mine")
    page.locator("#log").focus()
    page.keyboard.press("ArrowUp")
    expect(message(page, "Something of mine")).to_be_focused()
    page.keyboard.press("e")
    expect(box(page)).to_have_value("Something of mine")
    page.keyboard.press("Escape")
    page.locator("#log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(message(page, "Something of Bob's")).to_be_focused()
    page.keyboard.press("e")
    expect(box(page)).to_have_value("")
    page.keyboard.press("m")
    expect(message(page, "Something of Bob's").get_by_role("button", name="Heart")).to_be_focused()
    page.keyboard.press("Escape")
    message(page, "Something of Bob's").focus()
    page.keyboard.press("u")
    expect(page.locator("#new")).to_be_visible()
    expect(page.locator("#channels [aria-current] .chat-unread > [aria-hidden]")).to_have_text("1")


def test_the_arrows_begin_where_one_reads(open_page, site):
    """The newest had the focus first, wherever one read: what was new was skipped, and counted as read."""
    Form(site, "bob").say(*(f"Before {n}\n\nand on" for n in range(4)))  # all of them on one screen: what is jumped over stays new
    page = enter(open_page("alice"), site)
    page.locator("#log").press("End")
    expect(page.locator("#channels [aria-current] .chat-unread")).to_have_count(0)
    page.goto("/today/")
    Form(site, "bob").say(*(f"New {n}\n\nand on" for n in range(12)))
    enter(page, site)
    expect(page.locator("#new")).to_be_in_viewport()
    page.locator("#log").focus()
    page.keyboard.press("ArrowDown")
    expect(message(page, "New 0")).to_be_focused()
    page.locator("#log").focus()
    page.keyboard.press("Home")
    drawn(page)  # left to itself the browser would still be on its way there
    page.keyboard.press("ArrowUp")
    expect(message(page, "New 11")).not_to_be_focused()
    expect(page.locator("#rows > .chat-message:focus")).to_be_in_viewport()
    expect(page.locator("#rows > .chat-message").first).to_be_in_viewport()


def test_without_a_script_there_is_no_button_for_keys_that_do_nothing(open_page, site):
    page = open_page("alice", javascript=False)
    page.goto(conversation(site))
    expect(page.get_by_role("button", name="Keyboard")).to_have_count(0)
