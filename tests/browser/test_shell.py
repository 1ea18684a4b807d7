"""What stands around every page, in a real browser: nothing of another host, nothing that axe finds, and help without a connection."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import until
from tests.browser.watch import axe, holds, no_sideways_scroll

PAGES = {"": ["/", "/help/", "/privacy/", "/no-such-page/"], "ada": ["/today/"]}
CASES = [(name, path) for name, paths in PAGES.items() for path in paths]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize(("name", "path"), CASES)
def test_a_page_of_the_roof_is_sound(open_page, name, path, size, scheme):
    """Poor contrast, an unnamed control, an inline script or a foreign font would each show here; the menu is open."""
    page = open_page(name, size=size, scheme=scheme)
    if path == "/no-such-page/":
        page.watch.expect("status of 404")
    page.goto(path)
    axe(page)
    if menu := page.locator("details[data-menu] summary").all():
        menu[0].click()
        axe(page)
    no_sideways_scroll(page)


@pytest.mark.parametrize("path", ["/", "/help/", "/privacy/", "/today/"])
def test_at_400_percent_nothing_needs_sideways_scrolling(open_page, path):
    page = open_page("alice" if path == "/today/" else "")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    no_sideways_scroll(page)


def test_the_menu_opens_and_closes_by_keyboard_and_gives_the_focus_back(open_page):
    page = open_page("alice")
    page.goto("/today/")
    page.locator("summary", has_text="Menu").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("details[data-menu][open]").count() == 0
    assert page.evaluate("document.activeElement.textContent.trim()") == "Menu"


def test_what_is_wrong_is_said_in_a_list_that_has_the_focus(open_page):
    """The browser's own bubble came first: in its own words, without a way to the field, and gone after a moment."""
    page = open_page()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("alert").get_by_role("link", name="E-mail address").wait_for()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert page.title().startswith("Error:")
    axe(page)


def test_the_way_out_works_without_javascript(open_page):
    page = open_page("bob", javascript=False, size="phone")
    page.goto("/today/")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/today/")
    assert "/accounts/login/" in page.url


@pytest.mark.parametrize(("size", "told"), [("phone", False), ("desktop", True)])
@pytest.mark.parametrize("path", ["/leaving/", "/welcome/leaving/"])
def test_keys_are_told_of_where_there_are_some(open_page, path, size, told):
    """A phone was told to press the Shift key, which it does not have."""
    page = open_page("alice", size=size)
    page.goto(path)
    words = page.locator("main").inner_text()
    assert "Leave quickly" in words and ("Shift" in words) is told


def ready(page):
    """Wait until the worker has kept what it keeps."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def before_the_line_goes(open_page):
    """Alice's phone on Today, whose worker keeps what it keeps."""
    page = open_page("alice", size="phone")
    page.watch.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch|Failed to load resource")
    page.goto("/today/")
    ready(page)
    return page


def test_help_is_shown_without_a_connection_and_nothing_else_is_kept(open_page):
    """A cached page of a member would lie readable on a shared phone; a help page that is not kept helps nobody underground."""
    page = before_the_line_goes(open_page)
    page.goto("/groups/")
    page.context.set_offline(True)
    for path in ("/help/", "/today/"):
        page.goto(path)
        assert page.get_by_role("heading", name="Help now").is_visible()
        assert page.get_by_text("You are offline. These numbers still work.").is_visible()
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Hyperlegible")
        assert page.evaluate("document.styleSheets.length") == 5
    kept = page.evaluate(
        "(async () => { const all = []; for (const name of await caches.keys())"
        " for (const request of await (await caches.open(name)).keys()) all.push(new URL(request.url).pathname); return all; })()"
    )
    assert "/help/" in kept and all(path == "/help/" or path.startswith("/static/community/") for path in kept), kept
    page.context.set_offline(False)
    page.goto("/today/")
    assert page.get_by_role("heading", name="Alice").is_visible()


def test_help_in_the_place_of_another_page_leads_to_that_one_again(open_page):
    """Whoever loaded a conversation anew without a connection was left with the help page, also when the line was back."""
    page = before_the_line_goes(open_page)
    holds(page, "() => caches.open('help').then(kept => kept.keys()).then(all => all.some(one => one.url.includes('/again.')))")
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.detach()  # or it would speak into what is offline
    page.context.set_offline(True)
    page.goto("/groups/?from=here")
    expect(page.get_by_text("The page that you asked for could not be loaded.")).to_be_visible()
    axe(page)
    assert page.get_by_role("link", name="Try again").evaluate("link => link.href") == page.url
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    assert page.url.endswith("/groups/?from=here")
    page.context.set_offline(True)
    # On a busy machine the browser cuts its worker off a moment after the page.
    until(page, lambda: page.goto("/help/") and page.get_by_text("You are offline.").is_visible())
    expect(page.get_by_text("The page that you asked for")).to_be_hidden()


def test_help_online_does_not_say_that_one_is_offline(open_page):
    page = open_page()
    page.goto("/help/")
    ready(page)
    page.reload()
    assert not page.get_by_text("You are offline").is_visible()
