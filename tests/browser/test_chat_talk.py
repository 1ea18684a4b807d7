"""Two people talk in real browsers: what is sent arrives once and in order, whatever happens to the line."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.talk import (
    Form,
    Line,
    box,
    conversation,
    enter,
    live,
    message,
    say,
    sent,
    stop_the_clock,
    texts,
    until,
)

pytestmark = pytest.mark.usefixtures("own_group")

BROKEN = r"ERR_CONNECTION_REFUSED|WebSocket connection to|ERR_FAILED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INTERNET_DISCONNECTED"


def test_two_browsers_go_on_while_the_server_is_killed_and_started(open_page, site):
    """A message lost, sent twice or out of order by a server that dies, or a page that has to be loaded again."""
    alice, bob = enter(open_page("alice"), site), enter(open_page("bob", size="phone"), site)
    for page in (alice, bob):
        page.watch.expect(BROKEN)
        page.evaluate("window.stillThere = true")
    say(alice, "Kill one")
    sent(bob, "Kill one")
    site.kill()
    for number in ("two", "three", "four"):
        say(alice, f"Kill {number}")
    expect(message(alice, "Kill four")).to_contain_text("Waiting")
    expect(alice.locator("#status")).to_have_text("No connection. What you write is kept, and sent when you’re back.")
    expect(bob.locator("#status")).to_have_text("No connection. What you write is kept, and sent when you’re back.")
    site.start()
    for page in (alice, bob):
        live(page)
        sent(page, "Kill four")
        expect(page.locator("#status")).to_be_empty()
        assert texts(page, "^Kill ") == ["Kill one", "Kill two", "Kill three", "Kill four"]
        assert page.evaluate("window.stillThere")
    assert site.sql("select count(*) from chat_message where body like 'Kill %'") == [(4,)]


def test_a_send_whose_answer_is_lost_is_one_message(open_page, site):
    """The line breaks between the commit and the `ack`: the second try under the same number must not be a second message."""
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    line.cut()
    say(page, "Only once")
    line.mend()
    sent(page, "Only once")
    line.cut()
    line.mend()
    live(page)
    assert texts(page, "Only once") == ["Only once"]


def test_what_was_not_taken_keeps_its_text_and_can_be_tried_again_or_deleted(open_page, site):
    """A refused message that vanishes, blocks those after it, or cannot be got rid of."""
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    line.refuse = "Not this one"
    say(page, "Not this one")
    failed = message(page, "Not this one")
    expect(failed).to_contain_text("This cannot be sent.")
    say(page, "But this one")
    sent(page, "But this one")
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_contain_text("This cannot be sent.")
    line.refuse = ""
    failed.get_by_role("button", name="Try again").click()
    sent(page, "Not this one")
    line.refuse = "Nor that"
    say(page, "Nor that")
    message(page, "Nor that").get_by_role("button", name="Delete").click()
    expect(message(page, "Nor that")).to_have_count(0)


def test_an_edit_and_a_removal_made_while_one_is_away_show_afterwards(open_page, site):
    """Changes of old messages that only those see who were connected."""
    alice, bob = enter(open_page("alice"), site), open_page("bob")
    line = Line(bob)
    enter(bob, site)
    say(alice, "Half past sven")
    say(alice, "Better unsaid")
    sent(bob, "Better unsaid")
    line.cut()
    box(alice).press("ArrowUp")
    expect(box(alice)).to_have_value("Better unsaid")
    box(alice).press("Escape")
    target = message(alice, "Half past sven")
    target.hover()
    target.locator(".chat-menu > summary").click()
    target.get_by_role("button", name="Edit").click()
    say(alice, "Half past seven")
    expect(message(alice, "Half past seven")).to_contain_text("edited")
    gone = message(alice, "Better unsaid")
    gone.hover()
    gone.locator(".chat-menu > summary").click()
    gone.get_by_role("button", name="Remove").click()
    expect(gone).to_have_count(0)
    line.mend()
    expect(message(bob, "Half past seven")).to_contain_text("edited")
    expect(message(bob, "Better unsaid")).to_have_count(0)
    expect(message(bob, "Message removed by its author").last).to_be_visible()


def after_saying(text, open_page, site):
    """Alice's page, with its line, after she has sent a message."""
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    say(page, text)
    sent(page, text)
    return page, line


