"""The writer, one per process: commands that arrive during a commit share the next one, and otherwise are carried out at once."""

import asyncio
import logging
from collections.abc import Sequence

from django.db import DatabaseError
from django.utils.translation import gettext as _

from community.kit.errors import Refusal, Refused
from community.kit.ops.database import in_thread
from community.kit.ops.logs import kind

from ..actions import write_many
from ..commands import Command, Result

log = logging.getLogger("mainstay.chat")
BATCH_SIZE = 200  # commands in one commit
MAX_QUEUED = 5000  # commands; further ones are refused with try_again


def busy() -> Refused:
    return Refused(Refusal.TRY_AGAIN, _("That could not be stored just now. It can be sent again in a moment."), retry_after=1)


class Writer:
    """Takes commands from the sockets of one event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Command, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    def submit(self, command: Command) -> "asyncio.Future[Result]":
        """Queue a command. The future gets its message or refusal after the commit, and never an exception."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= MAX_QUEUED:
            future.set_result(busy())
            return future
        self._waiting.append((command, future))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return future

    async def _run(self) -> None:
        try:
            while self._waiting:
                taken, self._waiting = self._waiting[:BATCH_SIZE], self._waiting[BATCH_SIZE:]
                results = await self._commit([command for command, _future in taken])
                for (_command, future), result in zip(taken, results, strict=True):
                    if not future.done():
                        future.set_result(result)
        finally:
            self._running = None

    async def _commit(self, commands: Sequence[Command]) -> list[Result]:
        try:
            return await in_thread(write_many, commands)
        except DatabaseError as error:
            log.warning("A commit of %s commands failed (%s); their senders will try again.", len(commands), kind(error))
        except Exception:
            log.exception("A commit of %s commands failed.", len(commands))
        return [busy() for _command in commands]


_current: Writer | None = None


def current() -> Writer:
    """Return the writer of this process."""
    global _current
    if _current is None or _current.loop.is_closed():
        _current = Writer()
    return _current
