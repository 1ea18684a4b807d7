"""A browser that its member wants to be notified in: turning it on, what it shows, and what ends it."""

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.push import SHOWN, Worker, payload, private_window, pushable
from tests.browser.watch import axe, holds, no_sideways_scroll
from tests.sites import Site

PAGE = "/me/notifications/device/"
SUBSCRIBED = "async () => Boolean(await (await navigator.serviceWorker.ready).pushManager.getSubscription())"
WORDS = {"title": "Something new for you", "body": "Open it whenever you like.", "tag": "inbox"}
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/604.1"


@pytest.fixture(scope="module")
def site(sites: None) -> Iterator[Site]:
    with Site("sqlite", MAINSTAY_MAIL_FROM="post@example.org") as running:
        yield running


@pytest.fixture
def phone(browser: Browser, site: Site, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser that can be pushed to, which nobody has used."""
    site.sql("DELETE FROM notifications_pushsubscription")
    with pushable(browser, tmp_path / "profile", site.url()) as context:
        yield context


def sign_in(site: Site, context: BrowserContext, name: str) -> Page:
    """A page of somebody whose session is new: an earlier one knows of an earlier test's browser."""
    context.clear_cookies()
    with contextlib.closing(site.sign_in(name)) as client:
        context.add_cookies([{"name": key, "value": value, "url": site.url()} for key, value in client.cookies.items()])
    return context.new_page()


def turned_on(site: Site, context: BrowserContext, name: str = "bob") -> Page:
    page = sign_in(site, context, name)
    page.goto(PAGE)
    page.get_by_role("button", name="Turn on here").click()
    expect(page.get_by_text("Notifications are on here.")).to_be_visible(timeout=20_000)
    return page


def whose(site: Site) -> list[str]:
    rows = site.sql("SELECT u.name FROM notifications_pushsubscription s JOIN members_user u ON u.id = s.member_id")
    return sorted(row[0] for row in rows)


def eventually(site: Site, expected: list[str]) -> None:
    until = time.monotonic() + 10
    while (found := whose(site)) != expected:
        assert time.monotonic() < until, found
        time.sleep(0.05)


def test_it_is_turned_on_with_one_tap_and_off_with_another(phone: BrowserContext, site: Site) -> None:
    """A subscription that the server does not know of, or one that the next page brings back."""
    page = turned_on(site, phone)
    expect(page.get_by_text("This one", exact=True)).to_be_visible()
    assert whose(site) == ["Bob"] and page.evaluate(SUBSCRIBED)
    axe(page)
    page.get_by_role("button", name=re.compile("^Turn off")).click()
    expect(page.get_by_role("button", name="Turn on here")).to_be_visible()
    assert whose(site) == [] and not page.evaluate(SUBSCRIBED)
    page.goto("/me/")
    page.evaluate("navigator.serviceWorker.ready")
    page.goto(PAGE)
    expect(page.get_by_role("button", name="Turn on here")).to_be_visible()
    assert whose(site) == []


def test_every_push_shows_the_same_words_also_when_it_cannot_be_read(phone: BrowserContext, site: Site) -> None:
    """After three pushes that showed nothing, a phone ends the subscription; and what a payload says may not be shown."""
    page = turned_on(site, phone)
    worker = Worker(phone, site.url())
    for data, identity in ((payload("one"), "one"), ("", ""), ("{", ""), ("[]", ""), ("null", "")):
        page.evaluate("async () => (await (await navigator.serviceWorker.ready).getNotifications()).forEach((each) => each.close())")
        worker.push(data)
        holds(page, f"() => ({SHOWN})().then((all) => all.length === 1)")
        assert page.evaluate(SHOWN) == [WORDS | {"id": identity}], data
    page.close()
    worker.push(payload("two"))  # with no page open
    again = phone.new_page()
    again.goto("/help/")
    holds(again, f"() => ({SHOWN})().then((all) => all.length === 1 && all[0].id === 'two')")


def test_a_session_that_ends_by_itself_keeps_the_subscription_and_nothing_else(phone: BrowserContext, site: Site) -> None:
    """The first notification brought its member back, and with that page the last one had come."""
    page = turned_on(site, phone)
    page.evaluate(
        """async () => {
            localStorage.trace = "Tuesday evening";
            await (await caches.open("pages")).put("/groups/", new Response("Tuesday evening"));
            await new Promise((done) => (indexedDB.open("outbox").onsuccess = (event) => (event.target.result.close(), done())));
        }"""
    )
    key = next(cookie["value"] for cookie in phone.cookies() if cookie["name"] == "sessionid")
    site.sql("UPDATE django_session SET expire_date = '2020-01-01 00:00:00' WHERE session_key = %s", key)
    page.goto("/groups/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    holds(
        page,
        """async () => (await caches.keys()).join() === "help" && !(await indexedDB.databases()).length && !localStorage.length""",
    )
    assert page.evaluate(SUBSCRIBED) and whose(site) == ["Bob"]


@pytest.mark.parametrize("way", ["sign out", "leave quickly"])
def test_signing_out_ends_it_on_both_sides(phone: BrowserContext, site: Site, way: str) -> None:
    page = turned_on(site, phone)
    if way == "sign out":
        page.goto("/accounts/logout/")
        page.get_by_role("main").get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/")
    else:
        page.context.route("https://**", lambda route: route.fulfill(body="elsewhere", content_type="text/html"))
        page.locator("#leave button").first.click()
        page.wait_for_url(re.compile("^https://"))
    eventually(site, [])
    page.goto("/privacy/")
    assert not page.evaluate(SUBSCRIBED)


def test_who_signs_in_next_gets_them_and_nobody_else(phone: BrowserContext, site: Site) -> None:
    """A phone that was passed on without signing out buzzed for its former owner."""
    turned_on(site, phone).close()
    page = sign_in(site, phone, "alice")
    page.goto("/me/")
    eventually(site, ["Alice"])
    page.goto(PAGE)
    expect(page.get_by_text("Notifications are on here.")).to_be_visible()


def test_a_browser_that_lost_its_subscription_gets_another(phone: BrowserContext, site: Site) -> None:
    page = turned_on(site, phone)
    before = site.sql("SELECT endpoint_hash FROM notifications_pushsubscription")
    page.evaluate("async () => (await (await navigator.serviceWorker.ready).pushManager.getSubscription()).unsubscribe()")
    with page.expect_response("**/register/"):
        page.goto("/me/")
    holds(page, SUBSCRIBED)
    eventually(site, ["Bob"])
    until = time.monotonic() + 10
    while site.sql("SELECT endpoint_hash FROM notifications_pushsubscription") == before:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_subscription_of_which_the_server_knows_nothing_ends(phone: BrowserContext, site: Site) -> None:
    """It was turned off from another device: the phone's next sign-in must not bring it back."""
    turned_on(site, phone).close()
    site.sql("DELETE FROM notifications_pushsubscription")
    page = sign_in(site, phone, "alice")
    with page.expect_response("**/register/"):
        page.goto("/me/")
    holds(page, f"() => ({SUBSCRIBED})().then((is) => !is)")
    assert whose(site) == []


def test_a_private_window_is_told_the_truth(browser: Browser, site: Site) -> None:
    """Chromium refuses there whatever its member allowed, and says only "permission denied"; and one that was told no asks no more."""
    with private_window(browser, site.url()) as window:
        page = sign_in(site, window, "bob")
        page.goto(PAGE)
        page.get_by_role("button", name="Turn on here").click()
        expect(page.get_by_text("This browser doesn't let this site notify you.")).to_be_visible()
        axe(page)
        window.grant_permissions(["notifications"], origin=site.url())
        page.reload()
        page.get_by_role("button", name="Turn on here").click()
        expect(page.get_by_text("In a private window it never does")).to_be_visible(timeout=15_000)


def test_an_iphone_is_shown_three_steps(open_page: OpenPage) -> None:
    """There only the installed app can be notified; the button would have done nothing."""
    page = open_page("bob", size="phone", user_agent=IPHONE)
    page.goto(PAGE)
    expect(page.locator(".picture-steps > li")).to_have_count(3)
    expect(page.locator(".picture-steps")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on here")).to_be_hidden()
    axe(page)
    no_sideways_scroll(page)


def test_without_scripts_the_page_says_what_is_missing(open_page: OpenPage) -> None:
    page = open_page("bob", javascript=False)
    page.goto(PAGE)
    expect(page.get_by_text("Turning notifications on needs scripts")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on here")).to_be_hidden()


def test_the_icon_of_the_app_has_the_number_of_the_page(open_page: OpenPage) -> None:
    page = open_page("bob")
    page.add_init_script("navigator.setAppBadge = async (n) => (window.badges ??= []).push(n)")
    page.goto("/me/")
    for words, number in (("3", 3), ("", 0)):
        page.locator("[data-inbox]").first.evaluate("(inbox, words) => (inbox.textContent = words)", words)
        holds(page, "(number) => window.badges?.at(-1) === number", number)
