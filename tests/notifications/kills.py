"""Work that ends in its midst, as where its process is killed: before each of its statements in turn, or while something else happens."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

OF_TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Killed(BaseException):
    """Nothing of ours catches this one, and the database rolls back what was under way."""


def killed_before_each_statement(work: Callable[[], object]) -> Iterator[int]:
    """Begin `work` again and again, killed before its first statement, its second …; yield each number, until one try comes to its end."""
    for last in itertools.count():
        try:
            with connection.execute_wrapper(_Killer(last)):
                work()
        except Killed:
            yield last
        else:
            return


class _Killer:
    def __init__(self, last: int) -> None:
        self.left = last

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(OF_TRANSACTIONS):
            if self.left == 0:
                raise Killed
            self.left -= 1
        return execute(sql, params, many, context)


def before(words: str, happens: Callable[[], object]) -> Any:
    """Have something happen before the first statement with these words."""
    left = [happens]

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if words in sql and left:
            left.pop()()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(watch)
