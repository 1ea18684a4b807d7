"""`make pictures`: what README.md and the guides show of the running site, with the demo's made-up people."""

import io
from dataclasses import dataclass

from PIL import Image
from playwright.sync_api import Page

from tests.browser.chromium import launched
from tests.databases import ROOT
from tests.screens.camera import opened, places
from tests.screens.scene import Deed, Scene
from tests.screens.scenes import scenes

README = ROOT / "docs" / "pictures"
GUIDES = ROOT / "cms" / "static" / "cms" / "guide"  # the site shows them, too
QUALITY = 80
EDITOR = "1000"  # pixels of width, as little as the editor shows well in: what is written there stays readable in a guide's column


@dataclass(frozen=True)
class Picture:
    """What is shown, the size of the screen, and light or dark. `scene` is one of `make screenshots`, or its area and name."""

    scene: Scene | tuple[str, str]
    size: str = "phone"
    scheme: str = "light"


def _in_editor(path: str, do: Deed | None = None, size: str = EDITOR) -> Picture:
    """A page of the editor, which has no scene."""
    return Picture(Scene("Editor", path, "", path, "publisher", do=do), size)


def _to(selector: str) -> Deed:
    """Scroll until this stands at the top, below the bar that stays there."""
    script = "part => { part.scrollIntoView(); document.scrollingElement.scrollBy(0, -90) }"

    def scroll(page: Page) -> None:
        page.wait_for_load_state("networkidle")  # what is still being built above it moves it
        page.locator(selector).first.evaluate(script)

    return scroll


def _review_panel(page: Page) -> None:
    """Open what a reviewer said, beside the form."""
    page.get_by_role("button", name="Toggle review").click()


def _articles(page: Page) -> None:
    """Follow the first page to the list of articles."""
    page.locator("main a", has_text="Pages").first.click()


SHOWN = {
    README / "today.webp": Picture(("Me", "Today")),
    README / "article.webp": Picture(("Library", "An article for members"), scheme="dark"),
    README / "conversation.webp": Picture(("Conversation", "A conversation"), "desktop"),
    README / "desk.webp": Picture(("Safety", "A report"), "desktop", "dark"),
    GUIDES / "first-page.webp": _in_editor("/cms/"),
    GUIDES / "article.webp": _in_editor("/cms/pages/{article_id}/edit/"),
    GUIDES / "body.webp": _in_editor("/cms/pages/{article_id}/edit/", _to("[id^=panel-child-content-body]")),
    GUIDES / "notes.webp": _in_editor("/cms/pages/{asked_article}/edit/", _review_panel),
    GUIDES / "articles.webp": _in_editor("/cms/", _articles, "desktop"),
    GUIDES / "reviews.webp": Picture(("Library", "Reviews")),
    GUIDES / "review.webp": Picture(("Library", "A review, asked for again")),
}


def write() -> int:
    """Write them all."""
    known = {(scene.area, scene.name): scene for scene in scenes()}
    with places() as found, launched() as browser:
        for path, picture in SHOWN.items():
            scene = picture.scene if isinstance(picture.scene, Scene) else known[picture.scene]
            path.parent.mkdir(exist_ok=True)
            with opened(browser, found[scene.site], scene, picture.size, color_scheme=picture.scheme, device_scale_factor=1.5) as page:
                scene.act(page, found[scene.site].things)
                path.write_bytes(_screen(page))
    return 0


def _screen(page: Page) -> bytes:
    """What is on the screen, small enough to be loaded with the text around it."""
    page.evaluate("document.fonts.ready")
    smaller = io.BytesIO()
    Image.open(io.BytesIO(page.screenshot())).save(smaller, "WEBP", quality=QUALITY, method=6)
    return smaller.getvalue()
