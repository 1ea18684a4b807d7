"""The hub by itself: what it hands on, and how far it believes to be."""

import json
import uuid
from types import SimpleNamespace

import pytest

from groups.chat.reading import Missed
from groups.chat.wire import hub
from groups.chat.wire.outgoing import Change, ChangeSet

pytestmark = pytest.mark.anyio
CHANNEL = str(uuid.uuid4())


class Screen:
    """A socket that keeps what it is handed."""

    def __init__(self):
        self.member, self.heard = SimpleNamespace(id=uuid.uuid4()), []

    def push(self, frame, *, may_drop=False):
        self.heard.append(json.loads(frame))


def changes(after, upto):
    return [Change(version, version, json.dumps({"version": version})) for version in range(after + 1, upto + 1)]


@pytest.mark.parametrize("reached", [11, 12, 13])
async def test_news_that_goes_further_than_the_rows_of_a_gap_moves_no_head_back(monkeypatch, reached):
    """Rows that are sent twice, since the reading of a gap was slower than the event."""
    here, screen, subscription = hub.Hub(), Screen(), hub.Subscription(CHANNEL)
    subscription.delivered_version, subscription.connections = 10, {screen: 1}
    here.subscriptions[CHANNEL] = subscription
    read = []

    async def in_thread(work, channel, after):
        read.append(after)
        if len(read) == 1:
            here.apply_changes(ChangeSet(CHANNEL, 10, 13, changes(10, 13)))
            assert subscription.delivered_version == 13
        return Missed(max(after, reached), changes(after, reached))

    monkeypatch.setattr(hub, "in_thread", in_thread)
    subscription.announced_version = 12
    await here._backfill(subscription)
    assert subscription.delivered_version == 13 and subscription.announced_version == 13
    assert [row["version"] for frame in screen.heard for row in frame["messages"]] == [11, 12, 13]
