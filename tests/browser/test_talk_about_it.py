"""From an article into a conversation, and back by a link that tells its title to those who may read it."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, box, conversation, live, message
from tests.browser.watch import axe, no_sideways_scroll

pytestmark = pytest.mark.usefixtures("own_group")

ARTICLES = """
from community.members.models import User
from tests.cast import make_group
from tests.cms.articles import write
ada, faye, alice = (User.objects.get(email=name + "@example.org") for name in ("ada", "faye", "alice"))
corner = make_group(actor=ada, facilitator=faye, members=(alice,), name="Quiet corner")
body = [part for number in range(6) for part in (("heading", f"Part {number}"), ("text", "<p>Words.</p>" * 30))]
print(write("A plan for Tuesday", "members", body=body).slug, write("Kept in the corner", "groups", groups=(corner,)).slug)
"""


def test_a_link_is_in_the_box_and_its_title_in_the_row_of_those_who_may_read_it(open_page, site):
    """Something posted in her name; a title told to Bob that only the corner may know; a title that a new drawing loses."""
    for_all, kept = site.manage("shell", "--verbosity=0", "-c", ARTICLES).split()[-2:]
    page, others = open_page("alice"), open_page("bob")
    others.goto(conversation(site))
    live(others)
    page.goto(f"/library/{for_all}/")
    page.get_by_role("link", name="Talk about it").click()
    page.get_by_role("listitem").filter(has_text="Tuesday evening").get_by_role("button", name="Open").click()
    live(page)
    expect(box(page)).to_have_value(f"{site.url()}/library/{for_all}/\n")
    expect(page.locator("#rows a")).to_have_count(0)
    box(page).press("Enter")
    for who in (page, others):
        expect(message(who, "A plan for Tuesday").get_by_role("link", name="A plan for Tuesday", exact=True)).to_be_visible()
    Form(site, "alice").say(f"And {site.url()}/library/{kept}/")
    expect(message(page, "And").get_by_role("link", name="Kept in the corner")).to_be_visible()
    expect(message(others, "And").get_by_role("link", name=kept)).to_be_visible()
    Form(site, "bob").say("Good.")
    for who in (page, others):
        expect(message(who, "Good.")).to_be_visible()
    expect(others.get_by_text("Kept in the corner")).to_have_count(0)
    expect(message(page, "And").get_by_role("link", name="Kept in the corner")).to_be_visible()
    page.reload()
    live(page)
    expect(message(page, "And").get_by_role("link", name="Kept in the corner")).to_be_visible()


def test_contents_stand_beside_the_text_on_a_wide_screen_and_above_it_on_others(open_page, site):
    """Contents over the words, out of the page, or out of sight after the first part."""
    article, _kept = site.manage("shell", "--verbosity=0", "-c", ARTICLES).split()[-2:]
    page = open_page("alice")
    page.goto(f"/library/{article}/")
    contents, text = page.get_by_role("navigation", name="In this article"), page.locator(".reading")
    for width in (360, 390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("scrollTo(0, 0)")
        its, words = contents.bounding_box(), text.bounding_box()
        is_beside = its["x"] >= words["x"] + words["width"]
        assert is_beside == (width >= 1280) and (is_beside or its["y"] + its["height"] <= words["y"]), width
        no_sideways_scroll(page)
    page.get_by_role("link", name="Part 5").click()
    expect(contents).to_be_in_viewport(ratio=1)
    axe(page)
