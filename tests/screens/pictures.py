"""`make pictures`: what README.md shows of the running site, with the demo's made-up people."""

import io

from PIL import Image
from playwright.sync_api import Page

from tests.browser.chromium import launched
from tests.databases import ROOT
from tests.screens.camera import opened, places
from tests.screens.scenes import scenes

FOLDER = ROOT / "docs" / "pictures"
QUALITY = 80
# The file, the scene by its area and name, the size, and light or dark.
SHOWN = (
    ("today", ("Me", "Today"), "phone", "light"),
    ("article", ("Library", "An article for members"), "phone", "dark"),
    ("conversation", ("Conversation", "A conversation"), "desktop", "light"),
    ("desk", ("Safety", "A report"), "desktop", "dark"),
)


def write() -> int:
    """Write them all into docs/pictures/."""
    known = {(scene.area, scene.name): scene for scene in scenes()}
    FOLDER.mkdir(exist_ok=True)
    with places() as found, launched() as browser:
        for file, name, size, scheme in SHOWN:
            scene = known[name]
            with opened(browser, found[scene.site], scene, size, color_scheme=scheme, device_scale_factor=1.5) as page:
                scene.act(page, found[scene.site].things)
                _save(page, file)
    return 0


def _save(page: Page, file: str) -> None:
    """Keep what is on the screen, small enough to be loaded with the text around it."""
    page.evaluate("document.fonts.ready")
    Image.open(io.BytesIO(page.screenshot())).save(FOLDER / f"{file}.webp", quality=QUALITY, method=6)
