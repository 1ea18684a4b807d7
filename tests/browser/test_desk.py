"""The moderators' desk by keys, in a real browser."""

import pytest
from playwright.sync_api import expect

REPORT = """
import uuid
from community.members.models import User
from community.safety import actions
from groups.chat import actions as chat
from groups.chat.models import Channel
alice, bob, channel = User.objects.get(name="Alice"), User.objects.get(name="Bob"), Channel.objects.order_by("id")[0]
for n, reason in enumerate(("unkind", "private", "other")):
    message = chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body=f"Number {n}")
    actions.report(member=alice, kind="message", target_id=message.pk, reason=reason)
"""

LONG = """
import uuid
from community.members.models import User
from community.safety import actions
from groups.chat import actions as chat
from groups.chat.models import Channel
alice, bob, channel = User.objects.get(name="Alice"), User.objects.get(name="Bob"), Channel.objects.order_by("id")[0]
for n in range(6):
    message = chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Much was said before. " * 20)
message = chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="These are the words.")
print(actions.report(member=alice, kind="message", target_id=message.pk, reason="danger", note="I am worried. " * 60).pk)
"""


@pytest.fixture
def reports(site):
    """Three reports that wait."""
    site.manage("shell", "--verbosity=0", "-c", REPORT)


def test_the_desk_is_gone_through_by_keys_and_a_decision_taken_back(open_page, reports):
    """Two dozen stops of the Tab key for each report, and a slip of the finger for good."""
    page = open_page("mo")
    page.goto("/staff/reports/")
    links = page.locator("[data-desk] .row-link")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    heading = page.get_by_role("heading", level=1)
    for key, words in (("Enter", "Unkind or threatening"), ("j", "Shares somebody's private details"), ("k", "Unkind or threatening")):
        with page.expect_navigation():  # and its scripts have run
            page.keyboard.press(key)
        expect(heading).to_have_text(words)
    page.keyboard.press("2")
    expect(page.get_by_label("Hide it, with a note to its author")).to_be_checked()
    why = page.get_by_label("Why")
    why.fill("")
    why.press_sequentially("j1 is no key here")
    expect(why).to_have_value("j1 is no key here")
    expect(page.get_by_label("Hide it, with a note to its author")).to_be_checked()
    page.get_by_role("button", name="Save the decision").click()
    expect(links).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(heading).to_have_text("Unkind or threatening")
    expect(page.get_by_role("button", name="Save the decision")).to_be_visible()


def test_the_reported_words_come_first_on_a_phone(open_page, site):
    """Under what the reporter wrote and five messages from before: a moderator scrolled to find what they decide on."""
    report = site.manage("shell", "--verbosity=0", "-c", LONG).strip()
    page = open_page("mo", size="phone")
    page.goto(f"/staff/reports/{report}/")
    expect(page.get_by_text("These are the words.").first).to_be_in_viewport(ratio=1)
