"""The schedule: periodic jobs, each claimed by one process at a time. A job may run twice, so it must be idempotent.

A room registers a job with `@periodic(seconds)`. `tick()` runs what is due; `run()` ticks until it is stopped.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections
from django.utils import timezone

from .models import Schedule

log = logging.getLogger("mainstay.schedule")


@dataclass(frozen=True)
class Job:
    name: str
    seconds: int
    do: Callable[[], None]


JOBS: dict[str, Job] = {}


def periodic(seconds: int, name: str = "") -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Have the decorated function run every `seconds`.

    Its full name is the key of its row, unless `name` says under which it was first stored: before the function moved.
    """

    def register(do: Callable[[], None]) -> Callable[[], None]:
        key = name or f"{do.__module__}.{do.__name__}"
        JOBS[key] = Job(key, seconds, do)
        return do

    return register


def claim(job: Job, now: dt.datetime) -> bool:
    """Take this turn of the job: true for one caller only, since the row moves forward once."""
    Schedule.objects.get_or_create(name=job.name, defaults={"due": now})
    following = now + dt.timedelta(seconds=job.seconds)
    return Schedule.objects.filter(name=job.name, due__lte=now).update(due=following) == 1


def tick() -> int:
    """Run every job that is due and unclaimed; return how many ran. One that fails is logged and comes round again."""
    now, ran = timezone.now(), 0
    waiting = set(Schedule.objects.filter(due__gt=now).values_list("name", flat=True))
    for job in JOBS.values():
        if job.name in waiting or not claim(job, now):
            continue
        try:
            job.do()
        except Exception:
            log.exception("The job %s failed and will be tried again in %s s.", job.name, job.seconds)
        ran += 1
    return ran


def run(stop: threading.Event, *, pause: float) -> None:
    """Tick every `pause` seconds until `stop` is set; raises what the database raises."""
    while not stop.wait(pause):
        close_old_connections()
        tick()
    close_old_connections()
