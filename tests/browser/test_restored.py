"""What Chromium itself makes of a page: where its session has ended, and where somebody goes back to it."""

import pytest

from tests.browser.plain import Chromium
from tests.browser.test_inbox_live import LOCKS, mention, read_all
from tests.sites import Site

pytestmark = pytest.mark.usefixtures("own_group")
TRACES = """(async () => {
    localStorage.trace = "Tuesday evening";
    await (await caches.open("pages")).put("/groups/", new Response("Tuesday evening"));
    await navigator.serviceWorker.ready;
    return Boolean(navigator.serviceWorker.controller);
})()"""
REASONS = "performance.getEntriesByType('navigation')[0].notRestoredReasons.reasons.map(({ reason }) => reason)"
FORGOTTEN = (
    """(async () => localStorage.length === 0 && (await caches.keys()).join() === "help" && !(await indexedDB.databases()).length)()"""
)


def test_a_page_that_is_opened_after_the_session_has_ended_comes_and_keeps_nothing(site: Site) -> None:
    """A page that never came: its worker waited for the answer, and the browser, which was to clear storage, for the worker."""
    cookie = site.cookie("alice")
    (key,) = [pair.split("=")[1] for pair in cookie.split("; ") if pair.startswith("sessionid=")]
    with Chromium(site.url(), cookie) as browser:
        page = browser.open("/today/")
        page.until(TRACES)
        site.sql("DELETE FROM django_session WHERE session_key = %s", key)
        page.run("void setTimeout(() => location.href = '/groups/')")
        (page,) = browser.until("/accounts/login/?next=/groups/")
        page.until(FORGOTTEN)


def test_a_page_that_is_gone_back_to_is_loaded_anew_and_takes_part_again(site: Site) -> None:
    """A number from before, on a page that hears nothing any more; or one that rests in memory, where the next person finds it."""
    read_all(site)
    with Chromium(site.url(), site.cookie("bob")) as browser:
        page = browser.open("/today/")
        page.until(f"({LOCKS})()")
        page.run("void setTimeout(() => location.href = '/help/')")
        browser.until("/help/")
        other = browser.open("/groups/")
        other.until(f"({LOCKS})()")
        mention(site)
        other.until("document.title.startsWith('(1) ')")
        page.run("void setTimeout(() => history.back())")
        browser.until("/groups/", "/today/")
        page.until("document.title.startsWith('(1) ')", within=5)
        assert "response-cache-control-no-store" in page.run(REASONS), "it was kept in memory; what it does then, test_tabs.py knows"
        read_all(site)
        for tab in (page, other):
            tab.until("!document.title.startsWith('(')")
