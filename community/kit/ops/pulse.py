"""How a site does, in numbers without a name: what `manage.py status` asks. Whoever watches it needs no more, and may know no more."""

import asyncio
import contextlib
import datetime as dt
import shutil
from collections.abc import Sized
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Min, Sum
from django.utils import timezone

from .. import schedule, task_queue
from ..models import QueuedEmail, Schedule, Serving
from .database import in_thread

EVERY_SECONDS = 5.0  # how often a server says how many members it has
SERVER_TIMEOUT = dt.timedelta(seconds=3 * EVERY_SECONDS)
WORKER_TIMEOUT = dt.timedelta(minutes=2)  # a worker that was not seen for so long is none
_started_at: dt.datetime | None = None
MAX_QUEUE_AGE = dt.timedelta(minutes=5)  # nothing in the queue waits so long while somebody works
MAX_UNSENT_AGE = dt.timedelta(hours=1)  # nor does an e-mail while the mail server takes any
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Waiting:
    """How much waits, and since when."""

    count: int
    since: dt.datetime | None

    def longer_than(self, patience: dt.timedelta) -> bool:
        return self.since is not None and self.since < timezone.now() - patience


@dataclass(frozen=True)
class Disk:
    """The disk of the data folder, in bytes."""

    free: int
    total: int

    @property
    def is_full(self) -> bool:
        """True where a twentieth or less is free, and less than 5 GB; half a GB is too little anywhere."""
        return self.free < max(GIGABYTE / 2, min(self.total / 20, 5 * GIGABYTE))


def disk() -> Disk:
    found = shutil.disk_usage(settings.DATA_DIR)
    return Disk(found.free, found.total)


def worker_seen() -> dt.datetime | None:
    """Return when a process last ran the schedule, to ten seconds; None where that never happened."""
    due = Schedule.objects.filter(name__in=schedule.JOBS).values_list("name", "due")
    return max((at - dt.timedelta(seconds=schedule.JOBS[name].seconds) for name, at in due), default=None)


def began() -> None:
    """This process serves from now on."""
    global _started_at
    _started_at = timezone.now()


def is_starting() -> bool:
    """True in the first minutes of a process that serves: what it waits for may be starting, too."""
    return _started_at is not None and _started_at > timezone.now() - WORKER_TIMEOUT


def queue() -> Waiting:
    """Return the tasks that a worker could start now. One that was to be done later waits since it could be started."""
    return Waiting(*task_queue.waiting())


def unsent() -> Waiting:
    """Return the e-mails that have not left."""
    waiting = QueuedEmail.objects.filter(state__in=[QueuedEmail.State.WAITING, QueuedEmail.State.LEAVING])
    return Waiting(waiting.count(), waiting.aggregate(since=Min("made_at"))["since"])


def refused() -> int:
    """Return how many e-mails never left: the mail server refused them, or did not answer for two days."""
    return QueuedEmail.objects.filter(state=QueuedEmail.State.FAILED).count()


def unknown(since: dt.datetime | None = None) -> int:
    """Return of how many e-mails nobody knows whether they left; `since` a time of their last try."""
    found = QueuedEmail.objects.filter(state=QueuedEmail.State.UNKNOWN)
    return (found.filter(due__gt=since) if since else found).count()


async def report_live_forever(process: UUID, members: Sized) -> None:
    """Go on saying how many members a server process has, and once that nobody is there any more."""
    told = 0
    while True:
        if members or told:
            with contextlib.suppress(Exception):
                await in_thread(note_live, process, len(members))
                told = len(members)
        await asyncio.sleep(EVERY_SECONDS)


def note_live(process: UUID, members: int) -> None:
    """Write down that a server process runs, and how many members have a conversation open there."""
    now = timezone.now()
    if not Serving.objects.filter(pk=process).update(seen_at=now, members=members):
        Serving.objects.create(pk=process, seen_at=now, members=members)


def live() -> int:
    """Return how many members have a conversation open now. Who is at two processes at once counts twice."""
    return Serving.objects.filter(seen_at__gt=timezone.now() - SERVER_TIMEOUT).aggregate(sum=Sum("members"))["sum"] or 0
