"""Leaving quickly, covering a page, and what stays in a browser: with somebody looking over a shoulder, none of it may fail."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.leaving import AWAY, by_button, by_shift, elsewhere, heard, lives, own_session, session_key
from tests.browser.talk import box, enter, until
from tests.browser.watch import LEAP, axe, no_sideways_scroll
from tests.sites import Site

EVERY_PAGE = ["/", "/help/", "/privacy/", "/library/", "/accounts/login/", "/no-such-page/"]


def gone(page, site: Site, key: str) -> None:
    """The other site is shown, the session has ended, and going back shows a page that asks to sign in."""
    page.wait_for_url(AWAY)
    expect(page.get_by_role("heading", name="Weather")).to_be_visible()
    until(page, lambda: not lives(site, key), seconds=5)
    page.go_back()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def by_hidden_button(page):
    skip = page.get_by_role("link", name="Skip to the main part")
    if page.locator("main [autofocus]").count():
        skip.focus()  # a page that begins in its field
    else:
        page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Leave this site quickly")).to_be_focused()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("way", [by_button, by_shift, by_hidden_button])
def test_leaving_ends_the_session_and_back_does_not_show_the_page(open_page, site, way):
    """Somebody leaves, and the next person at the keyboard presses Back."""
    page = open_page()
    asked = elsewhere(page)
    key = own_session(page, "alice")
    page.goto("/groups/")
    page.goto("/me/")
    way(page)
    gone(page, site, key)
    assert not asked[0].get("referer") and not asked[0].get("origin")


def test_leaving_works_without_javascript(open_page, site):
    """Scripts are off, or have not arrived yet: the form must do all of it."""
    page = open_page(javascript=False)
    asked = elsewhere(page)
    key = own_session(page, "bob")
    page.goto("/groups/")
    page.goto("/me/")
    by_button(page)
    gone(page, site, key)
    assert not asked[0].get("referer") and not asked[0].get("origin")


@pytest.mark.parametrize("path", EVERY_PAGE)
@pytest.mark.parametrize("way", [by_button, by_shift, by_hidden_button])
def test_one_can_leave_from_every_page(open_page, path, way):
    """A page without the way out, among them those that a guest sees and help, which is the same for everybody."""
    page = open_page(size="desktop")
    elsewhere(page)
    page.watch.expect("status of 404")
    page.goto(path)
    way(page)
    page.wait_for_url(AWAY)


@pytest.mark.parametrize("way", [by_button, by_shift])
def test_one_can_leave_from_the_editor(open_page, site, way):
    """Wagtail's pages are not ours, and show more than most."""
    page = open_page()
    elsewhere(page)
    own_session(page, "pat", code=site.one_time_code("pat"))
    page.goto("/cms/")
    page.keyboard.press("Alt+Shift+KeyP")
    assert covered(page) and "Library" not in heard(page)
    page.keyboard.press("x")
    assert not covered(page) and page.title() == "Library editor – Mainstay"
    way(page)
    page.wait_for_url(AWAY)


def test_the_page_is_covered_before_the_network_is_asked(open_page, site):
    """On a slow line the page would stay readable until the other site answers."""
    page = open_page()
    elsewhere(page)
    own_session(page, "alice")
    told = []
    page.expose_function("tell", lambda seen: told.append(seen))
    page.evaluate(
        """(() => {
            window.fetch = () => new Promise(() => {
                const top = document.elementFromPoint(innerWidth / 2, 20);
                window.tell([Boolean(top.closest("[data-cover]")), document.title]);
            });
        })()"""
    )
    by_button(page)
    page.wait_for_url(AWAY)
    assert told == [[True, "Notes"]]


def test_no_key_shows_the_page_again_while_the_other_site_is_slow(open_page):
    """Whoever leaves in a hurry presses more than three keys; the cover that any key lifts is another one."""
    page = open_page()
    elsewhere(page)
    own_session(page, "alice")
    told = []
    page.expose_function("tell", lambda open: told.append(open))
    slow = []
    page.context.route(AWAY + "**", lambda route: slow.append(route))
    page.evaluate("addEventListener('keyup', () => tell(document.querySelector('[data-cover]').open)), 0")
    by_shift(page)
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    until(page, lambda: slow and told[-2:] == [True, True], seconds=5)
    slow[0].fulfill(body="<h1>Weather</h1>", content_type="text/html")
    page.wait_for_url(AWAY)


