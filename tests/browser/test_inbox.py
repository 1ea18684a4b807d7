"""From what one was notified of to the thing itself: on a small phone, without scripts, and by the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.watch import axe, no_sideways_scroll

NOTIFY = """
import uuid
from community.members.models import User
from community.notifications import expansion
from community.notifications.models import Notification
from groups.chat.actions import write_many
from groups.chat.commands import Send
from groups.chat.models import Channel
alice, bob = (User.objects.get(email=name + "@example.org") for name in ("alice", "bob"))
channel = Channel.objects.get()
Notification.objects.all().delete()
write_many([Send(alice.pk, channel.pk, uuid.uuid4(), body) for body in ["Are you there, @Bob?", *(f"Later {n}" for n in range(60))]])
expansion.run()
Notification.objects.create(member=bob, kind="mention", about="gone")
"""


@pytest.fixture(autouse=True)
def notified(site, own_group):
    site.manage("shell", "-c", NOTIFY)


def small_phone(open_page, **more):
    page = open_page("bob", size="phone", **more)
    page.set_viewport_size({"width": 360, "height": 640})
    return page


def test_two_taps_lead_to_a_message_of_long_ago_without_scripts(open_page):
    """A notification that leads to the newest page, where the message is not."""
    page = small_phone(open_page, javascript=False)
    page.goto("/today/")
    expect(page).to_have_title(re.compile(r"^\(2\) Today "))
    page.locator("main").get_by_role("link", name="Notifications 2 new").click()
    page.get_by_role("link", name="Alice mentioned you").click()
    expect(page.get_by_text("Are you there, @Bob?")).to_be_in_viewport()
    expect(page).to_have_title(re.compile(r"^Conversation "))  # what is gone is not counted once the inbox was opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_inbox_is_sound_on_a_small_phone(open_page, scheme):
    page = small_phone(open_page, scheme=scheme)
    for path in ("/inbox/", "/groups/", "/today/"):
        page.goto(path)
        expect(page.locator(".navigation").get_by_role("link", name="Groups 1 new")).to_be_visible()
        axe(page)
        no_sideways_scroll(page)


def test_the_inbox_is_worked_by_the_keyboard(open_page):
    """A row or a button that only a finger reaches."""
    page = open_page("bob")
    page.goto("/inbox/")
    page.get_by_role("button", name="Mark all as read").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Dismiss")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is no longer here.")).to_have_count(0)
    page.get_by_role("button", name="Mark all as read").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Alice mentioned you")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Are you there, @Bob?")).to_be_in_viewport()
