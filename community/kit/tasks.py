"""The sweeps behind the queue: what a killed worker left is taken up again, and what is done is forgotten."""

import datetime as dt
import logging
from importlib import import_module

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from .ids import new_id
from .limits import DISCLOSURE_WINDOW
from .mail import PAUSES, deliver, give_up
from .models import Letter, Serving, Told
from .schedule import periodic

log = logging.getLogger("mainstay.tasks")

LEASE = dt.timedelta(minutes=5)  # a task that runs longer counts as dropped by a killed worker
MOST_STARTS = 5
KEEP_RESULTS = dt.timedelta(days=1)


@periodic(60)
def take_up_dropped() -> None:
    """Give tasks whose worker was killed back to the queue; one that was started too often is given up."""
    dropped = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - LEASE)
    for row in dropped:
        still = DBTaskResult.objects.running().filter(id=row.id, started_at=row.started_at)
        if len(row.worker_ids) < MOST_STARTS:
            still.update(status=TaskResultStatus.READY)
        else:
            log.error("The task %s was started %s times and never ended; it is given up.", row.task_path, MOST_STARTS)
            still.update(status=TaskResultStatus.FAILED, finished_at=timezone.now(), traceback="Its worker stopped each time.")


@periodic(30)
def send_again() -> None:
    """Queue the letters whose next try is due, and those that a killed worker had in hand."""
    now = timezone.now()
    dropped = Letter.objects.filter(state=Letter.State.LEAVING, due__lte=now)
    for letter in dropped.filter(tries__gt=len(PAUSES)):
        give_up(letter)
    dropped.update(state=Letter.State.WAITING)
    # A first try is in the queue already; after an hour it is queued again, should the queue have lost it.
    lost = Q(tries=0, made_at__lt=now - dt.timedelta(hours=1))
    for letter_id in Letter.objects.filter(Q(tries__gt=0) | lost, state=Letter.State.WAITING, due__lte=now).values_list("id", flat=True):
        deliver.enqueue(str(letter_id))


@periodic(3600)
def forget_done() -> None:
    """Delete the results of tasks, the sessions that have run out, who asked lately who is here, and what ended servers said last."""
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS).delete()
    Serving.objects.filter(seen_at__lt=timezone.now() - KEEP_RESULTS).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    Told.objects.filter(asked_at__lt=timezone.now() - DISCLOSURE_WINDOW).delete()


def queue_worker(*, pause: float = 0) -> Worker:
    """Return a worker of the whole queue that looks every `pause` seconds."""
    return Worker(
        queue_names=["*"], interval=pause, batch=False, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id=f"{settings.SITE_HOST[:30]}-{new_id()}"[:64], excluded_queue_names=[],
    )  # fmt: skip


def run_waiting() -> None:
    """Run here and now what waits in the queue: for commands that cannot count on a worker."""
    worker = queue_worker()
    while True:
        with exclusive_transaction():  # as the worker does, without closing the caller's connection
            row = DBTaskResult.objects.ready().get_locked()
            if row is None:
                return
            row.claim(worker.worker_id)
        worker.run_task(row)
