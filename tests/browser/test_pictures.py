"""An editor chooses a picture, describes it or says that it is decoration, and says what matters in it."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.sites import Site

# A tower, red above and blue below, with a description; and an article that shows it.
FILL = """
from django.core.files.base import ContentFile
from cms.models import Picture
from community.members.models import User
from tests.cms.articles import with_picture, write
from tests.cms.media.test_sizes import canvas, file
data = ContentFile(file(canvas(1000, 3000)), name="tower.jpg")
pat = User.objects.get(name="Pat")
image = Picture.objects.create(title="IMG_2041", description="A lighthouse", file=data, uploaded_by_user=pat)
write("With a tower", "public", body=with_picture(image))
"""
DESCRIPTION = "Description for people who can't see it"


@pytest.fixture(scope="module")
def article(site: Site) -> int:
    site.manage("shell", "--command", FILL)
    return int(site.sql("SELECT id FROM wagtailcore_page WHERE title = 'With a tower'")[0][0])


def test_an_article_takes_over_the_description_of_a_picture(open_page: Any, site: Site, article: int) -> None:
    """Catches the name of a file that is read out, and words typed for an article that the next choice overwrites."""
    page = open_page("pat")
    page.goto(f"/cms/pages/add/cms/articlepage/{site.sql('SELECT page_ptr_id FROM cms_librarypage')[0][0]}/")
    page.locator("#panel-child-content-body-section").get_by_title("Insert a block").first.click()
    page.locator(".w-combobox-container").get_by_role("option", name="Image").click()
    body = page.locator("#panel-child-content-body-section")
    body.get_by_role("button", name="Choose an image").click()
    page.get_by_role("dialog").get_by_role("link", name=re.compile("IMG_2041")).click()
    described = body.get_by_label(DESCRIPTION)
    expect(described).to_have_value("A lighthouse")
    body.get_by_label("It is decoration").check()
    expect(described).to_be_disabled()
    body.get_by_label("It is decoration").uncheck()
    expect(described).to_be_enabled()


def test_what_an_editor_says_matters_is_what_readers_see(open_page: Any, site: Site, article: int) -> None:
    """Catches a chooser that the site's policy breaks, or a choice that no page heeds."""
    number, slug = site.sql("SELECT p.id, w.slug FROM cms_picture p, wagtailcore_page w WHERE w.id = %s", str(article))[0]
    guest = open_page()
    guest.goto(f"/library/{slug}/")
    picture = guest.locator(".reading img")
    assert picture.evaluate("(one) => one.height / one.width") == pytest.approx(3, abs=0.02)
    page = open_page("pat")
    page.goto(f"/cms/images/{number}/")
    chooser = page.locator(".focal-point-chooser img").last
    box = chooser.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.85)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.95, steps=5)
    page.mouse.up()
    expect(page.locator(".focal_point_y")).not_to_have_value("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Image 'IMG_2041' updated.")).to_be_visible()
    guest.reload()
    assert picture.evaluate("(one) => one.height / one.width") == pytest.approx(1.25, abs=0.02)
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("(one) => one.naturalHeight / one.naturalWidth") == pytest.approx(1.25, abs=0.02)
