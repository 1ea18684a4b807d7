"""What a proxy asks."""

import datetime as dt
import logging
import shutil
import sqlite3
from collections import namedtuple

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from community import health
from community.errors import server_error
from community.kit import schedule
from community.kit.models import Schedule
from community.kit.ops import pulse
from community.kit.ops.logs import DiscreetLine
from community.kit.ops.outage import Outage
from community.management.database import prepare_database


@pytest.fixture(autouse=True)
def asked_afresh(monkeypatch):
    monkeypatch.setattr(health, "_fits", False)


def test_healthz_lives_without_a_database(client, monkeypatch):
    """A supervisor must not restart a process because the database is away."""
    answer = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200 and answer.content == b"ok\n"


@pytest.fixture
def empty_queue(db):
    """Without what the migrations asked for when the tests' database was made."""
    DBTaskResult.objects.all().delete()


def test_readyz_says_ready_and_no_versions(client, empty_queue):
    answer = client.get("/readyz")
    well = {"database": "ok", "redis": "not used", "worker": "gone", "queue": "ok", "disk": "ok"}  # no worker runs in this test
    assert answer.status_code == 200 and answer.json() == well


def test_readyz_refuses_while_the_database_is_away(client, monkeypatch):
    def away():
        raise OperationalError("away")

    monkeypatch.setattr(health.connection, "cursor", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["database"] == "away"


def test_readyz_refuses_while_a_migration_is_missing_and_asks_again(client, db, monkeypatch):
    """Cached for good while still pending, a new version would never come into service."""
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda self, targets: ["one"])
    assert client.get("/readyz").json()["database"] == "not migrated"
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda self, targets: [])
    assert client.get("/readyz").status_code == 200


def test_readyz_tells_of_a_redis_that_is_away_and_stays_ready(client, db, settings, monkeypatch):
    """Without Redis messages still arrive, through the poll: taking the process out of service would stop them."""
    monkeypatch.setattr("community.kit.ops.cache.away", Outage("Redis", "", seconds=10))
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "community.kit.ops.cache.Cache", "LOCATION": settings.REDIS_URL}}
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["redis"] == "away"


def test_readyz_says_whether_somebody_does_the_work(client, db, monkeypatch):
    """No letter leaves and no job comes round for days, while all is said to be well."""
    monkeypatch.setattr(schedule, "JOBS", {"a job": schedule.Job("a job", 30, lambda: None)})
    schedule.tick()
    assert client.get("/readyz").json()["worker"] == "ok"
    Schedule.objects.update(due=timezone.now() - dt.timedelta(minutes=3))
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["worker"] == "gone"


def test_readyz_says_that_a_worker_may_be_starting(client, empty_queue, monkeypatch):
    """ "Gone", of one that starts together with this server, to whoever watches the first seconds."""
    monkeypatch.setattr(pulse, "_started_at", None)
    pulse.began()
    assert client.get("/readyz").json()["worker"] == "starting"
    monkeypatch.setattr(pulse, "_started_at", timezone.now() - pulse.WORKER_TIMEOUT)
    assert client.get("/readyz").json()["worker"] == "gone"


@pytest.mark.parametrize("run_after, word", [(None, "grows"), (-10, "grows"), (-1, "ok"), (10, "ok")])
def test_readyz_says_that_the_queue_grows(client, empty_queue, run_after, word):
    """A worker that hangs, with its clock going on; and a task for later is no late task."""
    now = timezone.now()
    at = {} if run_after is None else {"run_after": now + dt.timedelta(minutes=run_after)}
    row = DBTaskResult.objects.create(args_kwargs={"args": [], "kwargs": {}}, task_path="a.task", backend_name="default", **at)
    assert client.get("/readyz").json()["queue"] == "ok"
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=now - dt.timedelta(minutes=20))
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["queue"] == word


@pytest.mark.parametrize(
    "total, free, word",
    [(20e9, 0, "fills"), (20e9, 0.9e9, "fills"), (20e9, 1.1e9, "ok"), (2e12, 4e9, "fills"), (2e12, 6e9, "ok"), (2e9, 0.4e9, "fills")],
)
def test_readyz_says_that_the_disk_fills(client, db, monkeypatch, total, free, word):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(total, total - free, free))
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["disk"] == word


@pytest.mark.postgresql
def test_readyz_says_that_nothing_can_be_written(client, db, monkeypatch):
    """A standby that was promoted elsewhere, or a disk mounted again for reading: pages can still be read."""
    if connection.vendor == "sqlite":
        monkeypatch.setattr(health.os, "access", lambda _path, _mode: False)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["database"] == "read-only"


def test_what_is_wrong_stands_on_the_admin_s_today_alone(client_of, db, ada, alice):
    assert "manage.py worker" in client_of(ada).get("/today/").content.decode()
    assert "manage.py worker" not in client_of(alice).get("/today/").content.decode()


@pytest.mark.parametrize("name, refuses", [("0999_new_column", True), ("0999_new_column_compatible", False)])
def test_old_code_does_not_start_on_a_newer_database(client, db, name, refuses):
    """Rows that the newer release would not understand, written by one that somebody started by mistake."""
    MigrationRecorder(connection).record_applied("peers", name)
    if refuses:
        with pytest.raises(Exception, match="newer than this code"):
            prepare_database(print)
        answer = client.get("/readyz")
        assert answer.status_code == 503 and answer.json()["database"] == "newer than the code"
    else:
        prepare_database(print)
        assert client.get("/readyz").status_code == 200


def test_a_process_that_runs_stays_ready_while_a_newer_release_migrates(client, db):
    """All processes taken out of service at once, before the first new one serves."""
    assert client.get("/readyz").status_code == 200
    MigrationRecorder(connection).record_applied("peers", "0999_new_column")
    assert client.get("/readyz").status_code == 200


def test_what_another_package_no_longer_ships_is_no_newer_database(client, db):
    """Squashed migrations of Wagtail's, whose names stay in the database for good."""
    MigrationRecorder(connection).record_applied("wagtailcore", "0001_gone")
    assert client.get("/readyz").status_code == 200


WORDS = "a hard evening"


def full_sqlite():
    """What SQLite raises when the disk is full, the way Django hands it on."""
    with sqlite3.connect(":memory:") as small:
        small.execute("PRAGMA max_page_count = 2")
        small.execute("CREATE TABLE t (x)")
        try:
            small.execute("INSERT INTO t VALUES (?)", [WORDS * 1000])
        except sqlite3.OperationalError as error:
            raise OperationalError(*error.args) from error


def full_folder():
    raise OSError(28, "No space left on device", WORDS)


@pytest.mark.parametrize("fail", [full_sqlite, full_folder])
def test_a_full_disk_is_said_to_be_full(rf, db, caplog, fail):
    """An operator who reads "OperationalError" a hundred times, and nothing of a disk."""
    try:
        fail()
    except Exception as error:
        answer = server_error(rf.get("/today/"))
        record = logging.LogRecord("mainstay", logging.ERROR, __file__, 1, "It failed.", None, (type(error), error, error.__traceback__))
    assert answer.status_code == 503
    assert "the disk is full" in caplog.text and WORDS not in caplog.text
    assert "the disk is full" in (said := DiscreetLine().format(record)) and WORDS not in said
