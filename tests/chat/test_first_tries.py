"""A message whose first try had no answer is changed and removed by its client_id."""

import uuid

import msgspec
import pytest

from community.kit.errors import Refused
from community.members.models import User
from groups.chat import actions
from groups.chat.commands import Delete, Edit, Send
from groups.chat.models import Channel, Message
from groups.chat.wire import frames
from groups.peers.actions import leave

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def edited(member: User, number: uuid.UUID, body: str = "Changed") -> Edit:
    return Edit(member.pk, None, body, number)


def removed(member: User, number: uuid.UUID) -> Delete:
    return Delete(member.pk, None, client_id=number)


def code(result: object) -> str:
    assert isinstance(result, Refused)
    return result.code


def test_it_is_changed_and_removed_where_it_arrived(alice: User, channel: Channel) -> None:
    """A second message, or a first that stays, of whoever had no answer."""
    number = uuid.uuid4()
    sent = actions.send(member=alice, channel=channel.pk, client_id=number, body="First")
    [changed] = actions.write_many([edited(alice, number)])
    assert isinstance(changed, Message) and (changed.pk, changed.body, changed.seq) == (sent.pk, "Changed", sent.seq) and changed.edited_at
    [gone] = actions.write_many([removed(alice, number)])
    assert isinstance(gone, Message) and gone.pk == sent.pk and gone.deleted_at
    [again] = actions.write_many([removed(alice, number)])
    assert isinstance(again, Message) and again.version == gone.version


def test_where_it_did_not_arrive_that_is_said_and_nothing_is_made(alice: User, channel: Channel) -> None:
    """A message that is shown to all for a moment, only to be removed."""
    number, before = uuid.uuid4(), Channel.objects.get(pk=channel.pk).version
    assert [code(each) for each in actions.write_many([edited(alice, number), removed(alice, number)])] == ["not_found"] * 2
    assert Channel.objects.get(pk=channel.pk).version == before
    sent = actions.send(member=alice, channel=channel.pk, client_id=number, body="Changed")
    with pytest.raises(Refused, match="under this number"):
        actions.send(member=alice, channel=channel.pk, client_id=number, body="First")
    assert channel.messages.filter(client_id=number).get().pk == sent.pk


def test_in_one_commit_with_others_each_has_its_own(alice: User, bob: User, channel: Channel) -> None:
    """An order of one that reaches the message of another, or that fails those it shares a commit with."""
    numbers = [uuid.uuid4() for _ in range(3)]
    first, second, third = (
        actions.send(member=who, channel=channel.pk, client_id=number, body="First")
        for who, number in zip((alice, bob, alice), numbers, strict=True)
    )
    commands = [
        edited(alice, numbers[0], "A"),
        edited(alice, numbers[1], "B"),
        Send(bob.pk, channel.pk, uuid.uuid4(), "C"),
        removed(alice, numbers[2]),
    ]
    one, other, sent, gone = actions.write_many(commands)
    assert isinstance(one, Message) and one.pk == first.pk and one.body == "A"
    assert code(other) == "not_found" and Message.objects.get(pk=second.pk).body == "First"
    assert isinstance(sent, Message) and isinstance(gone, Message) and gone.pk == third.pk


def test_who_has_left_changes_nothing_any_more(alice: User, channel: Channel) -> None:
    """A way round the end of a membership."""
    number = uuid.uuid4()
    actions.send(member=alice, channel=channel.pk, client_id=number, body="First")
    leave(member=alice, group=channel.groups.get())
    assert [code(each) for each in actions.write_many([edited(alice, number), removed(alice, number)])] == ["not_found"] * 2


@pytest.mark.parametrize("more", [{}, {"id": str(uuid.uuid4()), "client_id": str(uuid.uuid4())}, {"client_id": "1"}, {"client_id": None}])
@pytest.mark.parametrize("kind", [{"type": "edit", "body": "Changed"}, {"type": "delete"}])
def test_a_frame_names_one_message_once(kind: dict[str, str], more: dict[str, str]) -> None:
    """A frame of which the server obeys one half."""
    with pytest.raises(frames.BadFrame):
        frames.decode(msgspec.json.encode(kind | more).decode())
