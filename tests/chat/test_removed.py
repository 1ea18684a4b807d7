"""Removed messages: shown to nobody, restored by their author within the undo window, then wiped."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.centre.models import forget
from community.kit.errors import Refused
from community.members.models import User
from groups.chat import actions, hooks, reading, tasks
from groups.chat.models import Channel, Message, Reaction
from groups.peers.actions import leave
from tests.chat.pages import ClientOf, say, url

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def later(seconds: int) -> Any:
    return time_machine.travel(timezone.now() + dt.timedelta(seconds=seconds), tick=True)


def test_the_text_within_the_undo_window_is_shown_to_nobody(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A page, a history or a report that reads the column and not the row."""
    mine = say(alice, channel, "Sunflower")
    actions.delete(member=alice, message=mine.pk)
    for member in (alice, bob):
        for page in (client_of(member).get(url(channel)), client_of(member).get(url(channel, "history/"))):
            assert "Sunflower" not in page.content.decode()
        assert hooks.find_reported(member, mine.pk) is None
    other = say(bob, channel, "Next to it")
    near = hooks.find_reported(alice, other.pk)
    assert near and "Sunflower" not in str(near.around)


def test_after_a_moment_it_is_forgotten_and_cannot_come_back(alice: User, bob: User, channel: Channel) -> None:
    """A text that stays in the database for ever, and one that goes while it may still come back."""
    mine, kept = say(alice, channel, "Sunflower @bob"), say(alice, channel, "Stays")
    actions.react(member=bob, message=mine.pk, emoji="heart")
    actions.delete(member=alice, message=mine.pk)
    tasks.wipe_removed()
    assert Message.objects.get(pk=mine.pk).body == "Sunflower @bob"
    with later(31):
        with pytest.raises(Refused) as refusal:
            actions.delete(member=alice, message=mine.pk, on=False)
        assert refusal.value.code == "not_found" and "anymore" in refusal.value.sentence
        version = Channel.objects.get(pk=channel.pk).version
        tasks.wipe_removed()
    gone = Message.objects.get(pk=mine.pk)
    assert (gone.body, gone.html, gone.mentions, gone.undo_until) == ("", "", [], None) and gone.deleted_at
    assert not Reaction.objects.exists() and Message.objects.get(pk=kept.pk).body == "Stays"
    assert Channel.objects.get(pk=channel.pk).version == version, "nothing that anybody sees has changed"


def test_what_came_back_is_not_forgotten_and_counts_as_unread_again(alice: User, bob: User, channel: Channel) -> None:
    """A clock that goes by the removal and not by whether it still stands."""
    mine = say(alice, channel, "Sunflower")
    actions.delete(member=alice, message=mine.pk)
    assert reading.channels_of(bob)[0].unread == 0
    actions.delete(member=alice, message=mine.pk, on=False)
    with later(60):
        tasks.wipe_removed()
    assert Message.objects.get(pk=mine.pk).body == "Sunflower" and reading.channels_of(bob)[0].unread == 1


def test_signs_cost_one_query_a_page_however_many_there_are(
    alice: User, bob: User, faye: User, channel: Channel, client_of: ClientOf
) -> None:
    """A query for each row."""
    client = client_of(alice)
    client.get(url(channel))

    def queries() -> int:
        forget()  # the centre's settings, which are kept for some seconds
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url(channel)).status_code == 200
            assert client.get(url(channel, "history/")).status_code == 200
        return len(seen)

    first = say(bob, channel, "One")
    actions.react(member=alice, message=first.pk, emoji="heart")
    few = queries()
    for number in range(12):
        message = say(bob, channel, f"More {number}")
        for member in (alice, bob, faye):
            for emoji in Reaction.Emoji.values:
                actions.react(member=member, message=message.pk, emoji=emoji)
    assert queries() == few


def test_a_row_is_read_with_the_signs_of_its_version(alice: User, bob: User, channel: Channel) -> None:
    """One version sent with two contents: a reaction that comes between the reading of a row and of its signs. Chaos found it."""
    message, done = say(bob, channel, "One"), []

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if "chat_reaction" in sql and not done:
            done.append(sql)
            actions.react(member=alice, message=message.pk, emoji="heart")
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        page = reading.history(member=bob, channel=channel.pk)
    assert page and done
    row = page.rows[-1]
    assert (row["version"], row["reactions"]) in (
        (message.version, []),
        (message.version + 1, [{"emoji": "heart", "by": [str(alice.pk)]}]),
    )


def test_who_has_left_reacts_to_nothing_and_their_signs_stay(alice: User, bob: User, channel: Channel) -> None:
    """A right that is asked only when a page is opened."""
    message = say(alice, channel, "Hello")
    actions.react(member=bob, message=message.pk, emoji="hug")
    leave(member=bob, group=channel.groups.get())
    with pytest.raises(Refused) as refusal:
        actions.react(member=bob, message=message.pk, emoji="heart")
    assert refusal.value.code == "not_found"
    page = reading.history(member=alice, channel=channel.pk)
    assert page
    row = next(row for row in page.rows if row["id"] == str(message.pk))
    assert row["reactions"] == [{"emoji": "hug", "by": [str(bob.pk)]}]
    assert {"id": str(bob.pk), "name": bob.name} in [{"id": each["id"], "name": each["name"]} for each in page.people]