def test_capital_letters_in_the_box_do_not_leave(open_page, site):
    """HELP ME, typed with the Shift key, must not throw its writer out; nor capitals one by one, as Sticky Keys make them."""
    page = enter(open_page("alice"), site)
    box(page).focus()
    for letter in "HELP":
        page.keyboard.down("Shift")
        page.keyboard.press(letter)
        page.keyboard.up("Shift")
    for letter in "MENOW":
        page.keyboard.press("Shift")
        page.keyboard.press(letter)
    expect(box(page)).to_have_value("HELPMENOW")
    expect(page.locator("[data-dots]")).to_be_hidden()
    assert "/chat/" in page.url
    box(page).fill("")


def test_the_dots_fill_and_are_forgotten_after_five_seconds(open_page):
    page = open_page()
    page.clock.install()
    page.goto("/privacy/")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    dots = page.locator("[data-dots]")
    expect(dots).to_have_attribute("data-count", "2")
    expect(page.locator("[data-dots-said]")).to_have_text("Press Shift once more to leave quickly.")
    axe(page)
    page.clock.run_for(5_100)
    expect(dots).to_be_hidden()
    page.keyboard.press("Shift")
    expect(dots).to_have_attribute("data-count", "1")
    assert "/privacy/" in page.url


def test_the_shortcut_can_be_switched_off(open_page, site):
    """Sticky Keys lock the Shift key by pressing it several times: who needs them would be thrown out."""
    page = open_page()
    own_session(page, "charlie")
    page.goto("/me/")
    page.get_by_label("Leave quickly with the Shift key, pressed three times").uncheck()
    page.locator("[action='/me/discretion/']").get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    by_shift(page)
    expect(page.locator("[data-dots]")).to_be_hidden()
    assert "/me/" in page.url
    elsewhere(page)
    by_button(page)
    page.wait_for_url(AWAY)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_page_that_explains_it_lets_one_try(open_page, site, size, scheme):
    """Trying it must neither end the session nor show the page again by itself: it might have been meant."""
    page = open_page(size=size, scheme=scheme)
    key = own_session(page, "bob")
    page.goto("/leaving/")
    axe(page)
    no_sideways_scroll(page)
    by_shift(page)
    expect(page.get_by_role("heading", name="Notes")).to_be_visible()
    axe(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("That was it.")).to_be_visible()
    assert lives(site, key) and "Leaving quickly" in page.title()
    assert "It doesn't erase your browser's history." in page.content()


def test_a_question_before_unloading_does_not_hold_anybody(open_page, site):
    """A conversation with an unsent message asks before it is closed: not here."""
    page = open_page()
    elsewhere(page)
    own_session(page, "alice")
    page.evaluate("addEventListener('beforeunload', (event) => event.preventDefault()), 0")
    page.locator("#main").click()  # a browser asks only where somebody has touched the page
    by_button(page)
    page.wait_for_url(AWAY)


# ---------------------------------------------------------------- the cover


def hide(page):
    """The tab goes out of sight."""
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )


def show(page):
    page.evaluate("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")


def covered(page) -> bool:
    return page.locator("[data-cover][open]").count() == 1


def test_a_key_covers_the_page_and_any_key_shows_it_again(open_page, site):
    """Focus and text are kept, the key does nothing else, and a screen reader finds nothing below the cover."""
    page = enter(open_page("alice"), site)
    box(page).fill("Half a thought")
    page.keyboard.press("Alt+Shift+KeyP")
    assert covered(page) and page.title() == "Notes"
    assert "Notes" in heard(page) and "Tuesday evening" not in heard(page)
    axe(page)
    page.keyboard.press("Shift")
    assert covered(page), "a key that does nothing alone"
    page.keyboard.press("x")
    assert not covered(page) and page.title().endswith("Conversation – Mainstay")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("Half a thought")
    box(page).fill("")
    page.keyboard.press("Alt+Shift+KeyP")
    page.mouse.click(300, 300)
    assert not covered(page)


def test_a_page_out_of_sight_for_a_minute_is_covered(open_page):
    page = open_page("alice")
    page.watch.expect(LEAP)
    page.clock.install()
    page.goto("/today/")
    hide(page)
    page.clock.run_for(30_000)
    show(page)
    assert not covered(page)
    hide(page)
    page.clock.run_for(61_000)
    assert covered(page) and page.title() == "Notes"
    show(page)
    assert covered(page)
    page.keyboard.press("Space")
    assert not covered(page)


