"""The queue's worker, the schedule and the loops go on after whatever the database does to them."""

import threading
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django_tasks_db.management.commands.db_worker import Worker

from community.kit import schedule, worker

pytestmark = pytest.mark.postgresql

SOON = 10.0
ERRORS = [OperationalError("database is locked"), InterfaceError("connection already closed"), RuntimeError("anything else")]
every_error = pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)


class Failing:
    """Stands for a function: raises `error` when it is first called, and after that notes that it was called again, until it is `over`."""

    def __init__(self, error: Exception, over: threading.Event) -> None:
        self.error, self.calls, self.again, self.over = error, 0, threading.Event(), over

    def __call__(self, *args: Any) -> None:
        self.calls += 1
        if self.calls == 1:
            raise self.error
        self.again.set()
        self.over.wait(SOON)  # as a turn that finds nothing to do


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Nothing of a turn but what a test puts there, and no time between two. Set it to end the turns that find nothing to do."""
    over = threading.Event()
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(schedule, "close_old_connections", lambda: None)
    monkeypatch.setattr(schedule, "tick", lambda: 0)
    monkeypatch.setattr(Worker, "run", lambda self: over.wait(SOON))
    monkeypatch.setattr(worker, "LOOPS", {})
    return over


def goes_on(turn: Failing) -> None:
    """Run all of the work; see that the turn which failed came round again and that all threads still live."""
    work = worker.Work()
    work.start()
    try:
        assert turn.again.wait(SOON), "the thread ended with the first error"
        assert [thread.name for thread in work._threads if not thread.is_alive()] == []
    finally:
        turn.over.set()
        work.stop(patience=SOON)
    assert not any(thread.is_alive() for thread in work._threads)


@every_error
def test_the_worker_outlives_an_error(over: threading.Event, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Catches letters that are never sent again, while the site itself answers as ever."""
    turn = Failing(error, over)
    monkeypatch.setattr(Worker, "run", turn)
    goes_on(turn)


@every_error
@pytest.mark.parametrize("place", ["tick", "close_old_connections"])
def test_the_schedule_outlives_an_error(over: threading.Event, monkeypatch: pytest.MonkeyPatch, error: Exception, place: str) -> None:
    """Catches articles that never appear and letters that are never tried again."""
    turn = Failing(error, over)
    monkeypatch.setattr(schedule, place, turn)
    goes_on(turn)


@every_error
def test_a_loop_outlives_an_error(over: threading.Event, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Catches notifications that nobody gets, once a push service was away."""
    turn = Failing(error, over)
    monkeypatch.setattr(worker, "LOOPS", {"push": turn})
    goes_on(turn)


def test_a_job_that_fails_leaves_the_others_their_turn(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    def fail() -> None:
        raise OperationalError("database is locked")

    jobs = {"a": schedule.Job("a", 60, fail), "b": schedule.Job("b", 60, lambda: ran.append("b"))}
    monkeypatch.setattr(schedule, "JOBS", jobs)
    assert schedule.tick() == 2
    assert ran == ["b"]
    assert schedule.tick() == 0, "both have had their turn"


def test_a_failure_that_goes_on_is_said_once_a_minute(
    over: threading.Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A log with a traceback for each second that the database was away, where the one that matters is not found."""
    often = threading.Semaphore(0)

    def fail(self: Worker) -> None:
        often.release()
        raise OperationalError("the database is away")

    monkeypatch.setattr(Worker, "run", fail)
    work = worker.Work()
    work.start()
    try:
        assert all(often.acquire(timeout=SOON) for _turn in range(10))
    finally:
        work.stop(patience=SOON)
    assert sorted(record.getMessage() for record in caplog.records if record.name == "mainstay.worker") == [
        "The worker failed and goes on trying.", "The worker of what can wait failed and goes on trying.",
    ]  # fmt: skip
