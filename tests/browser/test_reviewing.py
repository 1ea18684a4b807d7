"""An article goes to its reviewer and back between two people, who need nothing but the site for it."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.watch import axe, no_sideways_scroll
from tests.sites import Site

MAKE = """
from community.members.models import User
from tests.cms.articles import write
article = write("A quiet hour", live=False, body=[("heading", "First"), ("text", "<p>Put the kettle on.</p>")])
article.save_revision(user=User.objects.get(name="Pat"))
"""


def make(site: Site) -> int:
    """Have Pat write a draft with two parts; return its id."""
    site.manage("shell", "--command", MAKE)
    return int(site.sql("SELECT max(id) FROM wagtailcore_page")[0][0])


def act(page: Page, name: str) -> None:
    """Choose an action from the menu below the form of a page in the editor."""
    page.locator("footer [data-w-dropdown-target=toggle]").first.click()
    page.get_by_role("button", name=name, exact=True).click()


def test_two_people_send_an_article_to_and_fro(open_page: Any, site: Site) -> None:
    article = make(site)
    pat, rena = open_page("pat"), open_page("rena", size="phone", javascript=False)
    pat.goto(f"/cms/pages/{article}/edit/")
    act(pat, "Ask for a review")
    expect(pat.get_by_text("Reviewers are told that “A quiet hour” waits for them.")).to_be_visible()

    rena.goto("/staff/reviews/")
    expect(rena.get_by_text("Pat asked for a review on")).to_be_visible()
    rena.get_by_role("link", name="A quiet hour").click()
    rena.locator(".reading summary").nth(1).click()
    rena.locator(".reading textarea").nth(1).fill("For how long?")
    rena.get_by_role("button", name="Send it back with my notes").click()
    expect(rena.get_by_text("Sent back.")).to_be_visible()

    pat.goto("/inbox/")
    pat.get_by_role("link", name="A quiet hour").first.click()
    pat.get_by_role("button", name="Toggle review").click()
    expect(pat.get_by_text("For how long?")).to_be_visible()
    pat.get_by_role("link", name="Part 2 (Text)").click()
    expect(pat.locator(pat.evaluate("location.hash"))).to_be_in_viewport()
    pat.get_by_role("textbox", name="In one line").fill("For half an hour")
    act(pat, "Ask for a review")
    expect(pat.get_by_text("waits for them")).to_be_visible()

    rena.goto(f"/staff/reviews/{article}/")
    expect(rena.get_by_text("Noted here last time: For how long?")).to_be_visible()
    expect(rena.locator(".changes .addition").first).to_be_visible()
    rena.get_by_label("Your credential").fill("LCSW")
    rena.get_by_label("I've read all of it").check()
    rena.get_by_role("button", name="I have reviewed this").click()
    expect(rena.get_by_text("Noted.")).to_be_visible()

    pat.goto(f"/cms/pages/{article}/edit/")
    act(pat, "Publish")
    expect(pat.get_by_text("has been published")).to_be_visible()
    assert site.sql("SELECT live FROM wagtailcore_page WHERE id = %s", article) == [(True,)]


def test_the_reviewers_page_stands_up_to_axe(open_page: Any, site: Site) -> None:
    article = make(site)
    for size, scheme in (("phone", "dark"), ("desktop", "light")):
        page = open_page("rena", size=size, scheme=scheme)
        page.goto(f"/staff/reviews/{article}/")
        page.get_by_text("Add a note here").first.click()
        axe(page)
        no_sideways_scroll(page)
