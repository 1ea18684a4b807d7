"""What community/kit/task_queue.py needs of django-tasks-db, whose models and worker may change with any release."""

import inspect
from importlib.metadata import version

from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from community.backups import tables
from tests.house.tree import ours

COMPARED = "0.13"
WHY = (
    f"django-tasks-db is no longer {COMPARED}, with which community/kit/task_queue.py was compared. Read there what it takes of models, "
    "the worker and utils, compare that with the new release, then put its number here."
)


def test_this_release_was_compared_with_what_we_take_of_it():
    """A queue that stands still after an upgrade, since a row or a worker means something else."""
    assert version("django-tasks-db").startswith(f"{COMPARED}."), WHY


def test_a_task_has_the_columns_that_we_read_and_write():
    columns = {field.name for field in DBTaskResult._meta.fields}
    assert columns >= {"id", "status", "enqueued_at", "run_after", "started_at", "finished_at", "worker_ids", "task_path", "traceback"}
    assert all(hasattr(DBTaskResultQuerySet, name) for name in ("ready", "running", "finished", "get_locked"))
    assert list(inspect.signature(DBTaskResult.claim).parameters) == ["self", "worker_id"]


def test_a_worker_takes_what_we_say_and_stops_when_told():
    asked = {"queue_names", "interval", "batch", "backend_name", "startup_delay", "max_tasks", "worker_id", "excluded_queue_names"}
    assert set(inspect.signature(Worker).parameters) == asked
    assert "while self.running:" in inspect.getsource(Worker.run)


def test_backups_leave_the_queue_out_under_its_name():
    """A restored site that does once more what was done before."""
    assert DBTaskResult._meta.label in tables.PASSING


def test_nobody_else_reaches_into_the_queue():
    """An upgrade that breaks what nobody compared."""
    code = ours(".py", "community/", "groups/", "cms/")
    reaching = {name for name, text in code if "from django_tasks_db" in text or "import django_tasks_db" in text}
    assert reaching == {"community/kit/task_queue.py"}
