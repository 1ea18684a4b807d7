"""The list of one's groups as an inbox: what was said last, when, and how much is new, and nothing that its reader must not see."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.notifications.models import Preferences
from community.safety.models import Block
from groups.chat import actions as chat
from groups.chat.models import Message, Participant
from groups.peers import actions
from tests.cast import make_group

pytestmark = pytest.mark.django_db


def say(member, group, body):
    return chat.send(member=member, channel=group.channels.get().pk, client_id=uuid.uuid4(), body=body)


def mine(client):
    """The rows of "Your groups", as their reader sees them."""
    page = client.get(reverse("peers:list")).content.decode()
    part = page.split('id="mine"')[1].split("</section>")[0] if 'id="mine"' in page else ""
    rows = [row.split("</li>")[0] for row in part.split('<li class="row')[1:]]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row.partition(">")[2])).strip() for row in rows]


def test_each_group_shows_its_last_words_with_their_author_and_one_s_own_as_one_s_own(client_of, group, alice, bob):
    say(bob, group, "First words")
    say(bob, group, "The **last**\n\nwords")
    (row,) = mine(client_of(alice))
    assert "Bob: The last words" in row and "First words" not in row
    assert "You: The last words" in mine(client_of(bob))[0]


@pytest.mark.postgresql
def test_the_group_of_the_newest_words_stands_first(client_of, ada, faye, alice):
    """By name, the group that talks today stands below ten that are silent."""
    first, second, silent = (make_group(actor=ada, facilitator=faye, members=(alice,), name=name) for name in ("Ash", "Birch", "Aspen"))
    say(faye, first, "one")
    say(faye, second, "two")
    assert [row.split()[0] for row in mine(client_of(alice))] == ["Birch", "Ash", "Aspen"]
    say(faye, first, "three")
    assert [row.split()[0] for row in mine(client_of(alice))] == ["Ash", "Birch", "Aspen"]
    assert "Nobody has written yet" in mine(client_of(alice))[2] and silent


@pytest.mark.postgresql
def test_what_does_not_stand_or_is_not_theirs_to_see_is_nobody_s_last_words(client_of, ada, faye, mo, alice, bob, charlie):
    """A removed text, a blocked member or what was written before one came, on the first page of a morning."""
    group = make_group(actor=ada, facilitator=faye, members=(alice, bob), name="Circle", history_visibility="joining")
    say(faye, group, "Stands")
    chat.delete(member=bob, message=say(bob, group, "Taken back").pk)
    chat.hide(actor=mo, message=say(bob, group, "Hidden").pk)
    assert "Faye: Stands" in mine(client_of(alice))[0]
    say(bob, group, "From Bob")
    assert "Bob: From Bob" in mine(client_of(alice))[0]
    Block.objects.create(blocker=alice, blocked=bob)
    assert "Faye: Stands" in mine(client_of(alice))[0]
    actions.join(member=charlie, group=group, agreed_version=1)
    assert "Stands" not in mine(client_of(charlie))[0] and "From Bob" not in mine(client_of(charlie))[0]
    Message.objects.filter(body="From Bob").update(author=None)
    assert "A former member: From Bob" in mine(client_of(alice))[0]


def test_outsiders_and_who_has_left_read_no_words(client_of, group, ada, alice, bob, charlie):
    say(bob, group, "Only inside")
    actions.leave(member=alice, group=group)
    for outside in (alice, charlie, ada):
        page = client_of(outside).get(reverse("peers:list")).content.decode()
        assert "Tuesday evening" in page and "Only inside" not in page and mine(client_of(outside)) == []


def test_who_prefers_discretion_sees_how_much_is_new_and_no_words(client_of, group, alice, bob):
    Preferences.objects.create(member=alice, hides_words=True)
    chat.mark_read(member=alice, channel=group.channels.get().pk, seq=10_000)
    assert "Nothing new" in mine(client_of(alice))[0]
    for number in range(3):
        say(bob, group, f"Secret {number}")
    (row,) = mine(client_of(alice))
    assert "3 new" in row and "Secret" not in row and "Bob" not in row


def test_a_muted_group_says_so(client_of, group, alice):
    assert "Muted" not in mine(client_of(alice))[0]
    Participant.objects.filter(member=alice).update(involvement="nothing")
    assert "Muted" in mine(client_of(alice))[0]


def test_the_long_description_stays_in_the_directory(client_of, group, alice, charlie):
    assert group.purpose in client_of(charlie).get(reverse("peers:list")).content.decode()
    assert group.purpose not in client_of(alice).get(reverse("peers:list")).content.decode()


@pytest.mark.postgresql
def test_many_groups_that_talk_ask_no_more_than_one(client_of, ada, faye, alice, group):
    say(faye, group, "hello")
    client = client_of(alice)
    mine(client)
    with CaptureQueriesContext(connection) as one:
        mine(client)
    for number in range(5):
        other = make_group(actor=ada, facilitator=faye, members=(alice,), name=f"Group {number}")
        for words in ("hello", "again"):
            say(faye, other, words)
    with CaptureQueriesContext(connection) as many:
        assert len(mine(client)) == 6
    assert len(many) == len(one)
