"""What was typed a moment ago is there again: after a reload, with Back, in two tabs, as a change to a message, and without the server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.leaving import own_session
from tests.browser.talk import Form, box, conversation, drafts, enter, is_kept, is_sealed, live, message, note_seals, saves, say, sent

pytestmark = pytest.mark.usefixtures("own_group")
DRAFT = re.compile("/draft/")


def keep_drafts_away(page):
    """Let nothing that is begun reach the server, from any tab of this browser."""
    for tab in page.context.pages:
        tab.watch.expect("ERR_FAILED")
    page.context.on("page", lambda tab: tab.watch.expect("ERR_FAILED"))
    page.context.route(DRAFT, lambda route: route.abort())


@pytest.mark.parametrize("arrives", [True, False])
def test_a_reload_shows_what_was_typed_at_once(open_page, site, arrives):
    """The older draft or an empty box, because the page was asked for before its draft had arrived, or never could be saved."""
    page = open_page("alice")
    note_seals(page)
    enter(page, site)
    if not arrives:
        keep_drafts_away(page)
    text = ""
    for word in ("One", " two", " three", " four", " five"):
        text += word
        box(page).press_sequentially(word)
        is_sealed(page, text)
        page.reload()
        expect(box(page)).to_have_value(text)
    box(page).fill("")
    page.reload()
    live(page)
    expect(box(page)).to_have_value("")


def test_a_reload_shows_what_was_saved_while_the_page_was_left(open_page, site):
    """The older draft, since the next page was rendered before the last save, and the page that saved it kept nothing then."""
    page = enter(open_page("alice"), site)
    box(page).press_sequentially("Begun")
    expect(page.locator("#state")).to_have_text("Saved as draft")
    rendered = page.request.get(conversation(site)).body()
    with page.expect_response(saves("Begun and saved")):
        box(page).press_sequentially(" and saved")
    expect(page.locator("#state")).to_have_text("Saved as draft")
    page.context.route(f"**{conversation(site)}", lambda route: route.fulfill(body=rendered, content_type="text/html"))
    page.reload()
    expect(box(page)).to_have_value("Begun and saved")


def test_back_shows_what_was_typed(open_page, site):
    """A page that is left by a link, and asked for again with an older draft."""
    page = enter(open_page("alice", size="phone"), site)
    keep_drafts_away(page)
    box(page).press_sequentially("Begun, and gone to look")
    page.get_by_role("link", name="Back to groups").tap()
    expect(page.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    page.go_back()
    expect(box(page)).to_have_value("Begun, and gone to look")


def test_of_two_tabs_each_has_its_own(open_page, site):
    """The words of one tab in the other, or gone for those of the other."""
    page = enter(open_page("alice"), site)
    second = enter(page.context.new_page(), site)
    box(page).press_sequentially("Of the first")
    box(second).press_sequentially("Of the second")
    for each, text in ((page, "Of the first"), (second, "Of the second"), (page, "Of the first")):
        each.reload()
        expect(box(each)).to_have_value(text)


def test_a_tab_that_was_closed_leaves_its_words_to_the_next(open_page, site):
    """Words that go with the tab because they never reached the server; or that turn up in a tab where one writes already."""
    page = enter(open_page("alice"), site)
    second = enter(page.context.new_page(), site)
    keep_drafts_away(page)
    box(page).press_sequentially("Written on")
    box(second).press_sequentially("Of the closed tab")
    is_kept(page, 2)
    second.close()
    box(page).press_sequentially(" here")
    expect(box(page)).to_have_value("Written on here")
    third = page.context.new_page()
    third.goto(conversation(site))
    expect(box(third)).to_have_value("Of the closed tab")


def test_what_was_sent_is_not_begun_again(open_page, site):
    """Words in the box that stand in the talk already, after a reload with the draft of them still on the server."""
    page = enter(open_page("alice"), site)
    box(page).press_sequentially("Sent at once")
    page.reload()
    expect(box(page)).to_have_value("Sent at once")
    keep_drafts_away(page)
    live(page)
    box(page).press("Enter")
    page.reload()
    sent(page, "Sent at once")
    live(page)
    expect(box(page)).to_have_value("")


def test_a_change_that_is_not_saved_is_there_after_a_reload(open_page, site):
    """A message half changed when the page is left, and what was begun before."""
    page = enter(open_page("alice"), site)
    say(page, "To be changed")
    sent(page, "To be changed")
    Form(site, "bob").say(*(f"After it, {n}" for n in range(60)))  # it does not come with the page
    box(page).press_sequentially("Begun")
    message(page, "To be changed").press("e")
    expect(box(page)).to_have_value("To be changed")
    box(page).press_sequentially(" and more")
    page.reload()
    expect(page.get_by_text("Editing your message")).to_be_visible()
    expect(box(page)).to_have_value("To be changed and more")
    live(page)
    box(page).press("Enter")
    expect(box(page)).to_have_value("Begun")
    assert site.sql("select body from chat_message where body like 'To be%'") == [("To be changed and more",)]
    page.reload()
    expect(box(page)).to_have_value("Begun")


def test_another_device_s_words_are_not_lost_for_those_of_this_one(open_page, site):
    """A draft written on a phone that what was kept here puts away."""
    page = enter(open_page("alice"), site)
    keep_drafts_away(page)
    box(page).press_sequentially("Of the desk")
    is_kept(page, 1)
    Form(site, "alice").post(f"{conversation(site)}draft/", body="Of the phone")
    page.reload()
    expect(box(page)).to_have_value("Of the desk\n\nOf the phone")


def test_what_was_typed_is_not_readable_and_goes_with_the_session(open_page, site):
    """Words left behind in a browser that others use."""
    page = open_page()
    own_session(page, "bob")
    enter(page, site)
    keep_drafts_away(page)
    box(page).press_sequentially("Nobody reads this")
    is_kept(page, 1)
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/chat/" not in url)
    assert page.evaluate("indexedDB.databases()") == []


def test_once_it_is_saved_the_browser_keeps_nothing(open_page, site):
    """A second copy that comes back when the text was sent from another device."""
    page = enter(open_page("alice"), site)
    box(page).press_sequentially("Saved soon")
    is_kept(page, 1)
    expect(page.locator("#state")).to_have_text("Saved as draft")
    is_kept(page, 0)
    assert drafts(site) == ["Saved soon"]
