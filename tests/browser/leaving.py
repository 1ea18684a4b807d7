"""What a person does who signs in and leaves, for the tests of both."""

from typing import Any

from playwright.sync_api import Page

from tests.cast import PASSWORD
from tests.sites import Site

AWAY = "https://www.wikipedia.org/"  # the site of the tests has chosen no country


def own_session(page: Page, name: str, *, remember: bool = False, code: str = "") -> str:
    """Sign the page in by the form, staff with a `code` of their app, in a session of its own; return its key."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    if remember:
        page.get_by_label("Keep me signed in on this device").check()
    page.get_by_role("button", name="Sign in", exact=True).click()
    if code:
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/today/")
    return session_key(page)


def session_key(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")


def lives(site: Site, key: str) -> bool:
    return bool(site.sql("SELECT 1 FROM django_session WHERE session_key = %s", key))


def elsewhere(page: Any) -> list[dict[str, str]]:
    """Let the page go to the other site, which a route plays; return the headers that it is asked with."""
    asked: list[dict[str, str]] = []
    page.watch.expect(rf"asked another host: {AWAY}")

    def answer(route: Any) -> None:
        asked.append(route.request.all_headers())
        route.fulfill(body="<title>Elsewhere</title><h1>Weather</h1>", content_type="text/html")

    page.context.route(AWAY + "**", answer)
    return asked


def by_button(page: Page) -> None:
    page.get_by_role("button", name="Leave quickly").click()


def by_shift(page: Page) -> None:
    for _time in range(3):
        page.keyboard.press("Shift")


def heard(page: Page) -> set[str]:
    """What a screen reader finds on the page."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return {node["name"]["value"] for node in tree["nodes"] if not node["ignored"] and "name" in node}
