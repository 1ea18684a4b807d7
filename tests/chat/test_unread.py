"""What counts as unread: what others wrote, that still stands and that this member sees."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.kit import limits
from community.members.models import User
from community.safety.actions import block, unblock
from groups.chat import actions, reading
from groups.chat.models import Channel, Message, Participant
from groups.chat.wire.events import Event, ReadEvent
from tests.cast import bring_in, make_group
from tests.chat.pages import ClientOf, say, text_of, url

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def unread(member: User, channel: Channel) -> int:
    return next(view.unread for view in reading.channels_of(member) if view.id == channel.pk)


@pytest.fixture
def read_all(alice: User, channel: Channel) -> None:
    actions.mark_read(member=alice, channel=channel.pk, seq=10_000)


@pytest.mark.usefixtures("read_all")
def test_what_others_wrote_counts_and_nothing_else(
    ada: User, alice: User, bob: User, charlie: User, faye: User, mo: User, channel: Channel
) -> None:
    """A number that grows by who came, by one's own words, by what was removed, or by somebody whom one has blocked."""
    kept = [say(bob, channel, f"Kept {number}") for number in range(2)]
    assert unread(alice, channel) == 2
    bring_in(actor=ada, group=channel.groups.get(), member=charlie)
    say(alice, channel, "My own")
    actions.delete(member=bob, message=say(bob, channel, "Removed").pk)
    actions.hide(actor=mo, message=say(bob, channel, "Hidden").pk)
    say(faye, channel, "From Faye")
    assert unread(alice, channel) == 3
    block(member=alice, other=faye)
    assert unread(alice, channel) == 2
    unblock(member=alice, other=faye)
    assert unread(alice, channel) == 3
    actions.mark_read(member=alice, channel=channel.pk, seq=kept[0].seq)
    assert unread(alice, channel) == 2
    actions.mark_read(member=alice, channel=channel.pk, seq=10_000)
    assert unread(alice, channel) == 0


@pytest.mark.usefixtures("read_all")
def test_what_somebody_wrote_whose_account_was_erased_counts_still(alice: User, bob: User, channel: Channel) -> None:
    """A comparison with nobody, which the database answers with neither yes nor no."""
    message = say(bob, channel, "Before I went")
    block(member=alice, other=bob)
    Message.objects.filter(pk=message.pk).update(author=None)
    assert unread(alice, channel) == 1


def test_what_was_said_before_ones_time_does_not_count(ada: User, alice: User, bob: User, faye: User) -> None:
    """A newcomer met by a number of messages that they may not read."""
    group = make_group(actor=ada, facilitator=faye, members=(bob,), name="From today", history_visibility="joining")
    channel = group.channels.get()
    say(bob, channel, "Before Alice")
    bring_in(actor=ada, group=group, member=alice)
    Participant.objects.filter(channel=channel, member=alice).update(read_seq=0)
    assert unread(alice, channel) == 0
    say(bob, channel, "Hello Alice")
    assert unread(alice, channel) == 1


@pytest.mark.usefixtures("read_all")
def test_the_mark_stands_only_above_what_counts(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A page that says "New since you were here" of what is gone or folded away, while its list says that nothing is."""
    actions.delete(member=bob, message=say(bob, channel, "Removed").pk)
    say(bob, channel, "Unwanted")
    block(member=alice, other=bob)
    assert "New since" not in text_of(client_of(alice).get(url(channel)))
    unblock(member=alice, other=bob)
    assert "New since" in text_of(client_of(alice).get(url(channel)))


def flood(channel: Channel, author: User, many: int) -> None:
    """Store many messages at once."""
    channel.refresh_from_db()
    Message.objects.bulk_create(
        Message(
            channel=channel, author=author, seq=n, version=n, client_id=uuid.uuid4(), body="Flood", html="<p>Flood</p>", body_fingerprint=""
        )
        for n in range(channel.seq + 1, channel.seq + many + 1)
    )
    Channel.objects.filter(pk=channel.pk).update(seq=channel.seq + many, version=channel.seq + many)


@pytest.mark.usefixtures("read_all")
def test_nobody_is_shown_a_number_beyond_99(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A count through a hundred thousand rows, for a number that helps nobody."""
    flood(channel, bob, 99)
    client = client_of(alice)
    assert "99 new messages" in text_of(client.get("/today/"))
    flood(channel, bob, 51)
    assert unread(alice, channel) == limits.MAX_UNREAD == 100
    for path in ("/today/", url(channel)):
        assert "99+ new messages" in text_of(client.get(path))


def test_the_count_is_one_query_with_the_list(ada: User, alice: User, bob: User, faye: User, channel: Channel) -> None:
    """A count a channel."""
    with CaptureQueriesContext(connection) as few:
        reading.channels_of(alice)
    for number in range(3):
        other: Any = make_group(actor=ada, facilitator=faye, members=(alice, bob), name=f"Another {number}")
        say(bob, other.channels.get(), "Hello")
    with CaptureQueriesContext(connection) as many:
        assert len(reading.channels_of(alice)) == 4
    assert len(few) == len(many) == 1


def test_a_mark_is_published_once_it_is_committed(
    alice: User, channel: Channel, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Other screens told of a mark that is then rolled back."""
    published: list[Event] = []
    monkeypatch.setattr("groups.chat.wire.publish._publish", published.append)
    with django_capture_on_commit_callbacks(execute=True):
        actions.mark_read(member=alice, channel=channel.pk, seq=1)
        assert published == []
    [event] = published
    assert isinstance(event, ReadEvent) and event.mark.seq >= 1 and event.mark.unread == 0


def test_an_answer_marks_as_read_only_what_its_page_begins_after(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """Without a script an answer marked the whole channel as read, and with it what stood above the page and was never shown."""
    for number in range(120):
        say(bob, channel, f"Number {number}")
    client, before = client_of(alice), unread(alice, channel)
    page = client.get(url(channel)).content.decode()
    assert 'name="seen"' not in page
    client.post(url(channel, "send/"), {"body": "An answer", "client_id": str(uuid.uuid4())})
    assert unread(alice, channel) == before
    actions.mark_read(member=alice, channel=channel.pk, seq=channel.messages.count() - 20)
    assert 'name="seen"' in client.get(url(channel)).content.decode()


def test_a_mark_that_moves_nothing_is_published_too(
    alice: User, bob: User, channel: Channel, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """A screen that cannot know its count, and that nobody answers."""
    published: list[ReadEvent] = []
    monkeypatch.setattr("groups.chat.wire.publish._publish", published.append)
    message = say(bob, channel, "New")
    for seq in (message.seq, 0):
        with django_capture_on_commit_callbacks(execute=True):
            actions.mark_read(member=alice, channel=channel.pk, seq=seq, by="this screen")
    assert [(event.by, event.mark.seq) for event in published] == [("this screen", message.seq), ("", message.seq)]
