"""What waits to be sent can be changed and taken back, also by the keyboard, and where its first try may have arrived."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Line, box, enter, is_kept, live, message, say, sent, texts, until
from tests.browser.watch import axe, no_sideways_scroll

pytestmark = pytest.mark.usefixtures("own_group")
WAITS = "Waiting"


def stored(site):
    """What anybody has said, with what was taken back as None."""
    rows = site.sql("select body, deleted_at from chat_message where kind = 'text' order by seq")
    return [None if deleted else body for body, deleted in rows]


def without_an_answer(open_page, site, text, **more):
    """A page that has sent `text` and never heard what became of it. The site has it."""
    page = open_page("alice", **more)
    line = Line(page)
    enter(page, site)
    line.lose = ["ack", "changes"]
    box(page).fill(text)
    page.get_by_role("button", name="Send").click()
    until(page, lambda: stored(site) == [text])
    line.cut()
    expect(message(page, text)).to_contain_text(WAITS)
    return page, line


def test_it_is_changed_and_taken_back_by_the_keyboard(open_page, site):
    """Words that can only be watched going out, since nothing but a failed message had a button."""
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    line.cut()
    for text in ("Not like this", "Not at all", "And on"):
        say(page, text)
    waiting = message(page, "Not like this")
    expect(waiting).to_contain_text(WAITS)
    waiting.press("m")
    axe(page)
    expect(page.locator(".menu-sheet:visible .menu-item")).to_have_text(["Edit", "Remove"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Editing your message").first).to_be_visible()
    expect(box(page)).to_be_focused()
    box(page).press_sequentially(", but like that")
    page.keyboard.press("Enter")
    expect(message(page, "Not like this, but like that")).to_contain_text(WAITS)
    message(page, "Not at all").press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(message(page, "Not at all")).to_have_count(0)
    message(page, "And on").press("e")
    expect(box(page)).to_have_value("And on")
    line.mend()
    sent(page, "but like that")
    expect(message(page, "And on")).to_contain_text("Editing your message")
    assert stored(site) == ["Not like this, but like that"], "what is being changed waits"
    box(page).press_sequentially(" and on")
    page.keyboard.press("Enter")
    sent(page, "And on and on")
    assert stored(site) == ["Not like this, but like that", "And on and on"]


def test_a_first_try_that_arrived_is_changed_where_it_is(open_page, site):
    """The same message twice, once with its old words."""
    page, line = without_an_answer(open_page, site, "First words")
    box(page).press("ArrowUp")
    expect(box(page)).to_have_value("First words")
    box(page).fill("Second words")
    box(page).press("Enter")
    expect(message(page, "Second words")).to_contain_text(WAITS)
    page.reload()
    expect(message(page, "Second words")).to_have_count(1)
    line.mend()
    sent(page, "Second words")
    assert texts(page, "words") == ["Second words"]
    assert stored(site) == ["Second words"]
    is_kept(page, 0)


@pytest.mark.parametrize("reloads", [False, True])
def test_a_first_try_that_arrived_is_taken_back_where_it_is(open_page, site, reloads):
    """A message that its author has removed, and that all others read."""
    page, line = without_an_answer(open_page, site, "Taken back", size="phone")
    message(page, "Taken back").get_by_label("More about your message").tap()
    axe(page)
    no_sideways_scroll(page)
    page.get_by_role("button", name="Remove").tap()
    gone = page.locator("#rows > .chat-message", has_text="You removed this")
    expect(gone).to_have_count(1)
    expect(message(page, "Taken back")).to_have_count(0)
    if reloads:
        page.reload()
        expect(gone).to_have_count(1)
    line.mend()
    live(page)
    until(page, lambda: stored(site) == [None])
    is_kept(page, 0)
    expect(page.locator(".chat-message.is-gone")).to_have_count(1)


def test_a_change_that_waits_to_be_saved_is_there_after_a_reload(open_page, site):
    """The first words sent while the better ones are still in the box, or gone with the page."""
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    line.cut()
    say(page, "First words")
    box(page).press("ArrowUp")
    box(page).press_sequentially(", and better")
    is_kept(page, 2)
    page.reload()
    expect(box(page)).to_have_value("First words, and better")
    expect(page.locator("#editing")).to_be_visible()
    line.mend()
    live(page)
    assert stored(site) == []
    box(page).press("Enter")
    sent(page, "First words, and better")
    assert stored(site) == ["First words, and better"]
