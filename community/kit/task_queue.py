"""The queue of tasks in the database: all that needs the inside of django-tasks-db, which may change with any release of it.

Rooms declare tasks with django_tasks.task and queue them with `enqueue`, which is public. tests/kit/test_task_queue.py fails with a new
release and says what to compare.
"""

import datetime as dt
import logging

from django.conf import settings
from django.db.models import Case, Min, When
from django.db.models.functions import Greatest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from .ids import new_id

log = logging.getLogger("mainstay.tasks")

LEASE = dt.timedelta(minutes=5)  # a task that runs longer counts as dropped by a killed worker
MAX_STARTS = 5

# The names of the queues. What can wait has a worker of its own: a mail server that hangs there holds up no password e-mail.
FIRST, LATER = "default", "later"


def new_worker(queue: str, *, pause: float = 0) -> Worker:
    """Return a worker of one queue that looks for tasks every `pause` seconds once `run()` is called."""
    return Worker(
        queue_names=[queue], interval=pause, batch=False, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id=f"{settings.SITE_HOST[:30]}-{new_id()}"[:64], excluded_queue_names=[],
    )  # fmt: skip


def stop(worker: Worker) -> None:
    """Have `worker` end after the task that it runs now."""
    worker.running = False


def run_waiting() -> None:
    """Run every waiting task here and now, what can wait at last: for commands that cannot count on a worker."""
    for queue in (FIRST, LATER):
        worker = new_worker(queue)
        while row := _taken(worker):
            worker.run_task(row)


def _taken(worker: Worker) -> DBTaskResult | None:
    with exclusive_transaction():  # as the worker does, without closing the caller's connection
        row = DBTaskResult.objects.ready().filter(queue_name__in=worker.queue_names).get_locked()
        if row is not None:
            row.claim(worker.worker_id)
    return row


def waiting() -> tuple[int, dt.datetime | None]:
    """Return how many tasks a worker could start now, and since when the first of them could be started."""
    ready = DBTaskResult.objects.ready()
    since = Case(When(run_after__lte=timezone.now(), then=Greatest("run_after", "enqueued_at")), default="enqueued_at")
    return ready.count(), ready.aggregate(since=Min(since))["since"]


def requeue_dropped() -> None:
    """Give tasks whose worker was killed back to the queue. One that was started MAX_STARTS times fails instead."""
    for row in DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - LEASE):
        still = DBTaskResult.objects.running().filter(id=row.id, started_at=row.started_at)
        if len(row.worker_ids) < MAX_STARTS:
            still.update(status=TaskResultStatus.READY)
        else:
            log.error("The task %s was started %s times and never ended; it is given up.", row.task_path, MAX_STARTS)
            still.update(status=TaskResultStatus.FAILED, finished_at=timezone.now(), traceback="Its worker stopped each time.")


def delete_finished(before: dt.datetime) -> None:
    """Delete the results of tasks that finished before then."""
    DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
