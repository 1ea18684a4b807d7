"""People who act at the same moment, each in a thread and a transaction of their own, and read before any of them writes."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from django.db import connection


@dataclass
class Acting:
    """One of those who act at once."""

    backend: int = 0  # the number of its process in PostgreSQL
    begins: bool = False  # a transaction, which in SQLite waits for another's
    has_read: bool = False
    is_done: bool = False


acting: dict[int, Acting] = {}  # by thread


def meet() -> None:
    """Let all who act at once read before any of them writes: wait until each has read too, is done, or stands before a lock of ours."""
    mine = acting.get(threading.get_ident())
    if mine is None:  # the test's own thread
        return
    mine.has_read = True
    end = time.monotonic() + 20
    while not all(other.has_read or other.is_done or _waits_for_us(other) for other in acting.values() if other is not mine):
        assert time.monotonic() < end, "the others neither read nor wait"
        time.sleep(0.002)  # no database tells who waits for it unless it is asked


def _waits_for_us(other: Acting) -> bool:
    if connection.vendor == "sqlite":
        return other.begins and connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid() = ANY(pg_blocking_pids(%s))", [other.backend])
        return bool(cursor.fetchone()[0])


def at_once(work: Callable[[Any], Any], cases: Sequence[Any]) -> list[Any]:
    """What `work(case)` returns for each case, all of them begun at the same moment."""
    start = Barrier(len(cases), timeout=20)

    def run(case: Any) -> Any:
        mine = acting[threading.get_ident()] = Acting()

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            mine.begins = sql.startswith("BEGIN")
            try:
                return execute(sql, params, many, context)
            finally:
                mine.begins = False

        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                mine.backend = connection.connection.info.backend_pid
            start.wait()
            with connection.execute_wrapper(watch):
                return work(case)
        finally:
            mine.is_done = True
            connection.close()

    acting.clear()
    try:
        with ThreadPoolExecutor(len(cases)) as threads:
            return list(threads.map(run, cases))
    finally:
        acting.clear()