def test_a_phone_shows_the_cover_among_its_open_apps(open_page):
    """The list of open apps shows what a page looked like when it was left. Back within the minute, nothing is in the way."""
    page = open_page("alice", size="phone")
    page.watch.expect(LEAP)
    page.clock.install()
    page.goto("/today/")
    hide(page)
    assert covered(page)
    page.clock.run_for(10_000)
    show(page)
    assert not covered(page)
    hide(page)
    page.clock.run_for(61_000)
    show(page)
    assert covered(page)
    page.touchscreen.tap(200, 500)
    assert not covered(page)


@pytest.mark.parametrize(("name", "path"), [("", "/"), ("alice", "/help/")])
def test_what_anybody_may_see_is_never_covered_by_itself(open_page, name, path):
    """Who rang 911 from the help page and comes back to it must find it."""
    page = open_page(name, size="phone")
    page.clock.install()
    page.goto(path)
    hide(page)
    page.clock.run_for(600_000)
    show(page)
    assert not covered(page)


@pytest.mark.parametrize(("choice", "at_once", "later"), [("0", True, True), ("300", False, True), ("-1", False, False)])
def test_when_a_page_is_covered_is_the_members_choice(open_page, site, choice, at_once, later):
    page = open_page("mo")
    page.goto("/me/")
    page.get_by_label("Cover the page when it is out of sight").select_option(choice)
    page.locator("[action='/me/discretion/']").get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    page.watch.expect(LEAP)
    page.clock.install()
    page.goto("/today/")
    hide(page)
    assert covered(page) is at_once
    page.clock.run_for(301_000)
    assert covered(page) is later


@pytest.mark.parametrize("colors", ["active", "none"])
def test_the_cover_hides_all_of_the_page(open_page, colors):
    """Forced colors must not make a see-through cover of it."""
    page = open_page("alice", forced_colors=colors)
    page.goto("/today/")
    page.keyboard.press("Alt+Shift+KeyP")
    corners = "[[2, 2], [innerWidth - 3, 2], [2, innerHeight - 3], [innerWidth - 3, innerHeight - 3]]"
    assert page.evaluate(f"{corners}.every(([x, y]) => document.elementFromPoint(x, y).closest('[data-cover]'))")
    assert page.evaluate("getComputedStyle(document.querySelector('[data-cover]')).backgroundColor").startswith("rgb(")
    axe(page)


# ---------------------------------------------------------------- what stays in the browser


def kept(page) -> dict[str, list[str]]:
    return page.evaluate(
        """(async () => {
            const cached = [];
            for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys()) cached.push(new URL(request.url).pathname);
            return {
                caches: cached, databases: (await indexedDB.databases()).map(({ name }) => name),
                storage: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
            };
        })()"""
    )


def leave_traces(page):
    """What a careless module, or an extension of the site to come, would keep."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate(
        """(async () => {
            localStorage.trace = "Tuesday evening";
            const cache = await caches.open("pages");
            await cache.put("/groups/", new Response("Tuesday evening"));
            await new Promise((done) => (indexedDB.open("outbox").onsuccess = (event) => (event.target.result.close(), done())));
        })()"""
    )


def only_help_is_kept(page):
    """On the next public page the worker is there again, and has kept the help page and nothing else."""
    deadline = time.monotonic() + 10  # the answer that clears may arrive after the page has gone
    while True:
        page.goto("/privacy/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        found = kept(page)
        fine = "/help/" in found["caches"] and all(path == "/help/" or path.startswith("/static/community/") for path in found["caches"])
        if fine and not found["databases"] and not found["storage"]:
            return
        assert time.monotonic() < deadline, found


def by_sign_out(page, site):
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")


def by_leaving(page, site):
    elsewhere(page)
    by_button(page)
    page.wait_for_url(AWAY)
    page.goto("/")


def by_time(page, site):
    site.sql("UPDATE django_session SET expire_date = '2020-01-01 00:00:00' WHERE session_key = %s", session_key(page))
    page.goto("/groups/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


@pytest.mark.parametrize("way", [by_sign_out, by_leaving, by_time])
def test_after_the_session_only_help_is_kept(open_page, site, way):
    """What a shared browser still holds when a member has gone."""
    page = open_page()
    own_session(page, "faye")
    page.goto("/groups/")
    leave_traces(page)
    way(page, site)
    only_help_is_kept(page)
    page.goto("/groups/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.go_back()
    assert "Tuesday evening" not in page.content()
