"""Facilitators come and go in the open, and a group without one says so."""

import pytest
from django.urls import reverse
from django.utils import timezone

from community.kit.models import AuditEntry
from community.members.settings.closing_actions import ask_for_closing
from groups.chat.models import Message
from groups.peers import actions
from groups.peers.models import Membership
from tests.cast import make_group
from tests.chat.pages import text_of
from tests.chat.pages import url as chat_url
from tests.peers.pages import page_of, today, url

pytestmark = pytest.mark.django_db
NONE = "Nobody looks after this group at the moment."


def test_who_is_appointed_and_who_is_no_more_is_told_in_the_conversation(client_of, ada, bob, alice, group, channel):
    """Would catch a facilitator whom the group does not know of, and a notice for a press that changed nothing."""
    for role in ("facilitator", "facilitator", "member"):
        client_of(ada).post(url("appoint", group, bob.pk), {"role": role})
    conversation = text_of(client_of(alice).get(chat_url(channel)))
    assert "Bob is a facilitator now" in conversation and "Bob is no longer a facilitator" in conversation
    assert Message.objects.filter(author=bob, body="appointed").count() == 1
    assert AuditEntry.objects.filter(actor=ada, verb="peers.appoint", target=str(bob.pk)).count() == 2


def test_a_facilitator_steps_down_by_themselves_after_reading_what_it_means(client_of, ada, faye, bob, group):
    """Would catch one who cannot stop, or who stops by a slip of the thumb."""
    actions.appoint(actor=ada, group=group, member=bob, role="facilitator")
    client = client_of(faye)
    page = client.get(url("step_down", group)).content.decode()
    assert "Still looking after it: Bob." in page and "only facilitator" not in page
    assert Membership.objects.get(member=faye, group=group).leads
    assert client.post(url("step_down", group)).status_code == 302
    assert not Membership.objects.get(member=faye, group=group).leads
    assert client.get(url("edit", group)).status_code == 403, "the right ends with it, in the open session"
    assert client.get(url("step_down", group)).status_code == 403
    assert Message.objects.filter(author=faye, body="stepped_down").count() == 1


def test_only_a_facilitator_steps_down(client_of, alice, ada, charlie, group):
    for person in (alice, ada, charlie):
        assert client_of(person).post(url("step_down", group)).status_code == 403, person
    assert Membership.objects.leading().filter(group=group).count() == 1


@pytest.mark.parametrize("how", ["step_down", "leave"])
def test_the_last_facilitator_is_told_and_a_group_without_one_says_so(client_of, ada, faye, alice, charlie, group, how):
    """Would catch a group that looks looked after while nobody is there."""
    client = client_of(faye)
    warned = client.get(url("step_down", group)).content.decode() if how == "step_down" else page_of(client, group)
    assert "You're its only facilitator." in warned
    assert NONE not in page_of(client_of(alice), group) + today(client_of(ada))
    answer = client.post(url(how, group), follow=True)
    if how == "leave":
        assert "Nobody looks after it now." in answer.content.decode()
    for person in (alice, charlie):
        assert NONE in page_of(client_of(person), group)
        assert NONE not in today(client_of(person))
    assert "Nobody looks after it at the moment" in client_of(charlie).get(reverse("peers:list")).content.decode()
    assert NONE in today(client_of(ada))
    actions.appoint(actor=ada, group=group, member=alice, role="facilitator")
    assert NONE not in page_of(client_of(alice), group) + today(client_of(ada))


def test_several_groups_without_facilitator_are_one_row_for_admins(client_of, ada, faye, alice):
    """Would catch a Today that is nothing but a list of what is missing."""
    for name in ("Early birds", "Night owls"):
        actions.step_down(member=faye, group=make_group(actor=ada, facilitator=faye, members=(alice,), name=name))
    page = today(client_of(ada))
    assert "2 groups" in page and "Nobody looks after these groups at the moment." in page


def test_a_facilitator_whose_account_is_paused_looks_after_nothing(client_of, ada, faye, alice, group):
    """Would catch a page that names somebody who cannot answer."""
    type(faye).objects.filter(pk=faye.pk).update(suspended_at=timezone.now())
    assert NONE in page_of(client_of(alice), group)
    assert NONE in today(client_of(ada))


def test_nobody_begins_to_facilitate_whose_account_waits_to_be_closed(client_of, ada, faye, bob, group):
    """Would catch a group that is handed to somebody who is gone in a week."""
    ask_for_closing(member=bob, empties_messages=False)
    answer = client_of(ada).post(url("appoint", group, bob.pk), {"role": "facilitator"}, follow=True)
    assert "account is not open" in answer.content.decode()
    assert not Membership.objects.get(member=bob, group=group).leads
    actions.step_down(member=faye, group=group)
    assert NONE in today(client_of(ada))
