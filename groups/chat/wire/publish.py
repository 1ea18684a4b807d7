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
from .events import ChangesEvent, Event, MembershipEvent, PersonEvent, ReadEvent, ReadMark, pack
from .frames import Ref
from .outgoing import ChangeSet, change_of, person_frame

SEND_SECONDS = 2.0
PUBLISH_SECONDS = 0.5  # where a page or a command waits for it
away = Outage("The connection to other processes", "they read the changes from the database.", seconds=10)


class EventTaker(Protocol):
    """What serves the sockets of this process: its hub."""

    def accept(self, event: Event) -> bool:
        """Take an event from any thread; false where the hub no longer runs."""


_hub: EventTaker | None = None


def set_hub(hub: EventTaker | None) -> None:
    """Name this process's hub, to which its events go."""
    global _hub
    _hub = hub


def changes_on_commit(channel: UUID, after: int, upto: int, messages: Sequence[Message]) -> None:
    """Publish the changes of a channel above version `after` up to `upto`, once the transaction is committed."""
    transaction.on_commit(partial(_publish_changes, str(channel), after, upto, messages), robust=True)


def _publish_changes(channel: str, after: int, upto: int, messages: Sequence[Message]) -> None:
    _publish(ChangesEvent(ChangeSet(channel, after, upto, [change_of(message) for message in messages])))


def membership_on_commit(member: UUID) -> None:
    """Have every hub check at once in which channels `member` takes part, once the transaction is committed."""
    transaction.on_commit(partial(_publish, MembershipEvent(member)), robust=True)


def read_on_commit(participant: Participant, *, by: str, ref: Ref) -> None:
    """Tell the member's own connections how far they have read and what is unread, after the commit.

    The one with the id `by` is told where it gave a `ref`. The participant comes with its channel and `with_unread`, read in one query:
    the version says which changes are counted.
    """
    mark = ReadMark(participant.read_seq, participant.unread, participant.channel.version)
    event = ReadEvent(participant.member_id, str(participant.channel_id), by, mark, ref)
    transaction.on_commit(partial(_publish, event), robust=True)


def person_on_commit(member: User) -> None:
    """Tell those who read in a channel what `member` wrote there their name and picture, once the transaction is committed."""
    channels = [str(pk) for pk in Participant.objects.filter(member=member).values_list("channel", flat=True)]
    transaction.on_commit(partial(_publish, PersonEvent(channels, person_frame(member))), robust=True)


def _publish(event: Event) -> None:
    if _hub is not None and _hub.accept(event):
        return
    layer = get_channel_layer()
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return  # no hub in this process, and no connection to another's: its liveness check will see the change
    if not away.may_try():
        return
    try:
        async_to_sync(_send)(layer, event)
    except Exception as error:
        away.begins(type(error).__name__)
    else:
        away.ends()


async def _send(layer: Any, event: Event) -> None:
    await asyncio.wait_for(layer.group_send(event.group, pack(event, origin="")), PUBLISH_SECONDS)
