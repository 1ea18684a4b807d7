"""The last days of an account, on a small phone without scripts: closed, signed in again, one's things fetched, and kept after all."""

import io
import zipfile

from playwright.sync_api import expect

from tests.browser.watch import no_sideways_scroll
from tests.cast import PASSWORD
from tests.services import wait_until

SMALL = {"width": 360, "height": 640}


def test_ones_things_are_fetched_while_the_account_waits_to_be_closed(open_page, site):
    """A way that only a script opens, or one that ends at a page which asks for what is gone by then."""
    phone = open_page("alice", size="phone", javascript=False)
    phone.set_viewport_size(SMALL)
    phone.goto("/me/close/")
    phone.get_by_label("as “Former member”").check()
    phone.get_by_role("button", name="Close my account").click()
    expect(phone.get_by_role("heading", name="Take care")).to_be_visible()
    phone.goto("/today/")
    phone.get_by_label("E-mail address or sign-in name").fill("alice@example.org")
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Sign in", exact=True).click()
    expect(phone.get_by_role("heading", name="Your account is going to be closed")).to_be_visible()
    no_sideways_scroll(phone)
    phone.get_by_role("link", name="My things").click()
    no_sideways_scroll(phone)
    phone.get_by_role("button", name="Ask for my things").click()
    wait_until(lambda: bool(site.sql("SELECT 1 FROM downloads_download WHERE state = 'ready'")), child=None, what="the worker")
    phone.goto("/me/things/")
    no_sideways_scroll(phone)
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Download my things").click()
    assert download.value.suggested_filename == "my-things.zip"
    with open(download.value.path(), "rb") as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    assert "Alice" in archive.read("profile.html").decode()
    phone.get_by_role("link", name="Account").click()
    phone.get_by_role("button", name="Keep my account").click()
    expect(phone.get_by_text("Your account stays")).to_be_visible()
