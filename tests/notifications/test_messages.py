"""What the members of a conversation are notified of, once and in time, and no longer than they may read it."""

import uuid

import pytest

from community.notifications import actions, expansion, kinds
from community.notifications.models import Delivery, Notification, PushSubscription
from community.safety.models import Block
from groups.chat import actions as chat
from groups.chat.models import Participant

pytestmark = pytest.mark.django_db


def write(member, channel, body, **more):
    return chat.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=body, **more)


def told():
    """Who was notified of what, as (kind, name)."""
    expansion.run()
    return sorted(Notification.objects.unread().values_list("kind", "member__name"))


def test_a_mention_is_told_once_to_whom_it_names(channel, alice, bob):
    """Nobody, everybody, or the same person twice: as a mention and as a new message."""
    write(alice, channel, "Are you there, @Bob?")
    assert [row for row in told() if row[1] == "Bob"] == [("mention", "Bob")]
    expansion.run()
    assert Notification.objects.filter(member=bob).count() == 1
    assert not Notification.objects.filter(member=alice).exists()


def test_who_is_answered_is_told(channel, alice, bob):
    first = write(alice, channel, "Is anybody up?")
    write(bob, channel, "I am", reply_to=first.pk)
    assert ("reply", "Alice") in told()


def test_new_messages_are_one_row_that_moves(channel, alice, bob):
    """A hundred rows for a hundred messages; or none for those after the first, once that was read."""
    for n in range(3):
        write(alice, channel, f"Message {n}")
    assert ("messages", "Bob") in told()
    assert Notification.objects.filter(member=bob).count() == 1
    chat.mark_read(member=bob, channel=channel.pk, seq=10**9)
    assert ("messages", "Bob") not in told()
    write(alice, channel, "One more")
    assert ("messages", "Bob") in told()
    assert Notification.objects.filter(member=bob).count() == 1


@pytest.mark.parametrize(
    ("involvement", "expected"),
    [("everything", [("mention", "Bob")]), ("mentions", [("mention", "Bob")]), ("nothing", [])],
)
def test_how_much_is_chosen_for_each_group(channel, alice, bob, involvement, expected):
    """Somebody who asked for silence hears of it."""
    Participant.objects.filter(member=bob, channel=channel).update(involvement=involvement)
    write(alice, channel, "Hello @Bob")
    assert [row for row in told() if row[1] == "Bob"] == expected
    chat.mark_read(member=bob, channel=channel.pk, seq=10**9)
    write(alice, channel, "Hello all")
    assert [row for row in told() if row[1] == "Bob"] == ([("messages", "Bob")] if involvement == "everything" else [])


def test_nobody_is_notified_of_a_member_whom_they_blocked(channel, alice, bob):
    Block.objects.create(blocker=bob, blocked=alice)
    write(alice, channel, "Hello @Bob")
    assert [row for row in told() if row[1] == "Bob"] == []


def test_a_mention_that_is_written_later_is_told(channel, alice, bob):
    """An edit that names somebody, of whom nobody hears."""
    message = write(alice, channel, "Hello")
    told()
    chat.edit(member=alice, message=message.pk, body="Hello @Bob")
    assert ("mention", "Bob") in told()


def test_what_can_no_longer_be_read_says_nothing(channel, alice, bob):
    """A removed text, or one of a group that the reader has left, in an inbox."""
    message = write(alice, channel, "Hello @Bob")
    told()
    pair = (bob.pk, str(message.pk))
    assert kinds.shown([("mention", pair)])["mention", pair].title == "Alice mentioned you"
    chat.delete(member=alice, message=message.pk)
    assert kinds.shown([("mention", pair)]) == {}
    chat.delete(member=alice, message=message.pk, on=False)
    chat.end_participation(channel=channel.pk, member=bob, removed=True)
    assert kinds.shown([("mention", pair)]) == {}


def test_expansion_takes_no_query_for_each_person(channel, alice, django_assert_max_num_queries):
    write(alice, channel, "Hello")
    with django_assert_max_num_queries(25):
        expansion.run()


def test_what_leaves_the_site_is_queued_once_until_it_is_read(channel, alice, bob):
    """A push for each message of a lively evening; or none ever again."""
    PushSubscription.objects.create(member=bob, words="Firefox", endpoint_hash="x", sealed="", key_id="k")
    write(alice, channel, "One")
    told()
    waiting = Delivery.objects.filter(notification__member=bob)
    assert sorted(waiting.values_list("transport", flat=True)) == ["email", "push"]
    waiting.update(state=Delivery.State.SENT)
    write(alice, channel, "Two")
    told()
    assert {row.state for row in waiting.all()} == {Delivery.State.SENT}
    actions.mark_all_read(bob)
    write(alice, channel, "Three")
    told()
    assert {row.state for row in waiting.all()} == {Delivery.State.WAITING}
