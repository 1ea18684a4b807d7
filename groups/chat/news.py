"""News of what was committed, for the hubs of every process. It may get lost: the rows are the truth, and hubs read gaps.

A process that serves sockets hands its news to its own hub, which passes it on. Any other (a page worker, a command)
sends it through the channel layer. Neither ever fails the write that it tells of.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

from community.kit.outage import Outage

from .frames import Batch, Change, change_of, encode, person_of
from .models import Message, Participant

EVERYONE = "hubs"  # the layer group that every hub is in
SEND_SECONDS = 2.0
TELL_SECONDS = 0.5  # where a page or a command waits for it
away = Outage("The way to other processes", "they read news from the database.", seconds=10)


class Hub(Protocol):
    """What serves the sockets of this process."""

    def accept(self, group: str, item: dict[str, Any]) -> bool:
        """Take news from any thread; false where it is no longer there to take it."""


_hub: Hub | None = None


def set_hub(hub: Hub | None) -> None:
    """Name this process's hub, to which its news goes."""
    global _hub
    _hub = hub


def group_of(channel: str) -> str:
    """Return the layer group of a channel's news."""
    return f"channel.{channel}"


def changes_on_commit(channel: UUID, after: int, upto: int, messages: Sequence[Message]) -> None:
    """Tell of the changes of a channel above `after` up to `upto`, once the transaction is committed."""
    transaction.on_commit(partial(_tell_changes, str(channel), after, upto, messages), robust=True)


def _tell_changes(channel: str, after: int, upto: int, messages: Sequence[Message]) -> None:
    batch = Batch(channel, after, upto, [change_of(message) for message in messages])
    _tell(group_of(channel), {"kind": "changes", "batch": [*batch[:3], [list(change) for change in batch.changes]]})


def membership(member: UUID) -> None:
    """Tell every hub to look at once into which channels `member` may."""
    _tell(EVERYONE, {"kind": "membership", "member": str(member)})


def read_on_commit(place: Participant, *, by: str) -> None:
    """Tell the member's own screens how far they have read and what is unread, once that is committed; but for the socket `by`.

    `place` comes with its channel and its count (`with_unread`), read at one moment: its version says which changes are counted.
    """
    mark = {"seq": place.read_seq, "unread": place.unread, "version": place.channel.version}
    item = {"kind": "read", "member": str(place.member_id), "channel": str(place.channel_id), "by": by, "mark": mark}
    transaction.on_commit(partial(_tell, EVERYONE, item), robust=True)


def person_on_commit(member: Any) -> None:
    """Tell those who share a channel with `member` what they are called now, once the transaction is committed."""
    channels = [str(pk) for pk in Participant.objects.filter(member=member, left_version=None).values_list("channel", flat=True)]
    person = encode({"type": "person", **person_of(member)})
    transaction.on_commit(partial(_tell, EVERYONE, {"kind": "person", "channels": channels, "person": person}), robust=True)


def batch_of(item: dict[str, Any]) -> Batch:
    """Return the batch that a news item of kind "changes" carries."""
    channel, after, upto, changes = item["batch"]
    return Batch(channel, after, upto, [Change(*change) for change in changes])


def _tell(group: str, item: dict[str, Any]) -> None:
    if _hub is not None and _hub.accept(group, item):
        return
    layer = get_channel_layer()
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return  # no hub in this process, and no way to another's: its poll will see the change
    if not away.may_try():
        return
    try:
        async_to_sync(_send)(layer, group, item)
    except Exception as error:
        away.begins(type(error).__name__)
    else:
        away.ends()


async def _send(layer: Any, group: str, item: dict[str, Any]) -> None:
    await asyncio.wait_for(layer.group_send(group, {"type": "news", "origin": "", **item}), TELL_SECONDS)
