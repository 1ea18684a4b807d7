"""The demo world, made once for the tests of a file. Each test works in a savepoint of its own and leaves the world as it was.

A file that asks for it has no test that needs an empty database: those stand in `test_making.py`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from community.demo import world


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The world inside a transaction around all tests of the file; the fixture is what it says of itself."""
    around = transaction.atomic()
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            around.__enter__()
            words = world.make()
        patch.setattr(connection, "close", lambda: None)  # which Django does after each test, and so would end the transaction
        yield words
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def demo(made: str, db: None) -> str:
    """The demo world."""
    return made
