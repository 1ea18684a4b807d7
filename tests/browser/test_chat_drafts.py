"""What was begun waits on the server: on another device, in another tab, and where the page ends before it was sent."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Line, box, drafts, enter, live, message, saves, say, sent

pytestmark = pytest.mark.usefixtures("own_group")


def begin(page, site, text):
    """Write something that the server has as a draft."""
    page.clock.install()
    enter(page, site)
    box(page).press_sequentially(text)
    page.clock.run_for(2_000)
    expect(page.locator("#state")).to_have_text("Saved as draft")


def test_a_draft_waits_on_another_device_and_goes_when_it_is_sent(open_page, site):
    """A text that lives in one browser alone, or that comes back after it was sent."""
    page, phone = open_page("alice"), open_page("alice", size="phone")
    phone.clock.install()
    begin(page, site, "I began to write")
    enter(phone, site)
    expect(box(phone)).to_have_value("I began to write")
    with phone.expect_response(saves("")):
        box(phone).fill("I began to write, and ended")
        phone.get_by_role("button", name="Send").tap()
        sent(phone, "and ended")
        phone.clock.run_for(2_500)
    assert not drafts(site)
    phone.reload()
    live(phone)
    expect(box(phone)).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_a_draft_is_gone_with_its_sending_and_a_kept_one_is_written_on_at_its_end(open_page, site):
    """Words that come back after they were sent, when the page ends before it says so; and a caret before what one had begun."""
    page, again = open_page("alice"), open_page("alice")
    again.clock.install()
    begin(page, site, "Begun and")
    enter(again, site)
    again.keyboard.press("Shift+F6")
    again.keyboard.type(" sent")
    expect(box(again)).to_have_value("Begun and sent")
    again.clock.run_for(2_000)
    expect(again.locator("#state")).to_have_text("Saved as draft")
    again.keyboard.press("Enter")
    sent(again, "Begun and sent")
    assert site.sql("select count(*) from chat_participant where draft like '%Begun%'") == [(0,)]


def test_what_waits_to_be_sent_survives_the_page(open_page, site):
    """A message that was typed without a line, and is lost with the tab, where the browser keeps nothing for us."""
    page = open_page("alice")
    page.clock.install()
    page.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    line = Line(page)
    enter(page, site)
    line.cut()
    with page.expect_response(saves("Written without a line")):
        say(page, "Written without a line")
        expect(message(page, "Written without a line")).to_contain_text("Waiting")
        page.clock.run_for(2_500)
    other = enter(open_page("alice"), site)
    expect(box(other)).to_have_value("Written without a line")
    line.mend()
    sent(page, "Written without a line")
    sent(other, "Written without a line")
    expect(box(other)).to_have_value("")
