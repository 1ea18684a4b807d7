"""Switches off, one at a time, what keeps the promises of delivery. Only the self-test does so, in processes of its own.

Each patch replaces something by its name and fails where that is gone, so that none can stop working unnoticed.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from community.kit.ops.database import in_thread
from groups.chat import actions, reading
from groups.chat.commands import Batch
from groups.chat.models import Channel, Message, Participant, utc
from groups.chat.wire import frames, greeting, hub, publish, sockets, writer


def switch_off(name: str) -> None:
    """Patch this process so that the safeguard of that name is gone."""
    SAFEGUARDS[name]()


def _replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    setattr(owner, name, make(getattr(owner, name)))


def commit_before_ack() -> None:
    """Tell the sender when the rows are written, a moment before they are committed."""

    def hasty(_commit: Any) -> Any:
        async def commit(self: writer.Writer, commands: Any) -> Any:
            loop, told = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

            def work() -> None:
                with transaction.atomic():
                    results = Batch(commands).run()
                    loop.call_soon_threadsafe(told.set_result, results)
                    time.sleep(0.6)

            loop.run_in_executor(None, work)
            return await told

        return commit

    _replace(writer.Writer, "_commit", hasty)


def idempotency() -> None:
    """Look for no earlier try of a message; the constraint is dropped by the trial."""

    def forgetful(read: Any) -> Any:
        def without(self: Any) -> None:
            read(self)
            self.known = {}

        return without

    _replace(Batch, "_read", forgetful)


def subscribing_first() -> None:
    """Read what was missed before the socket is in its rooms."""

    def other_way_round(_hello: Any) -> Any:
        async def hello(self: sockets.Socket, frame: frames.Hello) -> None:
            self.greeted, self._held = True, []
            self._hub.connect(self)
            mine = await in_thread(reading.channels_of, self.member)
            await self._put(await in_thread(greeting.ready, self.member, mine))
            for view in mine:
                cursor = frame.cursors.get(str(view.id))
                if cursor is not None and cursor != view.version:
                    await self._catch_up(view.id, cursor)
            await asyncio.sleep(2.5)
            await self._hub.subscribe(self, await in_thread(reading.participations_of, self.member))
            self._release()
            self.ready = True

        return hello

    _replace(sockets.Socket, "_hello", other_way_round)


def commit_before_news() -> None:
    """Tell of changes while they are only written, a moment before they are committed."""

    def early(_tell: Any) -> Any:
        def changes(channel: UUID, after: int, upto: int, messages: Any) -> None:
            publish._publish_changes(str(channel), after, upto, messages)
            time.sleep(0.6)

        return changes

    _replace(publish, "changes_on_commit", early)


def _silently(carry_out: Any) -> Any:
    """A command that is carried out and stored, and gives the message no number of its own."""

    def without(self: Batch, command: Any) -> Any:
        with patch.object(self, "_change", lambda message: self.changed.setdefault(message.id, message)):
            return carry_out(self, command)

    return without


def version_of_an_edit() -> None:
    """Store an edit without a number of its own."""
    _replace(Batch, "_edit", _silently)


def version_of_a_sign() -> None:
    """Store a reaction without a number of its own."""
    _replace(Batch, "_react", _silently)


def emptiness_of_what_is_gone() -> None:
    """Tell of what was taken back with all that it said, as the database keeps it for a moment."""

    def whole(row: Any) -> Any:
        def without(self: Message) -> Any:
            gone, self.deleted_at = self.deleted_at, None
            try:
                return row(self) | {"deleted": utc(gone)}
            finally:
                self.deleted_at = gone

        return without

    _replace(Message, "row", whole)


def removal_in_the_stream() -> None:
    """End a part beside the stream: no notice, and no socket is asked whether it still belongs."""

    def beside(_end: Any) -> Any:
        def end(*, channel: UUID, member: Any, removed: bool) -> None:
            found = Channel.objects.select_for_update().get(pk=channel)
            Participant.objects.filter(channel=channel, member=member).update(left_version=found.version, drafted_at=timezone.now())

        return end

    def unasked(_check: Any) -> Any:
        async def check(_self: hub.Hub) -> None:
            return

        return check

    _replace(actions, "end_participation", beside)
    _replace(hub.Hub, "check", unasked)


def first_row_at_resume() -> None:
    """Begin one version too late where somebody comes back."""

    def later(changes: Any) -> Any:
        return lambda channel, version, upto, first_seq: changes(channel, version + 1, upto, first_seq)

    _replace(reading, "_changes", later)


def first_seq_of_newcomers() -> None:
    """Show newcomers of every group all that was said before they came."""

    def whole(readable: Any) -> Any:
        def without(place: Any) -> Any:
            place.first_seq = 1
            return readable(place)

        return without

    _replace(reading, "_readable", whole)


SAFEGUARDS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        commit_before_ack, idempotency, subscribing_first, commit_before_news, version_of_an_edit, removal_in_the_stream,
        first_row_at_resume, first_seq_of_newcomers, version_of_a_sign, emptiness_of_what_is_gone,
    )
}  # fmt: skip
