"""Switches off, one at a time, what keeps the promises of delivery. Only the self-test does so, in processes of its own.

Each patch replaces something by its name, and fails where there is nothing of that name.
"""

import asyncio
import dataclasses
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.db import transaction

from community.kit.ops.database import in_thread
from community.notifications.expansion import Renewal
from groups.chat import actions, notifying, reading
from groups.chat.commands import Batch
from groups.chat.models import Channel, Message, NotificationCursor, Participant, utc
from groups.chat.wire import frames, greeting, hub, publish, sockets, writer


def switch_off(name: str) -> None:
    """Patch this process so that the safeguard of that name is off."""
    SAFEGUARDS[name]()


def _replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    setattr(owner, name, make(getattr(owner, name)))


def commit_before_ack() -> None:
    """Acknowledge a message when its row is written, a moment before the commit."""

    def hasty(_commit: Any) -> Any:
        async def commit(self: writer.Writer, commands: Any) -> Any:
            loop, acked = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

            def work() -> None:
                with transaction.atomic():
                    results = Batch(commands).run()
                    loop.call_soon_threadsafe(acked.set_result, results)
                    time.sleep(0.6)

            loop.run_in_executor(None, work)
            return await acked

        return commit

    _replace(writer.Writer, "_commit", hasty)


def idempotency() -> None:
    """Look for no earlier try of a message. The trial drops the constraint."""

    def forgetful(read: Any) -> Any:
        def without(self: Any) -> None:
            read(self)
            self.known = {}

        return without

    _replace(Batch, "_read", forgetful)


def subscribing_first() -> None:
    """Read what was missed before the socket is subscribed."""

    def other_way_round(_hello: Any) -> Any:
        async def hello(self: sockets.Socket, frame: frames.HelloFrame) -> None:
            self.greeted, self._held = True, []
            self._hub.connect(self)
            mine = await in_thread(reading.channels_of, self.member)
            await self._push_waiting(await in_thread(greeting.ready, self.member, mine))
            for view in mine:
                cursor = frame.cursors.get(str(view.id))
                if cursor is not None and cursor != view.version:
                    await self._catch_up(view.id, cursor, frame.ref)
            await asyncio.sleep(2.5)
            await self._hub.subscribe(self, await in_thread(reading.participations_of, self.member))
            self._release()
            self.ready = True

        return hello

    _replace(sockets.Socket, "_hello", other_way_round)


def commit_before_publishing() -> None:
    """Publish changes when they are written, a moment before the commit."""

    def early(_publish: Any) -> Any:
        def changes(channel: UUID, after: int, upto: int, messages: Any) -> None:
            publish._publish_changes(str(channel), after, upto, messages)
            time.sleep(0.6)

        return changes

    _replace(publish, "changes_on_commit", early)


def _silently(carry_out: Any) -> Any:
    """A command that is carried out and stored without a new version of the message."""

    def without(self: Batch, command: Any) -> Any:
        with patch.object(self, "_change", lambda message: self.changed.setdefault(message.id, message)):
            return carry_out(self, command)

    return without


def version_of_an_edit() -> None:
    """Store an edit without a version of its own."""
    _replace(Batch, "_edit", _silently)


def version_of_a_reaction() -> None:
    """Store a reaction without a version of its own."""
    _replace(Batch, "_react", _silently)


def emptiness_of_removed_rows() -> None:
    """Send removed messages with their text, which the database still has within the undo window."""

    def whole(row: Any) -> Any:
        def without(self: Message) -> Any:
            deleted, self.deleted_at = self.deleted_at, None
            try:
                return row(self) | {"deleted": utc(deleted)}
            finally:
                self.deleted_at = deleted

        return without

    _replace(Message, "row", whole)


def removal_in_the_stream() -> None:
    """End a participation without a notice, and check no connection for whether it still belongs."""

    def beside(_end_participation: Any) -> Any:
        def end_participation(*, channel: UUID, member: Any, removed: bool) -> None:
            version = Channel.objects.select_for_update().get(pk=channel).version
            Participant.objects.filter(channel=channel, member=member).update(left_version=version, draft="", drafted_at=None)

        return end_participation

    def unchecked(_check: Any) -> Any:
        async def check(self: hub.Hub) -> None:
            return

        return check

    _replace(actions, "end_participation", beside)
    _replace(hub.Hub, "check", unchecked)


def first_row_at_resume() -> None:
    """Begin one version too late when a client catches up."""

    def later(changes: Any) -> Any:
        return lambda channel, version, upto, first_seq: changes(channel, version + 1, upto, first_seq)

    _replace(reading, "_changes", later)


def first_seq_of_newcomers() -> None:
    """Show newcomers of every group all that was written before they joined."""

    def whole(readable: Any) -> Any:
        def without(participant: Any) -> Any:
            participant.first_seq = 1
            return readable(participant)

        return without

    _replace(reading, "_readable", whole)


def rows_before_the_cursor() -> None:
    """Move the cursor of a channel before its members are notified."""

    def other_way_round(notify_members: Any) -> Any:
        def hasty(renewal: Renewal, members: Any) -> None:
            assert renewal.within
            channel = Channel.objects.get(pk=renewal.within)
            NotificationCursor.objects.filter(pk=channel.pk).update(seq=channel.seq, version=channel.version)
            time.sleep(0.3)
            notify_members(renewal, members)

        return hasty

    _replace(notifying, "notify_members", other_way_round)


def blocks_of_who_is_told() -> None:
    """Notify members also of those whom they have blocked."""

    def unasked(of: Any) -> Any:
        return lambda channel, rows: dataclasses.replace(of(channel, rows), blocks=set())

    _replace(notifying._Readers, "of", unasked)


SAFEGUARDS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        commit_before_ack, idempotency, subscribing_first, commit_before_publishing, version_of_an_edit, removal_in_the_stream,
        first_row_at_resume, first_seq_of_newcomers, version_of_a_reaction, emptiness_of_removed_rows,
        rows_before_the_cursor, blocks_of_who_is_told,
    )
}  # fmt: skip
