"""The whole way of an article, by what two people see: written, sent back, mended, reviewed, scheduled, and read by one group."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.talk import until
from tests.browser.test_publishing import PATIENCE, move_to_now, schedule
from tests.browser.test_writing import CLIPBOARDS, PASTE
from tests.cms.articles import photograph, plan
from tests.sites import Site

TITLE = "A lamp on the porch"
LINK, BETTER = "A sheet to print", "A sheet to print, with a number to call"


def choose(page: Page, name: str) -> None:
    """Choose an action from the menu beside *Save draft*."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=name, exact=True).click()


def add(body: Locator, kind: str) -> None:
    """Add a block at the end."""
    body.get_by_role("button", name="Insert a block").last.click()
    body.page.get_by_role("option", name=kind, exact=True).click()


def upload(page: Page, button: str, name: str, kind: str, content: bytes) -> None:
    """Choose a file of one's own in the dialog that `button` opens."""
    page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.get_by_role("textbox", name="Title").fill(name)
    dialog.get_by_label("File").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog).to_have_count(0)


def write(page: Page) -> None:
    """Write for one group, paste the rest from Word, and add a picture and a document; a description is forgotten at first."""
    page.watch.expect("status of 400")  # type: ignore[attr-defined]  # autosave, which saves nothing before there is a title
    page.goto("/cms/")
    page.get_by_role("link", name="Write an article").first.click()
    page.get_by_role("radio", name="Some groups").check()
    page.get_by_role("checkbox", name="Tuesday evening").check()
    page.get_by_role("textbox", name="Title").fill(TITLE)
    page.get_by_role("textbox", name="In one line").fill("One small plan for the hour before dinner")
    expect(page.get_by_role("textbox", name="Author")).to_have_value("")
    body = page.get_by_role("region", name="Article")
    add(body, "Text")
    text = body.get_by_role("textbox", name="Text", exact=True)
    text.click()
    text.evaluate(PASTE, (CLIPBOARDS / "word.html").read_text(encoding="utf-8"))
    expect(page.get_by_text("Tables are lists now")).to_be_visible()
    add(body, "Image")
    upload(page, "Choose an image", "porch.jpg", "image/jpeg", photograph())
    add(body, "Document")
    upload(page, "Choose a document", "plan.pdf", "application/pdf", plan())
    page.get_by_role("textbox", name="What the link says").fill(LINK)
    choose(page, "Ask for a review")
    page.get_by_role("button", name="Go to the first error").click()
    expect(page.get_by_text("Describe the image in a sentence").first).to_be_in_viewport()
    page.get_by_role("textbox", name="Description for people who can't see it").fill("A lit lamp beside a dark door.")


def test_two_people_bring_an_article_to_one_group(open_page: Any, site: Site) -> None:
    pat, rena = open_page("pat"), open_page("rena", size="phone")
    write(pat)
    choose(pat, "Ask for a review")
    expect(pat.get_by_text("Reviewers are told")).to_be_visible()

    rena.goto("/today/")
    expect(rena.get_by_text("You're asked to review 1 article")).to_be_visible()
    rena.get_by_role("link", name="Reviews").first.click()
    rena.get_by_role("link", name=TITLE).click()
    for part, note in ((0, "For how long?"), (2, "Please add a number to call.")):
        rena.get_by_text("Add a note here").nth(part).click()
        rena.get_by_role("textbox", name="Your note on this part").last.fill(note)
    rena.get_by_role("button", name="Send it back with my notes").click()
    expect(rena.get_by_text("Sent back.")).to_be_visible()

    pat.goto("/today/")
    expect(pat.get_by_text("A reviewer sent 1 article back to you")).to_be_visible()
    pat.get_by_role("link", name="Library editor").first.click()
    pat.get_by_role("link", name=TITLE).first.click()
    expect(pat.get_by_text("stands under Review, the clipboard")).to_be_visible()
    pat.get_by_role("button", name="Toggle review").click()
    expect(pat.get_by_text("For how long?")).to_be_visible()
    pat.get_by_role("link", name="Part 3 (Document)").click()
    link = pat.get_by_role("textbox", name="What the link says")
    expect(link).to_be_in_viewport()
    link.fill(BETTER)
    choose(pat, "Ask for a review")
    expect(pat.get_by_text("Reviewers are told")).to_be_visible()

    rena.goto("/today/")
    rena.get_by_role("link", name="Reviews").first.click()
    rena.get_by_role("link", name=TITLE).click()
    expect(rena.get_by_text("Noted here last time: Please add a number to call.")).to_be_visible()
    expect(rena.locator(".addition").first).to_contain_text("with a number to call")
    rena.get_by_role("textbox", name="Your credential").fill("LCSW")
    rena.get_by_role("checkbox", name="I've read all of it").check()
    rena.get_by_role("button", name="I have reviewed this").click()
    expect(rena.get_by_text("Noted. The article names you")).to_be_visible()

    pat.goto("/cms/")
    pat.get_by_role("link", name=TITLE).first.click()
    schedule(pat)
    alice, charlie, guest = open_page("alice", size="phone"), open_page("charlie"), open_page()
    for reader in (alice, charlie, guest):
        reader.goto("/library/")
        expect(reader.get_by_role("heading", name="Library", exact=True)).to_be_visible()
        expect(reader.get_by_text(TITLE)).to_have_count(0)
    move_to_now(site)
    until(alice, lambda: site.sql("SELECT live FROM wagtailcore_page WHERE title = %s", TITLE) == [(True,)], seconds=PATIENCE)
    for reader in (alice, charlie, guest):
        reader.reload()
        expect(reader.get_by_role("link", name=TITLE)).to_have_count(int(reader is alice))
    alice.get_by_role("link", name=TITLE).click()
    expect(alice.get_by_text("Reviewed by Rena, LCSW")).to_be_visible()
    expect(alice.get_by_role("img", name="A lit lamp beside a dark door.")).to_be_visible()
    expect(alice.get_by_role("link", name=BETTER)).to_be_visible()
    mailed = " ".join(subject + body for subject, body in site.sql("SELECT subject, body FROM kit_keptletter"))
    assert TITLE not in mailed and "review" not in mailed.lower(), "outside the site nothing says what it is"
