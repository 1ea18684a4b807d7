"""A browser that stays open while the site is upgraded."""

import pytest

from tests.browser.conftest import PATIENCE_MILLISECONDS, _cookies
from tests.browser.watch import holds
from tests.releases import UpgradedSite, release

SCRIPTS_OF_THE_PAGE = "performance.getEntriesByType('resource').map(one => one.name).filter(name => name.includes('/static/'))"
ASKED_AGAIN = """async (addresses) => Promise.all(addresses.map(async (address) => {
    const answer = await fetch(address, { cache: "no-store" });
    return [address, answer.status, address.endsWith(".js") ? (await answer.text()).includes('.push("old")') : true];
}))"""
KEPT = "(path) => caches.open('help').then(kept => kept.keys()).then(all => all.some(one => new URL(one.url).pathname === path))"


@pytest.fixture
def site(sites, tmp_path):
    with UpgradedSite(release(tmp_path, "old")) as running:
        yield running


def ran(page, path=None):
    """Which releases the modules of a page are of; open it first where a path is given."""
    page.goto(path) if path else page.reload()
    holds(page, "() => document.readyState === 'complete' && globalThis.ran?.length > 2")
    return set(page.evaluate("ran"))


def test_every_page_runs_the_modules_of_its_own_release_and_finds_its_files(site, browser, tmp_path):
    """For an hour after an upgrade, and after a reload too, pages of the new release ran modules of the old one."""
    context = browser.new_context(base_url=site.url())
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.add_cookies(_cookies(site, "alice"))
    missing = []
    context.on("response", lambda answer: missing.append(answer.url) if answer.status == 404 else None)
    pages = ["/today/", "/groups/", f"/chat/{site.ids['channel']}/", "/help/"]
    page, open_since = context.new_page(), context.new_page()
    assert [ran(page, path) for path in pages] == [{"old"}] * len(pages)
    assert ran(open_since, pages[2]) == {"old"}
    site.upgrade(release(tmp_path, "new"))
    assert ran(page) == {"new"}
    assert [ran(page, path) for path in pages] == [{"new"}] * len(pages)
    again = open_since.evaluate(ASKED_AGAIN, open_since.evaluate(SCRIPTS_OF_THE_PAGE))
    assert len(again) > 20 and [one for one in again if one[1:] != [200, True]] == []
    assert missing == []
    page.goto("/privacy/")
    style = page.locator("link[rel=stylesheet]").last.evaluate("link => new URL(link.href).pathname")
    holds(page, KEPT, style)
    context.close()