def test_an_edit_without_a_line_keeps_its_text_in_the_box(open_page, site):
    """An edit that is lost with the line."""
    page, line = after_saying("Frist", open_page, site)
    line.cut()
    box(page).press("ArrowUp")
    say(page, "First")
    expect(page.locator("#state")).to_contain_text("Your change is kept in the box")
    expect(box(page)).to_have_value("First")
    line.mend()
    expect(message(page, "First")).to_contain_text("edited", timeout=20_000)
    expect(box(page)).to_have_value("")


def test_an_edit_that_was_saved_while_the_line_went_says_so_when_it_is_back(open_page, site):
    """The box said that nothing was saved, beside the message that was."""
    page, line = after_saying("Thrid", open_page, site)
    line.lose = ["ok", "changes"]
    box(page).press("ArrowUp")
    say(page, "Third")
    until(page, lambda: not line.lose)
    expect(message(page, "Third")).to_have_count(0)
    line.cut()
    line.mend()
    expect(message(page, "Third")).to_contain_text("edited", timeout=20_000)
    expect(box(page)).to_have_value("")
    expect(page.locator("#state")).not_to_contain_text("Your change is kept")


def test_an_edit_that_was_written_on_is_left_in_the_box(open_page, site):
    """Half a sentence saved because the line came back just then."""
    page, line = after_saying("Fuorth", open_page, site)
    line.cut()
    box(page).press("ArrowUp")
    say(page, "Fourth")
    expect(page.locator("#state")).to_contain_text("Your change is kept in the box")
    box(page).press_sequentially(", and")
    line.mend(told=False)
    live(page)
    expect(page.locator("#state")).to_have_text("")
    expect(box(page)).to_have_value("Fourth, and")
    expect(message(page, "Fuorth")).to_have_count(1)


def test_an_edit_that_empties_a_message_says_what_to_do_instead(open_page, site):
    """A button that does nothing and says nothing."""
    page = enter(open_page("alice"), site)
    say(page, "All of it")
    sent(page, "All of it")
    box(page).press("ArrowUp")
    say(page, "")
    expect(page.locator("#state")).to_contain_text("An empty message can’t be saved")
    box(page).press("Escape")
    expect(message(page, "All of it")).to_have_count(1)


def test_a_change_that_was_not_saved_is_not_lost_without_a_question(open_page, site):
    """A message half changed in a browser that keeps nothing, as on plain http, and another group opened by a key."""
    page = open_page("alice")
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    enter(page, site)
    say(page, "To be changed")
    sent(page, "To be changed")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    box(page).press("ArrowUp")
    page.reload()  # nothing was changed yet
    live(page)
    assert asked == []
    box(page).press("ArrowUp")
    box(page).press_sequentially(" and more")
    page.reload()
    live(page)
    assert asked == ["beforeunload"]


def test_more_was_missed_than_is_sent_again(open_page, site):
    """After a long absence: a hole between the rows of before and the newest, or rows that stay as they were."""
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    line.cut()
    channel, author = site.ids["channel"], site.ids["bob"]
    code = f"""
import uuid
from groups.chat.actions import write_many
from groups.chat.commands import Send
orders = [Send(uuid.UUID({author!r}), uuid.UUID({channel!r}), uuid.uuid4(), f"Flood {{n}}") for n in range(260)]
write_many(orders)
"""
    site.manage("shell", "-c", code)
    line.mend()
    expect(page.locator("#new + li")).to_contain_text("Flood 0")
    expect(page.locator("#new")).to_be_in_viewport()
    page.keyboard.press("End")
    sent(page, "Flood 259")
    shown = [int(text.split()[1]) for text in texts(page, r"^Flood \d+$")]
    assert shown == list(range(shown[0], 260)) and len(shown) >= 50


def test_typing_is_shown_to_the_others_and_not_read_aloud(open_page, site):
    """A notice that stays, shows to oneself, or interrupts a screen reader."""
    alice, bob = enter(open_page("alice"), site), open_page("bob")
    bob.clock.install()
    enter(bob, site)
    box(alice).press_sequentially("Hm")
    expect(bob.locator("#typing")).to_have_text("Alice is typing…")
    expect(alice.locator("#typing")).to_be_empty()
    assert bob.locator("#typing").evaluate("element => !element.closest('[aria-live], [role=status], [role=log]')")
    bob.clock.run_for(5_000)
    expect(bob.locator("#typing")).to_be_empty(timeout=1_000)


