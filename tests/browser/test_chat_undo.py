"""Going back: for ten seconds after sending, for half a minute after a removal, and never by a question first."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Line, box, enter, message, say, sent, until

pytestmark = pytest.mark.usefixtures("own_group")


def undo(page):
    return page.locator("#undo").get_by_role("button", name="Undo")


def test_what_was_just_sent_is_taken_back_into_the_box(open_page, site):
    """A slip that stays with the others, or whose words are lost with it, or that overwrites what was begun since."""
    alice, bob = enter(open_page("alice"), site), enter(open_page("bob"), site)
    say(alice, "To the wrong group")
    sent(bob, "To the wrong group")
    box(alice).fill("begun since")
    undo(alice).click()
    expect(box(alice)).to_have_value("To the wrong group\n\nbegun since")
    expect(box(alice)).to_be_focused()
    expect(message(bob, "To the wrong group")).to_have_count(0)
    expect(undo(alice)).to_be_hidden()


def test_by_the_keys_of_every_undo(open_page, site):
    """An undo that needs a mouse, and one that takes back a message when only a word in the box was meant."""
    page = enter(open_page("alice"), site)
    say(page, "Not meant")
    sent(page, "Not meant")
    expect(undo(page)).to_be_visible()
    box(page).press_sequentially("word")
    box(page).press("Control+z")
    expect(message(page, "Not meant")).to_have_count(1)
    say(page, "Too quick")
    sent(page, "Too quick")
    expect(undo(page)).to_be_visible()
    box(page).press("Control+z")
    expect(box(page)).to_have_value("Too quick")
    expect(message(page, "Too quick")).to_have_count(0)


def test_what_was_edited_since_comes_back_as_it_is(open_page, site):
    """An undo that loses the words of an edit, or takes back what was sent when a text emptied by mistake was meant."""
    page = enter(open_page("alice"), site)
    say(page, "First wording")
    sent(page, "First wording")
    box(page).press("ArrowUp")
    box(page).fill("Second wording")
    box(page).press("Enter")
    expect(message(page, "Second wording")).to_contain_text("edited")
    box(page).press_sequentially("x")
    box(page).press("Backspace")
    box(page).press("Control+z")
    expect(message(page, "Second wording")).to_have_count(1)
    undo(page).click()
    expect(box(page)).to_have_value(re.compile("^Second wording"))


def test_the_words_come_back_also_where_the_answer_is_lost(open_page, site):
    """A line that breaks between the removal and its answer, and takes the only copy of the words with it."""
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    say(page, "On a bad line")
    sent(page, "On a bad line")
    line.lose += ["ok", "changes"]
    undo(page).click()
    until(page, lambda: not line.lose)
    line.cut()
    line.mend()
    expect(box(page)).to_have_value("On a bad line", timeout=20_000)
    expect(message(page, "On a bad line")).to_have_count(0)


def test_what_is_brought_back_stands_once(open_page, site):
    """Words taken back into the box, then the message brought back: sent again from the box, they would stand twice."""
    page = enter(open_page("alice"), site)
    say(page, "There and back")
    sent(page, "There and back")
    box(page).press("Control+z")
    expect(box(page)).to_have_value("There and back")
    page.locator("#rows").get_by_role("button", name="Undo").last.click()
    expect(message(page, "There and back")).to_have_count(1)
    expect(box(page)).to_have_value("")


def test_a_removal_is_undone_in_its_place_on_any_device(open_page, site):
    """A removal that asks first, cannot be undone, or only on the page where it was made; others who are offered it."""
    page, phone, bob = enter(open_page("alice"), site), enter(open_page("alice", size="phone"), site), enter(open_page("bob"), site)
    say(page, "A finger slipped")
    sent(bob, "A finger slipped")
    target = message(page, "A finger slipped")
    seq = target.get_attribute("id")
    target.focus()
    page.keyboard.press("m")
    target.get_by_role("button", name="Remove").press("Enter")
    expect(message(bob, "A finger slipped")).to_have_count(0)
    here = page.locator(f"#{seq}").get_by_role("button", name="Undo")
    expect(here).to_be_focused()
    expect(page.locator("#undo")).to_be_hidden()
    expect(phone.locator(f"#{seq}").get_by_role("button", name="Undo")).to_be_visible()
    expect(bob.locator(f"#{seq}").get_by_role("button", name="Undo")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(message(bob, "A finger slipped")).to_have_count(1)
    expect(page.locator(f"#{seq}")).to_be_focused()


def test_when_the_time_is_over_the_button_goes_and_the_focus_stays_with_the_message(open_page, site):
    """A button that fails when it is pressed, or that takes the focus with it."""
    page = open_page("alice")
    page.clock.install()
    enter(page, site)
    say(page, "Gone for good")
    sent(page, "Gone for good")
    target = message(page, "Gone for good")
    seq = target.get_attribute("id")
    target.hover()
    target.get_by_label("More about your message").click()
    target.get_by_role("button", name="Remove").click()
    expect(page.locator(f"#{seq}").get_by_role("button", name="Undo")).to_be_focused()
    page.clock.run_for(31_000)
    expect(page.locator(f"#{seq}").get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.locator(f"#{seq}")).to_be_focused()
