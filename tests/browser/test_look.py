"""A centre's own colors and logo in a real browser: worn by every page, readable in light and dark, and there without a connection."""

import pytest

from tests.browser.test_shell import ready
from tests.browser.watch import axe, holds, no_sideways_scroll

DRESS = """
import io
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from community.centre.branding.logo import redrawn
from community.centre.models import Centre
drawn = io.BytesIO()
Image.new("RGB", (300, 90), "#8a1c5b").save(drawn, "PNG")
logo = redrawn(SimpleUploadedFile("logo.png", drawn.getvalue()))
centre = Centre.load()
centre.primary_light, centre.primary_dark, centre.logo_alt = "#8a1c5b", "#f5a3d0", "A table"
centre.logo.save(logo.name, logo)
"""


@pytest.fixture(scope="module")
def dressed(site):
    site.manage("shell", "--verbosity=0", "-c", DRESS)
    site.stop()
    site.start()
    return site


@pytest.mark.parametrize(("scheme", "color"), [("light", "rgb(138, 28, 91)"), ("dark", "rgb(245, 163, 208)")])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_page_in_the_centre_s_colors_is_sound(dressed, open_page, size, scheme, color):
    """A button that keeps the old color, a logo that the policy refuses, or words that cannot be read on what was computed."""
    page = open_page(size=size, scheme=scheme)
    page.goto("/")
    assert page.get_by_role("link", name="Sign in").first.evaluate("link => getComputedStyle(link).backgroundColor") == color
    assert page.get_by_role("img", name="A table").evaluate("image => image.complete && image.naturalWidth > 0")
    axe(page)
    no_sideways_scroll(page)


def test_help_wears_them_without_a_connection(dressed, open_page):
    """A page that looks like another site's at the moment when it is needed most."""
    page = open_page("alice", size="phone")
    page.watch.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch|Failed to load resource")
    page.goto("/today/")
    ready(page)
    page.goto("/help/")
    holds(page, "() => caches.open('help').then(kept => kept.keys()).then(all => all.some(one => one.url.includes('/look/')))")
    page.context.set_offline(True)
    page.goto("/help/")
    assert page.get_by_text("You are offline. These numbers still work.").is_visible()
    assert page.evaluate("scrollY") == 0, "the line stands above what is shown"
    assert (
        page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--primary')").strip() == "light-dark(#8a1c5b, #f5a3d0)"
    )
    assert page.get_by_role("img", name="A table").evaluate("image => image.complete && image.naturalWidth > 0")


@pytest.mark.parametrize("chosen", ["", "dark"])
def test_paper_is_white_for_who_reads_in_the_dark(dressed, open_page, chosen):
    """Numbers for help that are printed in pale gray on white, since only the page's own ground was made light."""
    page = open_page(scheme="dark")
    page.goto("/help/")
    page.evaluate("chosen => { document.documentElement.dataset.theme = chosen }", chosen)
    page.emulate_media(media="print", color_scheme="dark")
    ground, words, quiet = page.evaluate("""() => {
        const [body, quiet] = [getComputedStyle(document.body), document.createElement("p")];
        quiet.className = "quiet";
        document.querySelector("main").append(quiet);
        return [body.backgroundColor, body.color, getComputedStyle(quiet).color];
    }""")
    assert (ground, words, quiet) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)", "rgb(74, 90, 96)")
