"""The chat's modules by themselves, in Chromium and without a site. `stage.run(code)` carries out JavaScript in a blank page.

A module that logs an error or breaks the security policy fails its test.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import launched
from tests.modules.stage import Stage


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium for this folder. It is not called `browser`: what needs no site keeps no deadlines, and runs with the code's own tests."""
    with launched() as running:
        yield running


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Stage]:
    """The page that the tests of a file share."""
    context = chromium.new_context(locale="en-GB")
    context.set_default_timeout(60_000)  # it gives way to all else
    yield Stage(context)
    context.close()


@pytest.fixture
def stage(blank: Stage) -> Iterator[Stage]:
    """The page with nothing left in it of the test before."""
    yield blank
    blank.begin()
    faults = blank.watch.remaining()
    blank.watch.faults.clear()
    blank.watch.expected.clear()
    assert not faults, "\n".join(faults)
