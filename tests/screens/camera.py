"""Opens every scene in Chromium and takes its pictures; what is wrong on a page is noted beside."""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import SENTENCE, find_chromium, flags
from tests.browser.watch import SIZES, Watch, axe, device, no_sideways_scroll
from tests.databases import ROOT, sqlite_template
from tests.screens.index import write_index
from tests.screens.scene import Scene
from tests.screens.scenes import scenes
from tests.sites import Site

FOLDER = ROOT / "screenshots"
SCHEMES = ("light", "dark")
TEXTS = {"MAINSTAY_SMS_URL": "http://127.0.0.1:9/", "MAINSTAY_SMS_SECRET": "s" * 40}  # a gateway at which nobody answers
LARGE = "large"
TWICE = ["--blink-settings=defaultFontSize=32"]  # text twice as large, as somebody sets it in the browser who sees badly


@dataclass
class Place:
    """A running site, with what `inside.py` told of it."""

    site: Site
    sessions: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    cookie: str = ""

    def hear(self, function: str) -> None:
        """Run a function of `inside.py` in the site and take in what it tells."""
        told = self.ask(function)
        self.sessions |= told["sessions"]
        self.things |= told["things"]
        self.cookie = told["cookie"]

    def ask(self, function: str) -> Any:
        """Run a function of `inside.py` in the site and return what it tells."""
        return json.loads(self.site.manage("shell", "--verbosity=0", "-c", f"from tests.screens import inside; inside.{function}()"))


@contextmanager
def places() -> Iterator[dict[str, Place]]:
    """The sites: `full`, which is the demo, `empty`, and `quiet`, with one group in which nothing was said."""
    with ExitStack() as stack:
        found = {
            name: Place(stack.enter_context(Site("sqlite", start_from=sqlite_template(), **more)))
            for name, more in (("full", TEXTS), ("empty", {}), ("quiet", {}))
        }
        found["full"].site.manage("demo")
        found["full"].hear("full")
        found["empty"].hear("empty")
        found["quiet"].hear("empty")
        found["quiet"].hear("empty_group")
        yield found


@contextmanager
def opened(browser: Browser, place: Place, scene: Scene, size: str, **more: Any) -> Iterator[Page]:
    """An empty page in a browser of that size, signed in as who stands in the scene."""
    context = browser.new_context(base_url=place.site.url(), **device(size) | more)
    context.set_default_timeout(10_000)
    if scene.who:
        host = urlsplit(place.site.url()).hostname
        context.add_cookies([{"name": place.cookie, "value": place.sessions[scene.who], "domain": host, "path": "/"}])
    try:
        yield context.new_page()
    finally:
        context.close()


class Camera:
    """Takes the pictures of scenes, and notes what is wrong on a page."""

    def __init__(self, browser: Browser, found: dict[str, Place], sizes: list[str]) -> None:
        self.browser = browser
        self.places = found
        self.sizes = sizes
        self.faults: list[str] = []

    def take(self, scene: Scene, file: str) -> None:
        for size in self.sizes:
            try:
                with opened(self.browser, self.places[scene.site], scene, size) as page:
                    self._shoot(page, scene, size, file)
            except Exception as error:
                self.faults.append(f"{scene.area}, {scene.name}, {size}: {error}")

    def _shoot(self, page: Page, scene: Scene, size: str, file: str) -> None:
        watch = Watch(page)
        scene.act(page, self.places[scene.site].things)
        page.evaluate("document.fonts.ready")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=FOLDER / f"{file}-{size}-{scheme}.png", full_page=not scene.screenful)
            self._judge(scene, f"{size}, {scheme}", lambda: axe(page))
        self._judge(scene, size, lambda: no_sideways_scroll(page))
        if scene.kind != "error":
            self.faults += [f"{scene.area}, {scene.name}, {size}: {fault}" for fault in watch.remaining()]

    def _judge(self, scene: Scene, where: str, check: Any) -> None:
        try:
            check()
        except AssertionError as fault:
            self.faults.append(f"{scene.area}, {scene.name}, {where}: {fault}")


def file_of(scene: Scene) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{scene.area} {scene.name}".lower()).strip("-")


def main(words: list[str]) -> int:
    path = find_chromium()
    if path is None:
        print(SENTENCE, file=sys.stderr)
        return 1
    sizes = [word for word in words if word.isdigit()] or list(SIZES)
    named = [word.lower() for word in words if not word.isdigit() and word != LARGE]
    wanted = [scene for scene in scenes() if not named or any(word in f"{scene.area} {scene.name}".lower() for word in named)]
    files = [file_of(scene) for scene in wanted]
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with places() as found, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*flags(), *(TWICE if LARGE in words else [])])
        camera = Camera(browser, found, sizes)
        for number, (scene, file) in enumerate(zip(wanted, files, strict=True), 1):
            print(f"\r{number} of {len(wanted)}  {file:<60}", end="", flush=True)
            camera.take(scene, file)
        browser.close()
    write_index(FOLDER, list(zip(wanted, files, strict=True)), [(size, scheme) for size in sizes for scheme in SCHEMES], camera.faults)
    print(f"\n{len(list(FOLDER.glob('*.png')))} pictures: open {Path(FOLDER, 'index.html').relative_to(ROOT)}")
    print("\n".join(camera.faults))
    return 1 if camera.faults else 0
