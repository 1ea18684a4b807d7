"""From a pasted list to Today, on a phone: with scripts and without, and nothing that axe finds on the way."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.authenticator import Authenticator
from tests.browser.talk import enter, message, say, sent
from tests.browser.watch import axe, no_sideways_scroll
from tests.services import wait_until

PASSWORD = "a cup on the table"


def sound(page):
    axe(page)
    no_sideways_scroll(page)


def invite(open_page, site, *addresses):
    """Have Ada invite a new cohort by a pasted list, with one bad line in it, and suggest to it the hidden group that Faye leads."""
    page = open_page("ada")
    page.goto("/staff/cohorts/new/")
    page.get_by_label("Name of the cohort").fill(f"Finished in May with {addresses[0]}")
    page.get_by_label("Somebody to say hello to").select_option(label="Faye")
    page.get_by_role("button", name="Make the cohort").click()
    page.get_by_role("link", name="Choose groups").click()
    page.get_by_role("link", name="Make a group for this cohort").click()
    page.get_by_label("Name", exact=True).fill(f"First weeks of {addresses[0]}")
    page.get_by_label("Purpose").fill("For the first weeks at home.")
    page.get_by_label("Agreement").fill("What is said here stays here.")
    page.get_by_label(re.compile("Hidden")).check()
    page.get_by_label("Facilitator", exact=True).select_option(label="Faye")
    page.get_by_role("button", name="Open the group").click()
    page.get_by_role("link", name="Invite people").click()
    page.get_by_label("Paste a list").fill("\n".join(["Nobody at all", *addresses]))
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_text("Nothing has been sent.")).to_be_visible()
    sound(page)
    page.get_by_label("Line 1").fill("")
    page.get_by_role("button", name="Check again").click()
    page.get_by_role("button", name=re.compile("^Send ")).click()
    expect(page.get_by_role("link", name=f"Waiting {len(addresses)}")).to_be_visible()
    sound(page)


def link_for(site, address):
    """The path of the link in the letter that the site kept for an address; the worker writes it a moment later."""

    def kept():
        return site.sql('SELECT body FROM kit_keptletter WHERE "to" = %s', address)

    wait_until(lambda: bool(kept()), child=None, what="The letter")
    return re.search(r"(/invitation/\S+)", kept()[0][0])[1]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_newcomer_joins_on_a_phone(open_page, site, javascript):
    """Catches a step that a thumb cannot pass, one that needs scripts, and Back that forgets."""
    name = "Sparrow" if javascript else "Heron"
    address = f"{name.lower()}@example.org"
    invite(open_page, site, address)
    page = open_page(size="phone", javascript=javascript)

    def looked_at():
        if javascript:
            sound(page)

    page.goto(link_for(site, address))
    expect(page.get_by_text("Ada invited you to Mainstay.")).to_be_visible()
    looked_at()
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name="I agree, continue").click()
    expect(page.get_by_text("Step 2 of 5")).to_be_visible()
    looked_at()
    page.get_by_label("Name people here will see").fill(name)
    page.get_by_label("Boat").check()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("I am 18 or older")).to_be_checked()
    page.get_by_role("button", name="I agree, continue").click()
    expect(page.get_by_label("Name people here will see")).to_have_value(name)
    expect(page.get_by_label("Boat")).to_be_checked()
    page.get_by_label("Name people here will see").press("Enter")
    expect(page.get_by_text("Step 3 of 5")).to_be_visible()
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    looked_at()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Step 4 of 5")).to_be_visible()
    card = page.get_by_role("region", name=re.compile(f"First weeks of {address}"))
    card.get_by_text("Read the agreement and join").click()
    looked_at()
    card.get_by_label("I agree to this").check()
    card.get_by_role("button", name="Join the group").click()
    expect(page.get_by_text(f"You're in First weeks of {address} now.")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Step 5 of 5")).to_be_visible()
    looked_at()
    page.get_by_role("link", name="Go to Today").click()
    expect(page.get_by_role("heading", name=re.compile(f"{name}\\.$"))).to_be_visible()


def test_a_picture_stands_beside_its_member_s_words(open_page, site):
    """A picture that only the server's own first page shows, or that stays away until one reloads."""
    alice, bob = (enter(open_page(name), site) for name in ("alice", "bob"))
    say(alice, "Good morning.")
    sent(bob, "Good morning.")
    line = message(bob, "Good morning.")
    expect(line.locator(".own-drawing use")).to_have_attribute("href", re.compile(r"drawings\.\w+\.svg#person$"))
    alice.goto("/me/")
    alice.get_by_label("Kettle").check()
    sound(alice)
    alice.get_by_role("button", name="Save").first.click()
    expect(line.locator(".own-drawing use")).to_have_attribute("href", re.compile(r"drawings\.\w+\.svg#kettle$"))
    sound(bob)
    bob.reload()
    expect(line.locator(".own-drawing use")).to_have_attribute("href", re.compile(r"drawings\.\w+\.svg#kettle$"))


def test_a_newcomer_joins_with_a_passkey_in_place_of_a_password(open_page, site):
    """Catches an account without any way in, a passkey that does not sign in, and codes that lead away from the steps."""
    invite(open_page, site, "wagtail@example.org")
    page = open_page(size="phone")
    device = Authenticator(page)
    page.goto(link_for(site, "wagtail@example.org"))
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name="I agree, continue").click()
    page.get_by_label("Name people here will see").fill("Wagtail")
    page.get_by_role("button", name="Next").click()
    device.recognise(False)
    page.get_by_role("button", name="Make a passkey and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("That didn't work, or it was stopped.")
    assert not site.sql("SELECT 1 FROM members_user WHERE email = %s", "wagtail@example.org"), "nothing half made"
    sound(page)
    device.recognise(True)
    page.get_by_role("button", name="Make a passkey and continue").click()
    expect(page.get_by_role("heading", name="Save these codes")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="I've saved them").click()
    expect(page.get_by_text("Step 4 of 5")).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/me/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"\d/me/$"))
    expect(page.get_by_label("Name people here will see")).to_have_value("Wagtail")
