"""Signing in with a passkey and with an app, in a real browser under the strict policy, with a virtual authenticator for the passkey."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.authenticator import Authenticator
from tests.browser.watch import axe, no_sideways_scroll
from tests.cast import PASSWORD, code_of, step_now

OVERVIEW, DEVICES = "/accounts/signing-in/", "/me/devices/"


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def add_passkey(page: Page, name: str) -> None:
    page.goto(OVERVIEW)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill(name)
    page.get_by_role("button", name="Make the passkey").click()


def test_a_passkey_is_made_signs_in_alone_and_is_taken_away(open_page):
    """allauth's scripts under the strict policy: nothing inline, no policy of their own, and no address typed."""
    page = open_page()
    device = Authenticator(page)
    sign_in(page, "bob")
    add_passkey(page, "Kitchen tablet")
    expect(page.get_by_role("heading", name="Save these codes")).to_be_visible()
    made = device.credentials()
    assert [(key["rpId"], key["isResidentCredential"]) for key in made] == [("localhost", True)]
    page.get_by_role("link", name="I've saved them").click()
    expect(page.locator(".row-title", has_text="Kitchen tablet")).to_be_visible()
    sign_out(page)

    page.goto("/accounts/login/?next=/me/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"\d/me/$"))
    sign_out(page)

    sign_in(page, "bob")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page).to_have_url(re.compile(r"/today/$"))

    page.goto(OVERVIEW)
    page.get_by_role("link", name="Rename Kitchen tablet").click()
    page.get_by_label("Name of this passkey").fill("Hall tablet")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Hall tablet").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That passkey isn't known here")).to_be_visible()


def test_what_the_device_refuses_is_said_and_can_be_tried_again(open_page):
    """A finger that is not known: without a word the button would seem dead."""
    page = open_page(size="phone")
    device = Authenticator(page)
    sign_in(page, "charlie")
    device.recognise(False)
    add_passkey(page, "Phone")
    expect(page.get_by_role("alert")).to_contain_text("That didn't work, or it was stopped.")
    axe(page)
    device.recognise(True)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Save these codes")).to_be_visible()


def test_without_javascript_passkeys_are_not_offered_and_an_app_works(open_page, site):
    """A button that does nothing, or a second step that needs scripts."""
    page = open_page(javascript=False)
    sign_in(page, "alice")
    page.goto(OVERVIEW)
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_text("This browser cannot make passkeys here.")).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_hidden()
    page.goto(OVERVIEW)
    page.get_by_role("link", name="Set up an app").click()
    key = page.locator("code.key").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(code_for(key))
    page.get_by_role("button", name="Continue").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").click()
    codes = saved.value.path().read_text().split()
    assert saved.value.suggested_filename == "codes.txt" and len(codes) == 10
    page.get_by_role("link", name="I've saved them").click()
    sign_out(page)
    sign_in(page, "alice")
    expect(page.get_by_role("button", name="Use a passkey instead")).to_be_hidden()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(r"/today/$"))


def code_for(key: str) -> str:
    from community.members.signing_in.allauth_internals import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(key, step_now())))


def test_the_key_comes_first_on_a_phone_and_is_copied_by_one_tap(open_page, site):
    """A picture to point a camera at that is on the very phone with the camera, and a key to be learned by heart."""
    page = open_page("bob", size="phone")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(OVERVIEW + "app/")
    key, picture = page.locator("code.key"), page.locator("img.qr")
    assert key.bounding_box()["y"] < picture.bounding_box()["y"]
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key.inner_text().replace(" ", "")
    assert key.evaluate("key => getComputedStyle(key).userSelect") == "all", "without scripts a tap selects the whole of it"
    axe(page)
    no_sideways_scroll(page)
    beside = open_page("bob")
    beside.goto(OVERVIEW + "app/")
    assert beside.locator("img.qr").bounding_box()["y"] < beside.locator("code.key").bounding_box()["y"]


def test_without_scripts_no_button_copies_and_the_key_can_be_selected(open_page):
    """A button that does nothing."""
    page = open_page("bob", size="phone", javascript=False)
    page.goto(OVERVIEW + "app/")
    expect(page.get_by_role("button", name="Copy the key")).to_be_hidden()
    expect(page.locator("code.key")).to_be_visible()