def test_what_others_write_is_read_aloud_once_and_what_one_writes_is_not(open_page, site):
    """Silence for a screen reader, or its own words and the whole history read back."""
    alice, bob = enter(open_page("alice"), site), open_page("bob")
    bob.clock.install()
    enter(bob, site)
    say(bob, "My own words")
    sent(bob, "My own words")
    assert bob.locator("#announcer").inner_text() == ""
    say(alice, "Thank you all")
    expect(bob.locator("#announcer")).to_have_text("Alice: Thank you all")
    stop_the_clock(bob)
    Form(site, "faye").say("Quick one", "Quick two")
    sent(bob, "Quick two")
    bob.clock.run_for(3_000)
    expect(bob.locator("#announcer")).to_have_text("2 new messages")


def test_the_sixth_page_takes_over_and_the_first_can_take_it_back(open_page, site):
    """An old tab that stands still without a word."""
    first = enter(open_page("faye"), site)
    for _ in range(5):
        enter(open_page("faye"), site)
    expect(first.locator("#status")).to_contain_text("open in a newer tab")
    box(first).fill("Written in the old tab")
    first.get_by_role("button", name="Use it here").click()
    live(first)
    box(first).press("Enter")
    sent(first, "Written in the old tab")


def test_enter_is_a_new_line_on_a_phone_and_the_button_sends(open_page, site):
    """A message that goes off half written under a thumb."""
    page = enter(open_page("alice", size="phone"), site)
    box(page).press_sequentially("Thumb")
    box(page).press("Enter")
    box(page).press_sequentially("Two")
    expect(box(page)).to_have_value("Thumb\nTwo")
    page.get_by_role("button", name="Send").tap()
    expect(message(page, "Thumb")).to_contain_text(re.compile("Thumb\\s*Two"))
    expect(box(page)).to_be_focused()


def test_too_long_is_said_before_it_is_sent(open_page, site):
    """A text that is cut off, or refused only after it was sent."""
    page = enter(open_page("alice"), site)
    box(page).fill("a" * 3_900)
    expect(page.locator("#state")).to_have_text("100 characters left")
    say(page, "b" * 4_001)
    expect(page.locator("#state")).to_have_text("1 character too many")
    expect(box(page)).to_have_value("b" * 4_001)


def test_a_text_that_is_too_long_to_be_kept_says_so(open_page, site):
    """A draft that one trusts to be kept, and that is not."""
    page = open_page("alice")
    page.clock.install()
    enter(page, site)
    page.watch.expect("status of 422")
    box(page).fill("c" * 20_001)
    page.clock.run_for(2_000)
    expect(page.locator("#state")).to_contain_text("too long to be kept as a draft")
    box(page).fill("c" * 4_100)
    page.clock.run_for(2_000)
    expect(page.locator("#state")).to_have_text("100 characters too many")
    box(page).fill("c" * 20_001)
    page.clock.run_for(2_000)
    expect(page.locator("#state")).to_contain_text("too long to be kept as a draft")
    box(page).fill("")
    page.clock.run_for(2_000)
    expect(page.locator("#state")).to_be_empty()


def test_without_javascript_one_reads_posts_edits_and_removes(open_page, site):
    """A page that needs its script."""
    Form(site, "bob").say("Hello from Bob")
    page = open_page("alice", size="phone", javascript=False)
    page.goto(conversation(site))
    expect(message(page, "Hello from Bob")).to_be_visible()
    page.get_by_label("Write a message").fill("Hello from a plan page")
    page.get_by_role("button", name="Send").click()
    own = message(page, "Hello from a plan page")
    expect(own).to_be_in_viewport()
    own.locator(".chat-menu > summary").click()
    own.get_by_role("link", name="Edit").click()
    page.get_by_label("Message").fill("Hello from a plain page")
    page.get_by_role("button", name="Save").click()
    own = message(page, "Hello from a plain page")
    own.locator(".chat-menu > summary").click()
    own.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove message").click()
    expect(message(page, "Hello from a plain page")).to_have_count(0)
