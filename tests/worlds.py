"""A world that takes long to make, made once for the tests of a file: each works in a savepoint of its own and leaves it as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction

from community.members.models import User

Made = TypeVar("Made")


@contextmanager
def lasting(blocker: Any, make: Callable[[], Made]) -> Iterator[Made]:
    """Keep what `make` writes, and give what it returns, inside a transaction that the block is in; `blocker` is pytest-django's.

    No test of the block may need an empty database, or one without a transaction around it.
    """
    around = transaction.atomic()
    with pytest.MonkeyPatch.context() as patch:
        with blocker.unblock():
            around.__enter__()
            made = make()
        patch.setattr(connection, "close", lambda: None)  # which Django does after each test, and so would end the transaction
        yield made
        with blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


def from_the_world(name: str) -> Callable[..., User]:
    """Return a fixture that finds a person of the cast in the world that the fixture `made` made."""

    @pytest.fixture(name=name)
    def person(made: Any, db: None) -> User:
        return User.objects.get(email=f"{name}@example.org")

    return person