def test_staff_sign_in_with_their_apps_code_and_another_device_ends_it(open_page, site):
    """The whole way of a moderator: password, code, a second device, and out from there."""
    first, second = open_page(), open_page(size="phone")
    for page in (first, second):
        sign_in(page, "mo")
        page.get_by_label("Code").fill(site.one_time_code("mo"))
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page).to_have_url(re.compile(r"/today/$"))
    second.goto(DEVICES)
    expect(second.get_by_text("This one", exact=True)).to_have_count(1)
    second.get_by_role("button", name="Sign out everywhere else").click()
    expect(second.get_by_text("You are signed out everywhere else.")).to_be_visible()
    first.goto("/today/")
    expect(first).to_have_url(re.compile("/accounts/login/"))


def test_a_conversation_closes_when_its_device_is_signed_out_elsewhere(open_page, site):
    """A phone that was left somewhere must not go on showing what is said."""
    left_behind = open_page()
    sign_in(left_behind, "faye")
    left_behind.goto(f"/chat/{site.ids['channel']}/")
    expect(left_behind.locator("#main[data-connection=live]")).to_be_attached()
    here = open_page(size="phone")
    sign_in(here, "faye")
    here.goto(DEVICES)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(left_behind.get_by_role("heading", name=re.compile("signed out"))).to_be_visible(timeout=3_500)


def test_a_conversation_closes_when_its_reader_becomes_staff(open_page, site):
    """Given a role in the middle of a talk: the line closes, and the page leads to the second step."""
    page = open_page("faye")
    page.goto(f"/chat/{site.ids['channel']}/")
    expect(page.locator("#main[data-connection=live]")).to_be_attached()
    site.manage("shell", "-c", ROLE.format(change="add"))
    try:
        expect(page.get_by_role("heading", name=re.compile("Staff sign in with a second step"))).to_be_visible(timeout=3_500)
        page.get_by_role("link", name="Continue").click()
        expect(page.get_by_text("You are staff, and what staff can see")).to_be_visible()
        axe(page)
    finally:
        site.manage("shell", "-c", ROLE.format(change="remove"))


ROLE = """
from django.contrib.auth.models import Group
from community.members.models import User
User.objects.get(email="faye@example.org").groups.{change}(Group.objects.get(name="moderator"))
"""

PAGES = [
    OVERVIEW, OVERVIEW + "app/", OVERVIEW + "passkeys/add/", DEVICES, "/me/", "/me/address/", "/accounts/again/", "/address/stop/none/",
    "/staff/people/", "help",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_pages_are_sound(open_page, site, size, scheme):
    """Poor contrast, an unnamed control, or a page that has to be pushed sideways."""
    page = open_page("ada", size=size, scheme=scheme)
    page.watch.expect("status of 404")
    for path in PAGES:
        page.goto(f"/staff/people/{site.ids['bob']}/help-in/" if path == "help" else path)
        axe(page)
        no_sideways_scroll(page)


def test_at_400_percent_the_key_and_the_codes_fit(open_page):
    page = open_page()
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, "pat")
    page.get_by_label("Code").fill(code_of("pat"))
    no_sideways_scroll(page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(OVERVIEW + "codes/new/")
    page.get_by_role("button", name="Make new ones").click()
    expect(page.get_by_role("heading", name="Save these codes")).to_be_visible()
    axe(page)
    no_sideways_scroll(page)
    page.goto(OVERVIEW)
    no_sideways_scroll(page)


def test_the_cookie_of_staff_has_used_the_factor(site):
    with closing(site.client()) as client:
        client.headers["Cookie"] = site.cookie("ada")
        assert client.get("/staff/people/").status_code == 200


def test_one_who_signs_in_types_at_once(open_page, site):
    """The first key went nowhere; and after a wrong code the field had to be found again."""
    page = open_page()
    page.goto("/accounts/login/")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("mo@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    for wrong in ("000000", "111111"):
        expect(page.get_by_label("Code")).to_be_focused()
        axe(page)
        page.keyboard.type(wrong)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
    page.keyboard.type(site.one_time_code("mo"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/today/$"))
