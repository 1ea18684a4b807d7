"""What a member chose under Me for their conversations is what these do: what is read aloud, what Enter does, who sees them write."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, box, enter, fresh_group, message, say, sent, stop_the_clock
from tests.browser.watch import axe, no_sideways_scroll

AS_AT_FIRST = {"aloud": "all", "enter_key": "device", "shows_writing": "on"}


def choose(site, name, **chosen):
    """Send the form under Me as it stands at first, but for what is `chosen`."""
    assert Form(site, name).post("/me/conversation/", **(AS_AT_FIRST | chosen)).status_code == 302


@pytest.fixture(autouse=True)
def _as_at_first(site):
    fresh_group(site)
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


def test_only_what_mentions_one_is_read_where_one_chose_so(open_page, site):
    """A screen reader that speaks all the time in a busy group, or misses what was meant for its owner."""
    choose(site, "alice", aloud="mentions")
    page, bob = open_page("alice"), Form(site, "bob")
    page.clock.install()
    enter(page, site)
    stop_the_clock(page)  # what is said is not taken away
    bob.say("To all of you", "@Faye and to you")
    sent(page, "@Faye and to you")
    assert page.locator("#announcer").inner_text() == ""
    bob.say("@Alice to you")
    expect(page.locator("#announcer")).to_have_text("Bob mentioned you: @Alice to you")


def test_others_do_not_see_one_write_where_one_chose_so(open_page, site):
    """Somebody who takes an hour over three words, and is watched doing it."""
    choose(site, "alice", shows_writing="")
    Form(site, "bob").say("Who is here?")
    alice, bob = enter(open_page("alice"), site), open_page("bob")
    bob.clock.install()
    enter(bob, site)
    box(bob).press_sequentially("Hm")
    expect(alice.locator("#typing")).to_have_text("Bob is typing…")
    stop_the_clock(bob)  # nobody is forgotten there
    box(alice).press_sequentially("Hm")
    message(alice, "Who is here?").hover()
    alice.locator(".chat-react > summary").click()
    alice.get_by_role("button", name="Heart").click()
    expect(message(bob, "Who is here?").get_by_role("button", name="Heart: Alice")).to_have_count(1)  # it left after that
    assert bob.locator("#typing").inner_text() == ""
