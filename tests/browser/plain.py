"""Chromium by its own protocol, without Playwright, under which no page is ever frozen: it keeps all of them as if they had the focus."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import connect

from tests.browser.chromium import SENTENCE, find_chromium, flags

PATIENCE = 15.0


class Chromium:
    """A browser with one member's cookie, for as long as the block lasts."""

    def __init__(self, url: str, cookie: str, *, path: str | None = None, environment: dict[str, str] | None = None) -> None:
        self.url, self.cookie = url, cookie
        self.said: list[dict[str, Any]] = []  # by itself, what it was not asked for
        self._path, self._environment = path, os.environ | (environment or {})
        self._calls = 0

    def __enter__(self) -> "Chromium":
        path = self._path or find_chromium()
        if path is None:
            (pytest.fail if os.environ.get("CI") or os.environ.get("MAINSTAY_REQUIRE_ALL") else pytest.skip)(SENTENCE)
        self._stack = contextlib.ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        command = [path, *flags(), "--headless", "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"]
        self._child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=self._environment, start_new_session=True)
        self._stack.callback(self._end)
        assert self._child.stderr
        address = next(line.split()[-1] for line in self._child.stderr if "DevTools listening on" in line)
        self._line = self._stack.enter_context(connect(address, max_size=None, proxy=None))
        return self

    def _end(self) -> None:
        os.killpg(self._child.pid, signal.SIGKILL)  # what Debian installs is a script, which the browser outlives
        self._child.wait()

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def call(self, method: str, session: str = "", **given: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._calls += 1
        message = {"id": self._calls, "method": method, "params": given} | ({"sessionId": session} if session else {})
        self._line.send(json.dumps(message))
        while (answer := json.loads(self._line.recv(timeout=PATIENCE))).get("id") != self._calls:
            self.said.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, path: str) -> "Tab":
        tab = Tab(self, self.call("Target.createTarget", url="about:blank")["targetId"])
        for pair in self.cookie.split("; "):
            name, value = pair.split("=", 1)
            tab.call("Network.setCookie", name=name, value=value, domain=urlsplit(self.url).hostname, path="/")
        tab.call("Page.navigate", url=self.url + path)
        tab.until(f"location.pathname === {path!r} && document.readyState === 'complete'")
        return tab

    def until(self, *paths: str) -> list["Tab"]:
        """Wait until these are the pages of the site that are open, and return their tabs in this order."""
        deadline = time.monotonic() + PATIENCE
        while True:
            targets = {
                target["url"]: target["targetId"] for target in self.call("Target.getTargets")["targetInfos"] if target["type"] == "page"
            }
            found = {url.removeprefix(self.url): target for url, target in targets.items() if url.startswith(self.url)}
            if sorted(found) == sorted(paths):
                return [Tab(self, found[path]) for path in paths]
            assert time.monotonic() < deadline, f"open are {sorted(found)}"
            time.sleep(0.02)


class Tab:
    """One tab of it."""

    def __init__(self, browser: Chromium, target: str) -> None:
        self._browser, self.target = browser, target
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **given)

    def run(self, code: str) -> Any:
        """Return what an expression of JavaScript comes to."""
        return self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)["result"].get("value")

    def until(self, code: str, *, within: float = PATIENCE) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + within
        while not self.run(code):
            assert time.monotonic() < deadline, f"not so in time: {code}"
            time.sleep(0.02)

    def freeze(self) -> None:
        self.call("Page.setWebLifecycleState", state="frozen")

    def wake(self) -> None:
        self.call("Page.setWebLifecycleState", state="active")
