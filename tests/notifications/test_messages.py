"""What the members of a conversation are notified of, once and in time, and no longer than they may read it."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from community.members.models import User
from community.notifications import actions, deliveries, expansion, kinds
from community.notifications.kinds import Transport
from community.notifications.models import Delivery, Notification, PushSubscription
from community.safety.models import Block
from groups.chat import actions as chat
from groups.chat.models import Participant, Reaction
from tests.notifications.kills import before, killed_before_each_statement
from tests.races import at_once, meet

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
    told()  # how the group was made
    people = User.objects.bulk_create(User(email=f"m{n}@example.org", name=f"Member {n}x", name_key=f"member{n}x") for n in range(60))
    Participant.objects.bulk_create(Participant(channel=channel, member=person, involvement="everything") for person in people)
    for message in ("who has none yet", "who has one unread", "who was told long ago"):
        write(alice, channel, message)
        with django_assert_max_num_queries(25):
            expansion.run()
        Notification.objects.update(told_at=timezone.now() - dt.timedelta(days=2))


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_what_stays_unread_is_told_again_a_day_later(channel, alice, bob, state):
    """One e-mail on the first evening, and none in all the weeks after it; or one for each message."""
    write(alice, channel, "One")
    told()
    mine = Delivery.objects.filter(notification__member=bob)
    mine.update(state=state)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=23)):
        write(alice, channel, "Two")
        told()
    assert {row.state for row in mine.all()} == {state}
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        write(alice, channel, "Three")
        told()
    assert {row.state for row in mine.all()} == {"waiting"}
    expansion.run()
    assert mine.count() == 1


@pytest.mark.parametrize("way", ["delete", "block"])
def test_what_was_taken_back_before_it_was_read_does_not_leave(channel, alice, bob, way):
    """A phone that rings, and a page that says that there is nothing."""
    chat.mark_read(member=bob, channel=channel.pk, seq=channel.seq)
    message = write(alice, channel, "Hello")
    assert ("messages", "Bob") in told()
    pair = (bob.pk, str(channel.pk))
    assert kinds.shown([("messages", pair)])
    if way == "delete":
        chat.delete(member=alice, message=message.pk)
    else:
        Block.objects.create(blocker=bob, blocked=alice)
    assert kinds.shown([("messages", pair)]) == {}


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


def test_who_has_read_a_message_already_has_nothing_unread(channel, alice, bob):
    """A number beside the group in which somebody reads along, and an e-mail about what they have seen."""
    message = write(alice, channel, "Hello @Bob")
    chat.mark_read(member=bob, channel=channel.pk, seq=message.seq)
    assert [row for row in told() if row[1] == "Bob"] == []
    assert Notification.objects.filter(member=bob, kind="mention").count() == 1


def test_whoever_is_mentioned_by_an_edit_hears_of_new_messages_too(channel, alice, bob):
    """New messages that nobody hears of, since an old one that names them was given a heart."""
    first = write(alice, channel, "Hello @Bob")
    told()
    chat.mark_read(member=bob, channel=channel.pk, seq=10**9)
    chat.react(member=alice, message=first.pk, emoji=Reaction.Emoji.values[0])
    write(alice, channel, "And all the others")
    assert ("messages", "Bob") in told()


def test_one_message_is_told_once_to_whom_it_answers_and_mentions(channel, alice, bob):
    """Two rows of one message, at once or after an edit."""
    first = write(bob, channel, "Is anybody up?")
    told()
    answer = write(alice, channel, "I am", reply_to=first.pk)
    told()
    chat.edit(member=alice, message=answer.pk, body="I am, @Bob")
    told()
    assert Notification.objects.filter(member=bob, about=str(answer.pk)).count() == 1


def test_a_mention_that_is_taken_back_says_nothing(channel, alice, bob):
    """ "Alice replied to you", who never did."""
    message = write(alice, channel, "Hello @Bob")
    told()
    chat.edit(member=alice, message=message.pk, body="Hello")
    assert kinds.shown([("mention", (bob.pk, str(message.pk)))]) == {}


def test_a_message_that_is_edited_while_others_are_told_is_told_as_a_new_one(channel, alice, bob, faye):
    """A message that Bob hears of never: it counts as an edit of one that came before the newest, whose author he has blocked."""
    Block.objects.create(blocker=bob, blocked=faye)
    first = write(alice, channel, "Hello")
    write(faye, channel, "Hello you")
    with before('FROM "chat_notificationcursor"', lambda: chat.edit(member=alice, message=first.pk, body="Hello all")):
        expansion.run()
    assert ("messages", "Bob") in told()


def test_a_conversation_that_is_deleted_while_its_members_are_told_leaves_nothing(channel, alice, bob, monkeypatch):
    """Whom the worker came to afterwards had something unread that led nowhere."""
    told()
    Notification.objects.all().delete()
    write(alice, channel, "Hello")
    monkeypatch.setattr(expansion, "CHUNK", 1)
    turns = iter([lambda: None, lambda: chat.remove_channel(channel=channel.pk)])
    monkeypatch.setattr(expansion.time, "sleep", lambda _seconds: next(turns, int)())
    expansion.run()
    assert not Notification.objects.exists() and not Delivery.objects.exists()


@pytest.mark.parametrize("body", ["Hello @Bob", "Hello"])
def test_a_worker_that_is_killed_anywhere_tells_of_a_message_once(channel, alice, bob, body):
    """A cursor that moves before the rows are there."""
    kind = "mention" if "@" in body else "messages"
    write(alice, channel, body)
    for n in killed_before_each_statement(expansion.run):
        expansion.run()
        mine = Notification.objects.unread().filter(member=bob, kind=kind)
        assert mine.count() == 1, f"killed before statement {n}"
        assert Delivery.objects.filter(notification__in=mine).count() == 1
        Notification.objects.all().delete()
        write(alice, channel, body)
    assert n > 10


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_mark_that_moves_while_they_are_told_leaves_nothing_unread(channel, alice, bob):
    """A number that stays beside a group until somebody writes again."""
    told()
    message = write(alice, channel, "Hello @Bob")

    def work(case):
        if case == "tell":
            with before('INSERT INTO "notifications_notification"', meet):
                expansion.run()
        else:
            with before('UPDATE "notifications_notification"', meet):
                chat.mark_read(member=bob, channel=channel.pk, seq=message.seq)

    at_once(work, ("tell", "read"))
    assert not Notification.objects.unread().filter(member=bob).exists()
    assert Notification.objects.filter(member=bob, kind="mention").count() == 1


@pytest.mark.parametrize(
    ("transport", "seconds", "most"), [(Transport.EMAIL, 20, 2), (Transport.PUSH, 1, 4)], ids=["an e-mail each time", "pushes"]
)
def test_whoever_is_mentioned_without_end_is_told_once_in_each_delay(channel, alice, bob, reached, transport, seconds, most):
    """One member could have another's phone ring each second, and fill their mailbox with six hundred e-mails in a quarter of an hour."""
    reached([bob])
    told = 0
    with time_machine.travel(dt.datetime(2027, 3, 3, 12, tzinfo=dt.UTC), tick=False) as clock:
        for n in range(40):
            write(alice, channel, f"@Bob {n}")
            expansion.run()
            told += sum(claim.close(Delivery.State.SENT) for claim in deliveries.claim(transport))
            clock.shift(seconds)
    assert 0 < told <= most
