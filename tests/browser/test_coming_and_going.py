"""A graduation table and after it, at 360 px and mostly without scripts: twelve are invited, one without a mailbox joins and leaves."""

import re
import zipfile

from playwright.sync_api import expect

from tests.browser.watch import axe, no_sideways_scroll
from tests.services import wait_until

PASSWORD = "a cup on the table"
NEW_PASSWORD = "the coat on the chair"


def invite_twelve(open_page):
    """Have Cora, on a phone, invite six people by e-mail and print six cards; return her page, on the cohort, and the cards' codes."""
    page = open_page("cora", size="360")
    page.goto("/staff/people/")
    page.get_by_role("link", name="Cohorts").click()
    page.get_by_role("link", name="New cohort").click()
    page.get_by_label("Name of the cohort").fill("Finished in June")
    page.get_by_role("button", name="Make the cohort").click()
    page.get_by_role("link", name="Invite people").click()
    page.get_by_label("Paste a list").fill("\n".join(f"guest{n}@example.org" for n in range(6)))
    page.get_by_role("button", name="Check the list").click()
    page.get_by_role("button", name=re.compile("^Send ")).click()
    expect(page.get_by_role("link", name="Waiting 6")).to_be_visible()
    cohort = page.url
    page.get_by_role("link", name="Make cards").click()
    page.get_by_label("How many cards?").fill("6")
    page.get_by_role("button", name="Make the cards").click()
    codes = page.locator(".printed-card-code").all_text_contents()
    page.goto(cohort)
    return page, codes


def sign_in(page, login, password):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address or sign-in name").fill(login)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def join_by_card(page, code, name, login):
    """Answer a card without giving an address, up to the fourth step."""
    page.goto("/card/")
    page.get_by_label("Code on the card").fill(code)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name="I agree, continue").click()
    page.get_by_label("Name people here will see").fill(name)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Sign-in name").fill(login)
    no_sideways_scroll(page)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text(f"You'll sign in as {login}.")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Step 4 of 5")).to_be_visible()


def test_twelve_are_invited_and_one_without_a_mailbox_joins_and_comes_back(open_page, site):
    """A coordinator who needs a wide screen, a step that wants an address or a script, or no way in for who lost phone and password."""
    desk, codes = invite_twelve(open_page)
    assert len(codes) == 6
    axe(desk)
    no_sideways_scroll(desk)

    phone = open_page(size="360", javascript=False)
    join_by_card(phone, codes[0].lower(), "Linnet", "Tea at dawn")
    phone.get_by_role("link", name="Continue without a group").click()
    phone.get_by_role("link", name="Make ways back").click()
    phone.get_by_role("button", name="Make ways back").click()
    ways = phone.locator("#codes").inner_text().split()
    phone.get_by_role("link", name="I've saved them").click()
    expect(phone.get_by_role("heading", name=re.compile(r"Linnet\.$"))).to_be_visible()

    other = open_page(size="360", javascript=False)
    other.goto("/accounts/way-back/")
    other.get_by_label("E-mail address or sign-in name").fill("tea at dawn")
    other.get_by_label("One of your ways back").fill(ways[3])
    other.get_by_role("button", name="Continue").click()
    other.get_by_label("New password").fill(NEW_PASSWORD)
    other.get_by_role("button", name="Save").click()
    sign_in(other, "Tea at dawn", NEW_PASSWORD)
    expect(other.get_by_role("heading", name=re.compile(r"Linnet\.$"))).to_be_visible()

    desk.goto("/staff/people/")
    desk.get_by_role("link", name=re.compile("^No group yet")).click()
    expect(desk.get_by_text("Linnet", exact=True)).to_be_visible()
    desk.get_by_label("What you can do for Linnet").click()
    expect(desk.get_by_role("link", name="Suggest groups")).to_be_visible()
    expect(desk.get_by_role("link", name=re.compile("Close account|Pause account|Roles"))).to_have_count(0)
    axe(desk)
    no_sideways_scroll(desk)
    assert "Tea at dawn" not in desk.content()


def test_an_account_is_closed_and_kept_after_all_with_its_things(open_page, tmp_path):
    """Going, or what one may take along, behind a script; things that need the internet to be read; a week that nobody can turn back."""
    phone = open_page("bob", size="360", javascript=False)
    phone.goto("/me/")
    phone.get_by_role("link", name="Close your account").click()
    no_sideways_scroll(phone)
    phone.get_by_label("Leave it there").check()
    phone.get_by_role("button", name="Close my account").click()
    expect(phone.get_by_role("heading", name="Take care")).to_be_visible()
    day = phone.get_by_role("main").locator("strong").inner_text()
    phone.goto("/today/")
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()

    sign_in(phone, "bob@example.org", "cast-password-1")
    expect(phone.get_by_role("heading", name="Your account is going to be closed")).to_be_visible()
    expect(phone.get_by_text(day)).to_be_visible()
    no_sideways_scroll(phone)
    phone.goto("/groups/")
    expect(phone.get_by_role("heading", name="Your account is going to be closed")).to_be_visible()
    phone.get_by_role("link", name="My things").click()
    phone.get_by_role("button", name="Ask for my things").click()

    def are_ready():
        phone.reload()
        return phone.get_by_role("button", name="Download my things").count() == 1

    wait_until(are_ready, child=None, what="My things")
    no_sideways_scroll(phone)
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Download my things").click()
    download.value.save_as(tmp_path / "things.zip")
    zipfile.ZipFile(tmp_path / "things.zip").extractall(tmp_path / "things")
    offline = open_page(size="360", javascript=False, offline=True)
    (index,) = (tmp_path / "things").rglob("index.html")
    offline.goto(index.as_uri())
    expect(offline.get_by_text("What is kept of Bob")).to_be_visible()
    no_sideways_scroll(offline)
    offline.get_by_role("listitem").get_by_role("link").first.click()
    assert offline.url.startswith("file:") and offline.url != index.as_uri()

    phone.goto("/me/closing/")
    phone.get_by_role("button", name="Keep my account").click()
    expect(phone.get_by_text("Your account stays")).to_be_visible()
    phone.goto("/groups/")
    expect(phone.get_by_role("heading", name="Groups", exact=True)).to_be_visible()


def test_who_was_invited_stops_the_e_mails_without_scripts(open_page, site):
    """A link in an e-mail that only a browser with scripts, or only one that is signed in, can use."""
    desk = open_page("ada")
    desk.goto("/staff/people/")
    desk.get_by_text("Invite one person").click()
    desk.get_by_role("textbox", name="E-mail address").fill("quiet@example.org")
    desk.get_by_role("button", name="Send the invitation").click()

    def kept():
        return site.sql('SELECT body FROM kit_keptletter WHERE "to" = %s', "quiet@example.org")

    wait_until(lambda: bool(kept()), child=None, what="The e-mail")
    guest = open_page(size="360", javascript=False)
    guest.goto(re.search(r"(/stop/\S+)", kept()[0][0])[1])
    no_sideways_scroll(guest)
    guest.get_by_role("button", name="Don't write to me again").click()
    expect(guest.get_by_role("heading", name="We won't write again")).to_be_visible()
    desk.goto("/staff/people/?show=invited")
    expect(desk.get_by_role("listitem").filter(has_text="quiet@example.org")).to_contain_text("Asked us not to write")
