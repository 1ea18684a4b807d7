"""Database work for coroutines: a few threads of our own that keep their connections.

Channels' own bridge runs all such work of a process on one thread; the sockets need several.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from .patience import for_a_person

Result = TypeVar("Result")
_threads = ThreadPoolExecutor(max_workers=6, thread_name_prefix="database")


def _call(work: Callable[..., Result], *args: object) -> Result:
    try:
        with for_a_person():
            return work(*args)
    except (OperationalError, InterfaceError):
        connection.close()  # whatever broke it, the next call starts with a fresh one
        raise
    finally:
        # SQLite's connection is kept (opening one costs more than most queries); PostgreSQL's goes back to its pool.
        if connection.vendor != "sqlite":
            connection.close()


async def in_thread(work: Callable[..., Result], *args: object) -> Result:
    """Run `work(*args)` on one of the database threads and return what it returns."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _call, work, *args)
