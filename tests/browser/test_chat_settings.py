"""What a member chose under Me for their conversations is what these do: what is read aloud, what Enter does, who sees them write."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, box, enter, message, say, sent, stop_the_clock
from tests.browser.watch import axe, no_sideways_scroll

AS_AT_FIRST = {"aloud": "all", "enter_key": "device", "shows_writing": "on"}


def choose(site, name, **chosen):
    """Send the form under Me as it stands at first, but for what is `chosen`."""
    assert Form(site, name).post("/me/conversation/", **(AS_AT_FIRST | chosen)).status_code == 302


@pytest.fixture(autouse=True)
def _as_at_first(site):
    yield
    choose(site, "alice")


@pytest.mark.parametrize("javascript", [True, False])
def test_it_is_chosen_from_the_list_of_keys_with_and_without_a_script(open_page, site, javascript):
    """A way that leads nowhere, or a form that needs its script."""
    page = open_page("alice", javascript=javascript)
    if javascript:
        enter(page, site)
        page.get_by_role("button", name="Keyboard").click()
        page.get_by_role("link", name="Change what Enter does").click()
        expect(page.get_by_role("heading", name="In conversations")).to_be_in_viewport()
    else:
        page.goto("/me/")
    page.get_by_label("The Enter key").select_option("always makes a new line")
    form = page.locator("form").filter(has=page.get_by_label("The Enter key"))
    form.get_by_role("button", name="Save").click()
    page.wait_for_url("**/me/#conversation")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("The Enter key")).to_have_value("new_line")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_form_is_sound(open_page, size, scheme):
    page = open_page("alice", size=size, scheme=scheme)
    page.goto("/me/#conversation")
    axe(page)
    no_sideways_scroll(page)


def test_where_enter_makes_a_new_line_ctrl_and_enter_send(open_page, site):
    """A message that goes off half written, or one that cannot be sent by keyboard and leaves a line of its own behind."""
    choose(site, "alice", enter_key="new_line")
    page = enter(open_page("alice"), site)
    box(page).press_sequentially("One line")
    box(page).press("Enter")
    box(page).press_sequentially("and another")
    expect(box(page)).to_have_value("One line\nand another")
    box(page).press("Control+Enter")
    expect(box(page)).to_have_value("")
    sent(page, "and another")
    expect(message(page, "and another")).to_contain_text(re.compile(r"One line\s+and another"))


def test_where_enter_always_sends_it_does_so_on_a_phone(open_page, site):
    """A phone with a keyboard at which every message needs the button."""
    choose(site, "alice", enter_key="sends")
    page = enter(open_page("alice", size="phone"), site)
    expect(box(page)).to_have_attribute("enterkeyhint", "send")
    say(page, "From a phone")
    sent(page, "From a phone")
    box(page).press_sequentially("One")
    box(page).press("Shift+Enter")
    expect(box(page)).to_have_value("One\n")
    box(page).fill("")


def test_who_is_named_hears_it_in_a_burst_too(open_page, site):
    """One's own name that is lost in "3 new messages"."""
    page, bob = open_page("alice"), Form(site, "bob")
    page.clock.install()
    enter(page, site)
    bob.say("@Alice are you there?")
    expect(page.locator("#announcer")).to_have_text("Bob mentioned you: @Alice are you there?")
    stop_the_clock(page)
    for bodies, aloud in (
        (["One", "Two", "@Alice three"], "2 new messages. Bob mentioned you: @Alice three"),
        (["@Alice four", "@Alice five"], "2 new messages mention you"),
    ):
        bob.say(*bodies)
        sent(page, bodies[-1])
        page.clock.run_for(3_000)
        expect(page.locator("#announcer")).to_have_text(aloud)


def test_only_what_mentions_one_is_read_where_one_chose_so(open_page, site):
    """A screen reader that speaks all the time in a busy group, or misses what was meant for its owner."""
    choose(site, "alice", aloud="mentions")
    page, bob = enter(open_page("alice"), site), Form(site, "bob")
    bob.say("To all of you", "@Faye and to you")
    sent(page, "@Faye and to you")
    expect(page.locator("#announcer")).to_be_empty()
    bob.say("@Alice to you")
    expect(page.locator("#announcer")).to_have_text("Bob mentioned you: @Alice to you")


def test_nothing_is_read_where_one_chose_so(open_page, site):
    choose(site, "alice", aloud="none")
    page = enter(open_page("alice"), site)
    Form(site, "bob").say("@Alice you hear nothing")
    sent(page, "@Alice you hear nothing")
    page.wait_for_timeout(500)
    expect(page.locator("#announcer")).to_be_empty()


def test_others_do_not_see_one_write_where_one_chose_so(open_page, site):
    """Somebody who takes an hour over three words, and is watched doing it."""
    choose(site, "alice", shows_writing="")
    alice, bob = enter(open_page("alice"), site), enter(open_page("bob"), site)
    box(bob).press_sequentially("Hm")
    expect(alice.locator("#typing")).to_have_text("Bob is typing…")
    box(alice).press_sequentially("Hm")
    alice.wait_for_timeout(1_000)
    expect(bob.locator("#typing")).to_be_empty()
    for page in (alice, bob):
        box(page).fill("")
