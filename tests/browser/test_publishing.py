"""An article on its way from the editor to the people it is for, and to nobody else."""

import datetime as dt
import json
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.talk import until
from tests.browser.watch import axe, no_sideways_scroll
from tests.sites import Site

TITLE = "A plan for one evening"
PATIENCE = 30.0  # seconds: the clock comes round every ten seconds


def write(page: Page, library: int) -> None:
    """Write a short article for Tuesday evening in the editor, and keep it as a draft."""
    page.goto(f"/cms/pages/add/cms/articlepage/{library}/")
    page.get_by_label("Some groups").check()
    page.get_by_label("Tuesday evening").check()
    page.get_by_role("textbox", name="Title").fill(TITLE)
    page.get_by_role("textbox", name="In one line").fill("Small and doable")
    page.locator("#panel-child-content-body-section").get_by_title("Insert a block").first.click()
    page.get_by_role("option", name="Text").click()
    page.locator(".public-DraftEditor-content").first.click()
    page.keyboard.type("Put the kettle on, and call one person.")
    expect(page.locator("[name=body-0-value]")).to_have_value(re.compile("kettle"))  # the editor hands over a moment after the last key
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/edit/")


def schedule(page: Page) -> None:
    """Publish what is open in the editor for tomorrow."""
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    tomorrow = dt.datetime.now() + dt.timedelta(days=1)
    calendar = page.locator(".xdsoft_datetimepicker:visible")
    page.locator("input[name=go_live_at]").click()
    expect(calendar).to_have_count(1)
    page.locator("input[name=go_live_at]").fill(tomorrow.strftime("%Y-%m-%d 10:00"))
    page.get_by_text("Set publishing schedule").click()
    expect(calendar).to_have_count(0)
    page.get_by_role("button", name="Save schedule").click()
    expect(page.get_by_text("has been updated")).to_be_visible()
    page.locator("footer [data-w-dropdown-target=toggle]").first.click()
    page.get_by_role("button", name="Schedule to publish").click()
    expect(page.get_by_text("has been scheduled for publishing")).to_be_visible()


def move_to_now(site: Site) -> None:
    """Let the scheduled revision be due a moment ago."""
    ((revision, content),) = site.sql("SELECT id, content FROM wagtailcore_revision WHERE approved_go_live_at IS NOT NULL")
    moment = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(seconds=5)
    stored = content if isinstance(content, dict) else json.loads(content)  # PostgreSQL has read it
    text = json.dumps(stored | {"go_live_at": f"{moment.isoformat()}Z"})
    site.sql("UPDATE wagtailcore_revision SET approved_go_live_at = %s, content = %s WHERE id = %s", moment.isoformat(" "), text, revision)


def test_a_scheduled_article_appears_by_itself_for_its_group_alone(open_page: Any, site: Site) -> None:
    """Pat writes, previews and schedules; on time Alice has it, while Charlie and a guest never hear of it."""
    pat = open_page("pat")
    write(pat, site.sql("SELECT page_ptr_id FROM cms_librarypage")[0][0])
    pat.get_by_role("button", name="Toggle preview").click()
    preview = pat.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(preview.get_by_text("Who will see this: Tuesday evening.")).to_be_visible()
    schedule(pat)

    alice, charlie, guest = open_page("alice", size="phone"), open_page("charlie"), open_page()
    alice.goto("/library/")
    expect(alice.get_by_role("heading", name="Library")).to_be_visible()
    expect(alice.get_by_text(TITLE)).to_have_count(0)
    move_to_now(site)
    until(alice, lambda: site.sql("SELECT live FROM wagtailcore_page WHERE title = %s", TITLE) == [(True,)], seconds=PATIENCE)
    alice.reload()
    alice.get_by_role("link", name=TITLE).click()
    expect(alice.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(alice.get_by_text("Put the kettle on")).to_be_visible()
    assert alice.title().startswith("Library – ")
    address = alice.url

    charlie.watch.expect(r"status of 404")
    for page in (charlie, guest):
        page.goto("/library/")
        expect(page.get_by_text(TITLE)).to_have_count(0)
        page.goto("/library/search/?q=kettle")
        expect(page.get_by_text("No results")).to_be_visible()
    alice.goto("/library/search/?q=kettle")
    expect(alice.get_by_role("link", name=TITLE)).to_be_visible()
    assert charlie.goto(address).status == 404
    guest.goto(address)
    assert "/accounts/login/" in guest.url


def test_library_and_article_stand_up_to_axe_on_a_phone_and_in_the_dark(open_page: Any, site: Site) -> None:
    """Contrast, names, order of headings, and no sideways scrolling, with and without results."""
    code = "from tests.cms.articles import write_every_block; write_every_block()"
    site.manage("shell", "--command", code)
    for size, scheme in (("phone", "light"), ("desktop", "dark")):
        page = open_page("bob", size=size, scheme=scheme)
        for address in ("/library/", "/library/search/?q=lighthouse", "/library/search/?q=nothing"):
            page.goto(address)
            axe(page)
            no_sideways_scroll(page)
        page.goto("/library/")
        page.get_by_role("link", name="Every block").click()
        expect(page.get_by_role("img", name="A chair by a window")).to_be_visible()
        axe(page)
        no_sideways_scroll(page)
