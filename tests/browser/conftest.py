"""Real Chromium against a real site. `open_page("alice", size="phone")` gives a watched page of a signed-in Alice.

A page that logs an error, breaks the security policy or asks another host for anything fails its test at the end,
unless the test said so before: `page.watch.expect(r"status of 404")`.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import launched
from tests.browser.talk import fresh_group
from tests.browser.watch import Watch, device
from tests.settings import ON_POSTGRESQL
from tests.sites import Site

OpenPage = Callable[..., Page]
PATIENCE_MILLISECONDS = 10_000


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium for this folder alone: Playwright's event loop must not run on while other tests use the database."""
    with launched() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def site(sites: None) -> Iterator[Site]:
    """The default install with the cast in it, for all tests of a module; people may write as fast as tests do.

    With MAINSTAY_TEST_ON=postgresql it is the larger one, on PostgreSQL and Redis.
    """
    with Site("cluster" if ON_POSTGRESQL else "sqlite", MAINSTAY_SENDS_AT_ONCE="1000") as running:
        yield running


@pytest.fixture
def own_group(site: Site) -> None:
    """A conversation of the test's own: nothing was said in it, and nobody has begun to write."""
    fresh_group(site)


def _cookies(site: Site, name: str) -> list[Any]:
    pairs = (pair.split("=", 1) for pair in site.cookie(name).split("; "))
    return [{"name": key, "value": value, "domain": urlsplit(site.url()).hostname, "path": "/"} for key, value in pairs]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """A function that opens a page of the site; without a name it is a guest's.

    size: "phone" (390 x 844, touch) or "desktop" (1280 x 800); scheme: "light" or "dark"; javascript: False for a browser without it.
    The address is given by `page.goto("/today/")`.
    """
    contexts, watches = [], []

    def watch(page: Page) -> None:
        page.watch = Watch(page)  # type: ignore[attr-defined]
        watches.append(page.watch)  # type: ignore[attr-defined]

    def open_one(name: str = "", *, size: str = "desktop", scheme: Any = "light", javascript: bool = True, n: int = 0, **more: Any) -> Page:
        context = browser.new_context(base_url=site.url(n), color_scheme=scheme, java_script_enabled=javascript, **device(size), **more)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        if name:
            context.add_cookies(_cookies(site, name))
        context.on("page", watch)  # further tabs too
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    faults = [fault for watch in watches for fault in watch.remaining()]
    assert not faults, "\n".join(faults)
