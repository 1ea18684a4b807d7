"""Django's PostgreSQL, with a pool that waits for a connection while the server is busy, and not while it is away."""

import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

from ..outage import Outage
from ..patience import patience

BUSY_SECONDS = 10.0  # how long somebody waits while all connections are in use
ANSWER_SECONDS = 0.5  # how long a server may take to say that it is there: one that is frozen, or cut off, never says so
away = Outage("The database", "it is tried again all the time.", seconds=0.5)


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose class knows why the last try to open or to use one failed, "" where it did not."""

    trouble = ""
    is_checked = False

    def wait(self, *args: Any, **kwargs: Any) -> Any:
        """Wait for an answer, no longer than whoever asks has patience. A connection that still owes one is of no use any more."""
        try:
            return super().wait(*args, **{"timeout": ANSWER_SECONDS if self.is_checked else patience()} | kwargs)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()
            raise

    def check(self) -> None:
        """Ask the server whether it is there. Raises OperationalError where it is not, or does not say so soon."""
        self.is_checked = True
        try:
            ConnectionPool.check_connection(self)
        except psycopg.OperationalError as error:
            PatientConnection.trouble = str(error).splitlines()[0]
            raise
        finally:
            self.is_checked = False
        PatientConnection.trouble = ""

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Any:
        try:
            connection = super().connect(*args, **kwargs)
        except psycopg.OperationalError as error:
            PatientConnection.trouble = str(error).splitlines()[0]
            raise
        PatientConnection.trouble = ""
        return connection


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self) -> Any:
        pool: Any = super().pool  # type: ignore[misc]  # Django's stubs leave it out
        if pool is not None:
            pool.connection_class, pool._check = (
                PatientConnection,
                PatientConnection.check,
            )  # Django gives the pool a check that waits for ever
        return pool

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection of the pool. The pool's own timeout is the longest that anybody waits for a server that is away."""
        if not away.may_try():
            raise psycopg.OperationalError("The database is away.")
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection = super().get_new_connection(conn_params)
            except PoolTimeout:
                if PatientConnection.trouble:
                    away.begins(PatientConnection.trouble)
                if PatientConnection.trouble or time.monotonic() > end:
                    raise
            else:
                away.ends()
                return connection
