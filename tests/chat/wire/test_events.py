"""What the processes of a site say to one another: servers of two releases do, while one replaces the other."""

import uuid

import pytest

from groups.chat.wire import events
from groups.chat.wire.outgoing import Change, ChangeSet

CHANNEL, MEMBER = "018f0000-0000-7000-8000-000000000001", uuid.UUID("018f0000-0000-7000-8000-000000000002")
ROW = Change(8, 3, '{"seq":3}', "joined", str(MEMBER), '{"type":"person"}')
PACKED = [
    (
        events.ChangesEvent(ChangeSet(CHANNEL, 7, 8, [ROW])),
        {"kind": "changes", "changes": (CHANNEL, 7, 8, [(8, 3, '{"seq":3}', "joined", str(MEMBER), '{"type":"person"}')])},
        f"channel.{CHANNEL}",
    ),
    (events.TypingEvent(CHANNEL, str(MEMBER)), {"kind": "typing", "channel": CHANNEL, "member": str(MEMBER)}, f"channel.{CHANNEL}"),
    (
        events.ReadEvent(MEMBER, CHANNEL, "a", events.ReadMark(3, 0, 8)),
        {"kind": "read", "member": str(MEMBER), "channel": CHANNEL, "by": "a", "mark": {"seq": 3, "unread": 0, "version": 8}},
        "hubs",
    ),
    (events.PersonEvent([CHANNEL], "{}"), {"kind": "person", "channels": [CHANNEL], "person": "{}"}, "hubs"),
    (events.MembershipEvent(MEMBER), {"kind": "membership", "member": str(MEMBER)}, "hubs"),
]


@pytest.mark.parametrize(("event", "packed", "group"), PACKED)
def test_an_event_is_packed_as_the_first_release_did(event: events.Event, packed: dict[str, object], group: str) -> None:
    """A key with another name or form: the other release hears of no change until it asks the database."""
    message = events.pack(event, origin="hub")
    assert message == {"type": "event", "origin": "hub", **packed} and event.group == group
    assert events.unpack(message) == event


@pytest.mark.parametrize("message", [{"kind": "of tomorrow"}, {"kind": "typing"}, {}])
def test_an_event_that_this_release_does_not_know_is_left_alone(message: dict[str, object]) -> None:
    """One exception would end the second in which the other events are taken, too."""
    assert events.unpack({"type": "event", "origin": "hub", **message}) is None
