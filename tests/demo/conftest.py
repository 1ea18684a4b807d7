"""The demo world, made once for the tests of a file. Each test works in a savepoint of its own and leaves the world as it was.

A file that asks for it has no test that needs an empty database: those stand in `test_making.py`.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from community.demo import world
from tests.worlds import lasting


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The world inside a transaction around all tests of the file; the fixture is what it says of itself."""
    with lasting(django_db_blocker, world.make) as words:
        yield words


@pytest.fixture
def demo(made: str, db: None) -> str:
    """The demo world."""
    return made
