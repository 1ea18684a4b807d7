"""What no page may do while a test looks on: log an error, break the security policy, or ask another host for anything."""

import re
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
LEAP = "WebSocket is closed before the connection is established"  # a fault of a test whose clock leaps over the time that a page waits
PHONES = 720  # pixels of width from which on a screen is no phone's


def device(size: str) -> dict[str, Any]:
    """What makes a browser's context a phone (390 x 844, touch), a desktop (1280 x 800), or of a width in pixels."""
    width, height = SIZES.get(size) or (int(size), 740)
    touch = {"has_touch": True, "is_mobile": True} if width < PHONES else {}
    return {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", "locale": "en-GB", **touch}


# The browser's word for a service worker whose script was on its way when the session's end removed it (Clear-Site-Data): where a
# person signs out or leaves within milliseconds of a first page. Nothing of ours failed: the registration's rejection is caught in page.js.
REMOVED_ON_ITS_WAY = re.compile(r"Service worker went to a bad state unexpectedly\.")


class Watch:
    """Collects one page's faults; `expect` names those that the test itself provokes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.expected: list[re.Pattern[str]] = [REMOVED_ON_ITS_WAY]
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error in a script: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if request.url.startswith(("http", "ws")) and host not in ("localhost", "127.0.0.1"):
            self.faults.append(f"asked another host: {request.url}")

    def expect(self, pattern: str) -> None:
        """Faults that match `pattern` belong to this test: a refused page, a server that was killed."""
        self.expected.append(re.compile(pattern))

    def remaining(self) -> list[str]:
        return [fault for fault in self.faults if not any(pattern.search(fault) for pattern in self.expected)]


def holds(page: Page, code: str, arg: Any = None) -> None:
    """Wait until `code`, a JavaScript function that may give a promise, gives something true.

    `page.wait_for_function` takes every promise for true, and so waits for none.
    """
    asked = page.evaluate_handle("() => ({})")
    turn = f"([asked, arg]) => (asked.busy ??= (async () => {{ asked.gave = await ({code})(arg); asked.busy = null; }})(), asked.gave)"
    page.wait_for_function(turn, arg=[asked, arg])


def axe(page: Page, **options: Any) -> None:
    """Fail on anything that axe's accessibility rules find on the page as it stands now, open menus and dialogs included."""
    page.wait_for_load_state()  # a page can be read before its styles are there
    result = Axe().run(page, options={"resultTypes": ["violations"]} | options)  # telling what is right takes as long again
    assert result.violations_count == 0, f"axe on {page.url}:\n{result.generate_report()}"


def no_sideways_scroll(page: Page) -> None:
    """Fail where the page is wider than the screen: at 390 px nobody should have to push it about."""
    wide, screen = page.evaluate("document.documentElement.scrollWidth"), page.viewport_size
    # A phone that can't show it all draws the page smaller, and its own innerWidth grows.
    assert screen and wide <= screen["width"], f"{page.url} is {wide} px wide on a screen of {screen and screen['width']} px"
