"""Publishes what was committed to the hubs of every process. An event may get lost: the rows are the truth, and hubs read gaps.

A process that serves sockets gives its events to its own hub, which passes them on. Any other (a page worker, a command)
sends them through the channel layer. Neither ever fails the write that an event is about.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

from community.kit.ops.outage import Outage
from community.members.models import User

from ..models import Message, Participant
from .outgoing import Change, ChangeSet, change_of, person_frame

EVERYONE = "hubs"  # the layer group that every hub is in
SEND_SECONDS = 2.0
PUBLISH_SECONDS = 0.5  # where a page or a command waits for it
away = Outage("The way to other processes", "they read the changes from the database.", seconds=10)

Event = dict[str, Any]  # what the layer carries: its `kind` says which keys it has


class Hub(Protocol):
    """What serves the sockets of this process."""

    def accept(self, group: str, event: Event) -> bool:
        """Take an event from any thread; false where the hub is no longer there to take it."""


_hub: Hub | None = None


def set_hub(hub: Hub | None) -> None:
    """Name this process's hub, to which its events go."""
    global _hub
    _hub = hub


def group_of(channel: str) -> str:
    """Return the layer group of a channel's events."""
    return f"channel.{channel}"


def changes_on_commit(channel: UUID, after: int, upto: int, messages: Sequence[Message]) -> None:
    """Publish the changes of a channel above `after` up to `upto`, once the transaction is committed."""
    transaction.on_commit(partial(_publish_changes, str(channel), after, upto, messages), robust=True)


def _publish_changes(channel: str, after: int, upto: int, messages: Sequence[Message]) -> None:
    change_set = ChangeSet(channel, after, upto, [change_of(message) for message in messages])
    _publish(group_of(channel), {"kind": "changes", "changes": [*change_set[:3], [list(change) for change in change_set.changes]]})


def membership(member: UUID) -> None:
    """Have every hub check at once into which channels `member` may."""
    _publish(EVERYONE, {"kind": "membership", "member": str(member)})


def read_on_commit(place: Participant, *, by: str) -> None:
    """Tell the member's own screens how far they have read and what is unread, once that is committed; but for the socket `by`.

    `place` comes with its channel and its count (`with_unread`), read at one moment: its version says which changes are counted.
    """
    mark = {"seq": place.read_seq, "unread": place.unread, "version": place.channel.version}
    event = {"kind": "read", "member": str(place.member_id), "channel": str(place.channel_id), "by": by, "mark": mark}
    transaction.on_commit(partial(_publish, EVERYONE, event), robust=True)


def person_on_commit(member: User) -> None:
    """Tell those who share a channel with `member` what they are called now, once the transaction is committed."""
    channels = [str(pk) for pk in Participant.objects.filter(member=member, left_version=None).values_list("channel", flat=True)]
    person = person_frame(member)
    transaction.on_commit(partial(_publish, EVERYONE, {"kind": "person", "channels": channels, "person": person}), robust=True)


def change_set_of(event: Event) -> ChangeSet:
    """Return the changes that an event of kind "changes" carries."""
    channel, after, upto, changes = event["changes"]
    return ChangeSet(channel, after, upto, [Change(*change) for change in changes])


def _publish(group: str, event: Event) -> None:
    if _hub is not None and _hub.accept(group, event):
        return
    layer = get_channel_layer()
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return  # no hub in this process, and no way to another's: its liveness check will see the change
    if not away.may_try():
        return
    try:
        async_to_sync(_send)(layer, group, event)
    except Exception as error:
        away.begins(type(error).__name__)
    else:
        away.ends()


async def _send(layer: Any, group: str, event: Event) -> None:
    await asyncio.wait_for(layer.group_send(group, {"type": "event", "origin": "", **event}), PUBLISH_SECONDS)
