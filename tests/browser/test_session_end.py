"""The end of a session that nobody uses: said before, and without a loss."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.browser.leaving import heard, own_session
from tests.browser.watch import LEAP, axe, no_sideways_scroll
from tests.sites import Site

SOON = 6.5  # the warning comes six seconds after the last sign of its reader


@pytest.fixture(scope="module")
def site(sites):
    """A site whose sessions end soon: the warning comes a few seconds after a page was opened."""
    with Site("sqlite", MAINSTAY_IDLE_MINUTES="2.1") as running:
        yield running


def end_of(site, key):
    return site.sql("SELECT expire_date FROM django_session WHERE session_key = %s", key)[0][0]


def pass_time(page, site, key, seconds):
    """Let time pass for a session, if it is there still, and for the page."""
    if site.sql("SELECT 1 FROM django_session WHERE session_key = %s", key):
        end = dt.datetime.fromisoformat(end_of(site, key)) - dt.timedelta(seconds=seconds)
        site.sql("UPDATE django_session SET expire_date = %s WHERE session_key = %s", end.isoformat(" "), key)
    page.watch.expect(LEAP)
    page.clock.run_for(seconds * 1_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_two_minutes_before_the_end_one_key_stays(open_page, site, size, scheme):
    """Being thrown out in mid-sentence, without a word before."""
    page = open_page(size=size, scheme=scheme)
    key = own_session(page, "alice")
    page.clock.install()
    page.goto("/me/")
    page.get_by_label("Name people here will see").fill("Alice, half")
    pass_time(page, site, key, SOON)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    axe(page)
    no_sideways_scroll(page)
    before = end_of(site, key)
    with page.expect_response("**/session/"):
        page.keyboard.press("Enter")
    expect(page.locator("[data-stay]")).to_be_hidden()
    assert end_of(site, key) > before
    expect(page.get_by_label("Name people here will see")).to_have_value("Alice, half")


def test_what_was_typed_can_be_sent_after_signing_in_again(open_page, site):
    """The session ends over an unsent text: it is hidden, kept, and sent once its writer is back."""
    page = open_page()
    page.watch.expect("status of 401")
    key = own_session(page, "bob")
    page.clock.install()
    page.goto("/me/")
    page.get_by_label("Name people here will see").fill("Bobby")
    site.sql("DELETE FROM django_session WHERE session_key = %s", key)
    over = page.get_by_role("dialog", name="You have been signed out to keep things private")
    pass_time(page, site, key, SOON)
    expect(over).to_be_visible()
    assert "Name people here will see" not in heard(page)
    axe(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the sign-in page").click()
    second = opened.value
    own_session(second, "bob")
    second.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(over).to_be_hidden()
    expect(page.get_by_label("Name people here will see")).to_have_value("Bobby")
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("Saved.").wait_for()
    assert page.get_by_label("Name people here will see").input_value() == "Bobby"


def test_another_person_who_signs_in_does_not_find_what_was_typed(open_page, site):
    page = open_page()
    page.watch.expect("status of 401")
    key = own_session(page, "faye")
    page.clock.install()
    page.goto("/me/")
    page.get_by_label("Name people here will see").fill("Between Faye and nobody")
    site.sql("DELETE FROM django_session WHERE session_key = %s", key)
    pass_time(page, site, key, SOON)
    expect(page.locator("[data-over]")).to_be_visible()
    second = page.context.new_page()
    own_session(second, "charlie")
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_label("Name people here will see")).to_have_value("Charlie")


def test_who_is_busy_is_not_warned(open_page, site):
    """A long text takes its time, and nothing is asked of the server meanwhile."""
    page = open_page()
    key = own_session(page, "alice")
    page.clock.install()
    page.goto("/me/")
    field = page.get_by_label("Name people here will see")
    for _time in range(4):
        pass_time(page, site, key, SOON / 2)
        with page.expect_response("**/session/"):
            field.press("End")
    assert page.locator("[data-stay][open]").count() == 0


def test_who_is_remembered_is_not_warned(open_page):
    page = open_page()
    own_session(page, "alice", remember=True)
    page.goto("/me/")
    assert page.locator("body[data-left]").count() == 0


def test_an_end_that_nothing_moves_is_told_once_as_what_it_is(open_page, site):
    """Staff who are promised that they stay, or who are asked again with every key."""
    page = open_page()
    own_session(page, "pat", code=site.one_time_code("pat"))
    page.clock.install()
    page.route("**/session/", lambda route: route.fulfill(json={"left": 100, "last": True, "who": "", "token": ""}))
    page.goto("/me/")
    field = page.get_by_label("Name people here will see")
    page.clock.run_for(SOON * 1_000)
    dialog = page.get_by_role("dialog", name="You'll be signed out soon")
    expect(dialog).to_be_visible()
    axe(page)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    field.press_sequentially("half")
    page.clock.run_for(20_000)
    expect(page.locator("dialog[open]")).to_have_count(0)
