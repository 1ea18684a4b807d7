"""An @ offers the people of the group, and nobody else; who is named sees it."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, box, enter, message, sent
from tests.browser.watch import axe

pytestmark = pytest.mark.usefixtures("own_group")


def offered(page):
    return page.get_by_role("listbox", name="People in this group").get_by_role("option")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_at_sign_offers_the_group_and_enter_takes_the_name_not_the_message(open_page, site, scheme):
    """A list that offers outsiders or oneself, and an Enter that sends half a name."""
    alice, bob = enter(open_page("alice", scheme=scheme), site), enter(open_page("bob"), site)
    box(alice).press_sequentially("Good point, @")
    expect(offered(alice)).to_have_text(["Bob", "Faye"])
    axe(alice)
    box(alice).press_sequentially("f")
    expect(offered(alice)).to_have_text(["Faye"])
    box(alice).press("Backspace")
    box(alice).press("ArrowDown")
    expect(offered(alice).nth(1)).to_have_attribute("aria-selected", "true")
    assert box(alice).get_attribute("aria-activedescendant") == offered(alice).nth(1).get_attribute("id")
    box(alice).press("ArrowUp")
    box(alice).press("Enter")
    expect(box(alice)).to_have_value("Good point, @Bob ")
    expect(offered(alice)).to_have_count(0)
    box(alice).press_sequentially(f"and {scheme}")
    box(alice).press("Enter")
    sent(bob, f"and {scheme}")
    expect(message(bob, f"and {scheme}")).to_contain_text("mentions you")
    expect(message(alice, f"and {scheme}")).not_to_contain_text("mentions you")


def test_the_list_is_gone_where_the_caret_is_elsewhere_or_the_message_is_sent(open_page, site):
    """A list that stays over an empty box, or swallows Enter and Tab far away from the @ that opened it."""
    page = enter(open_page("alice"), site)
    box(page).press_sequentially("hi @b")
    expect(offered(page)).to_have_count(1)
    box(page).press("Home")
    expect(offered(page)).to_have_count(0)
    box(page).press("End")
    expect(offered(page)).to_have_count(1)
    box(page).press("Control+Enter")
    sent(page, "hi @b")
    expect(offered(page)).to_have_count(0)
    box(page).press_sequentially("and hi again")
    box(page).press("Enter")
    sent(page, "and hi again")


def test_by_mouse_in_the_middle_of_a_sentence(open_page, site):
    page = enter(open_page("alice"), site)
    box(page).fill("Ask  about it")
    box(page).evaluate("box => box.setSelectionRange(4, 4)")
    box(page).press_sequentially("@bo")
    offered(page).first.click()
    expect(box(page)).to_have_value("Ask @Bob  about it")
    expect(box(page)).to_be_focused()
    assert box(page).evaluate("box => box.selectionStart") == 9


def test_who_came_is_offered_and_who_left_is_not(open_page, site):
    """A list of those who were here when the page was loaded."""
    page = enter(open_page("alice"), site)
    site.manage("shell", "-c", COMES)
    expect(page.locator("#rows")).to_contain_text("Charlie joined the group")
    box(page).press_sequentially("@ch")
    expect(offered(page)).to_have_text(["Charlie"])
    site.manage("shell", "-c", GOES)
    expect(page.locator("#rows")).to_contain_text("Charlie left the group")
    box(page).fill("")
    box(page).press_sequentially("@ch")
    expect(offered(page)).to_have_count(0)
    Form(site, "bob").say("Still here")
    sent(page, "Still here")


PEOPLE = """
from community.members.models import User
from groups.peers.models import PeerGroup
from groups.peers.actions import leave
from tests.cast import bring_in
people = {name: User.objects.get(email=f"{name}@example.org") for name in ("faye", "charlie")}
group = PeerGroup.objects.get(name="Tuesday evening")
"""
COMES = PEOPLE + 'bring_in(actor=people["faye"], group=group, member=people["charlie"])'
GOES = PEOPLE + 'leave(member=people["charlie"], group=group)'
