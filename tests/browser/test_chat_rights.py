"""A conversation that is open on the screen while the right to it ends."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, Line, box, conversation, enter, fresh_group, message
from tests.browser.test_chat_talk import BROKEN
from tests.browser.watch import axe
from tests.sites import Site

DEADLINE_MS = 2_000


@pytest.fixture(autouse=True)
def _words(site: Site) -> None:
    fresh_group(site)
    Form(site, "alice").say("Between us alone")


def own_session(page, site: Site, name: str) -> None:
    """Give the page a session of its own, which can be ended without ending another's."""
    with_session = site.sign_in(name)
    page.context.add_cookies([{"name": key, "value": value, "url": site.url()} for key, value in with_session.cookies.items()])
    with_session.close()


def test_who_is_removed_is_told_within_two_seconds_and_the_talk_is_gone(open_page, site):
    """Talk that stays readable on the screen of somebody who was put out, or a page that merely stops."""
    page, other = enter(open_page("bob"), site), enter(open_page("alice"), site)
    expect(other.locator("#readers-link")).to_contain_text("The 3 people")
    box(page).fill("I had begun")
    page.watch.expect("status of 404 .*/draft/")  # it may be on its way just then
    expect(message(page, "Between us alone")).to_be_visible()
    faye = Form(site, "faye")
    group, bob = site.ids["group"], site.ids["bob"]
    answer = faye.post(f"/groups/{group}/people/{bob}/remove/")
    began = time.monotonic()
    assert answer.status_code == 302, answer.text
    expect(page.get_by_role("heading", name="This conversation is closed to you")).to_be_focused(timeout=DEADLINE_MS)
    assert time.monotonic() - began < DEADLINE_MS / 1_000
    expect(page.locator("#main")).to_contain_text("To ask why, talk to the staff of your center.")
    assert "Between us alone" not in page.content()
    expect(page.get_by_label("What you had written.")).to_have_value("I had begun")
    expect(page.get_by_role("link", name="See groups")).to_be_visible()
    axe(page)
    expect(other.locator("#readers-link")).to_contain_text("The 2 people")
    expect(other.locator("#rows")).to_contain_text("Bob is no longer in the group")


def test_who_reads_later_is_said_as_soon_as_that_changes(open_page, site):
    """Words written under a promise that no longer holds, because the page still shows the old one."""
    page = enter(open_page("alice"), site)
    expect(page.locator("#readers")).to_contain_text("People who join later can read it too.")
    fields = {"join_policy": "open", "capacity": "", "sure": "1"}
    group, faye = site.ids["group"], Form(site, "faye")
    for was, past, sentence in (("all", "joining", "don’t see it"), ("joining", "all", "can read it too")):
        answer = faye.post(f"/groups/{group}/doors/", history_visibility=past, etag=f"open-{was}-any", **fields)
        assert answer.status_code == 302, answer.text
        expect(page.locator("#readers")).to_contain_text(f"People who join later {sentence}.")


def test_who_signs_out_elsewhere_sees_no_more_of_the_talk(open_page, site):
    """A second tab that goes on showing the talk after one has signed out in the first."""
    first, second = open_page(), open_page()
    own_session(first, site, "alice")
    first.goto(conversation(site))
    second.context.add_cookies(first.context.cookies())
    enter(second, site)
    expect(message(second, "Between us alone")).to_be_visible()
    first.goto("/privacy/")
    first.get_by_text("Menu", exact=True).click()
    first.get_by_role("button", name="Sign out").click()
    if first.url.endswith("/accounts/logout/"):
        first.get_by_role("main").get_by_role("button").click()
    expect(second.get_by_role("heading", name="You’ve been signed out to keep things private.")).to_be_visible(timeout=DEADLINE_MS + 1_000)
    assert "Between us alone" not in second.content() and "Tuesday" not in second.content()
    second.get_by_role("link", name="Sign in").click()
    second.wait_for_url(re.compile("/accounts/login/"))


def test_who_is_paused_is_told_so(open_page, site):
    """A pause that only counts from the next page on."""
    page = enter(open_page("faye"), site)
    page.watch.expect(BROKEN)
    site.sql("update members_user set suspended_at = %s where email = 'faye@example.org'", "2026-11-20 12:00:00")
    expect(page.get_by_role("heading", name=re.compile("Your account is paused"))).to_be_visible(timeout=DEADLINE_MS + 1_000)
    assert "Between us alone" not in page.content()


def test_who_leaves_is_told_so_in_their_other_tab(open_page, site):
    """A tab that is forgotten: it goes on showing the talk, or calls leaving a removal, also where it was not connected then."""
    page, away = enter(open_page("alice"), site), open_page("alice")
    line = Line(away)
    enter(away, site)
    line.cut()
    Form(site, "alice").post(f"/groups/{site.ids['group']}/leave/")
    expect(page.get_by_role("heading", name="This conversation is closed to you")).to_be_visible(timeout=DEADLINE_MS)
    expect(page.locator("#main")).to_contain_text("You have left this group.")
    line.mend()
    expect(away.get_by_role("heading", name="This conversation is closed to you")).to_be_visible(timeout=20_000)
    expect(away.locator("#main")).to_contain_text("You’re no longer in this group")
