"""What the group is and who belongs to it, beside the talk where there is room, and right without a reload."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, conversation, enter, fresh_group
from tests.browser.watch import axe

AT_FIRST = ["Faye Facilitator", "Alice", "Bob"]
ACT = """
from community.members.models import User
from groups.peers import actions
from groups.peers.models import PeerGroup
group = PeerGroup.objects.get(pk={group!r})
def person(name):
    return User.objects.get(email=name + "@example.org")
"""


@pytest.fixture(autouse=True)
def _own_group(site):
    fresh_group(site)
    yield
    site.sql("update members_user set name = 'Bob', drawing = '' where email = 'bob@example.org'")


def act(site, code):
    site.manage("shell", "--verbosity=0", "-c", ACT.format(group=site.ids["group"]) + code)


def people(page):
    return page.get_by_role("complementary", name="About the group").locator("#people").get_by_role("listitem")


def test_who_comes_goes_leads_or_is_called_something_else_shows_at_once(open_page, site):
    """A list that tells of somebody who has left, or not of who reads along since a minute ago."""
    page = enter(open_page("alice"), site)
    expect(people(page)).to_have_text(AT_FIRST)
    axe(page)
    act(site, "actions.join(member=person('charlie'), group=group, agreed_version=group.agreement_version)")
    expect(people(page)).to_have_text([*AT_FIRST, "Charlie"])
    for count in page.locator("[data-how-many]").all():
        expect(count).to_have_text("4 people")
    Form(site, "bob").post("/me/", name="Aaron", time_zone="UTC", drawing="cup")
    expect(people(page)).to_have_text(["Faye Facilitator", "Aaron", "Alice", "Charlie"])
    expect(people(page).filter(has_text="Aaron").locator("svg")).to_have_count(1)
    act(site, "actions.appoint(actor=person('ada'), group=group, member=person('charlie'), role='facilitator')")
    expect(people(page)).to_have_text(["Charlie Facilitator", "Faye Facilitator", "Aaron", "Alice"])
    act(site, "actions.step_down(member=person('faye'), group=group)")
    expect(people(page)).to_have_text(["Charlie Facilitator", "Aaron", "Alice", "Faye"])
    axe(page)
    act(site, "actions.leave(member=person('charlie'), group=group)")
    expect(people(page)).to_have_text(["Aaron", "Alice", "Faye"])
    page.reload()
    expect(people(page)).to_have_text(["Aaron", "Alice", "Faye"])


def test_who_is_removed_does_not_see_the_others_any_more(open_page, site):
    """Names that stay beside a talk that is closed, or its own above it."""
    page = enter(open_page("bob"), site)
    expect(people(page)).to_have_text(AT_FIRST)
    act(site, "actions.remove(actor=person('faye'), group=group, member=person('bob'))")
    expect(page.get_by_role("heading", name="This conversation is closed to you")).to_be_visible()
    expect(page.get_by_text("Alice")).to_have_count(0)
    expect(page.get_by_text("Tuesday evening")).to_have_count(0)


def test_it_is_there_without_a_script_and_not_on_a_narrow_screen(open_page, site):
    """A panel that needs its script, or one that takes the room of the talk."""
    page = open_page("alice", javascript=False)
    page.goto(conversation(site))
    expect(people(page)).to_have_text(AT_FIRST)
    expect(page.get_by_role("link", name="About the group")).to_have_count(0)
    page.set_viewport_size({"width": 1099, "height": 700})
    expect(page.locator(".chat-side")).to_be_hidden()
    expect(page.get_by_role("link", name="About the group")).to_be_visible()
    phone = enter(open_page("alice", size="phone"), site)
    expect(phone.locator("header [data-how-many]")).to_have_text("3 people")
    expect(phone.locator(".chat-side")).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_is_reported_from_their_name_beside_the_talk_and_from_what_they_wrote(open_page, site, javascript):
    """A list of names, and a menu that knew of messages alone: nothing led to the report of a person."""
    Form(site, "bob").say("Good evening.")
    page = open_page("alice", javascript=javascript)
    page.goto(conversation(site))
    if javascript:
        act(site, "actions.join(member=person('charlie'), group=group, agreed_version=group.agreement_version)")
        expect(people(page)).to_have_text([*AT_FIRST, "Charlie"])  # drawn anew by the script
    expect(people(page).filter(has_text="Alice").get_by_role("link")).to_have_count(0)
    message = page.locator(".chat-message").filter(has_text="Good evening.")
    message.hover()
    message.locator(".chat-menu > summary").click()
    menu_link = message.get_by_role("link", name="Report Bob")
    expect(menu_link).to_be_visible()
    address = menu_link.get_attribute("href")
    page.keyboard.press("Escape")
    people(page).get_by_role("link", name="Bob").click()
    expect(page.get_by_role("heading", name="Bob")).to_be_visible()
    if javascript:
        axe(page)
    page.get_by_role("link", name="Report Bob").click()
    expect(page.get_by_role("heading", name="Report Bob")).to_be_visible()
    assert page.url.split("?")[0].endswith(address.split("?")[0])
    page.get_by_label("Unkind or threatening").check()
    page.get_by_role("button", name="Send the report").click()
    page.get_by_role("link", name="Go back").click()
    page.wait_for_url(f"**{conversation(site)}")
