"""What the tests of downloads start from: a clock that stands, and an empty storage."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.files.storage import default_storage

from community.downloads import actions


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _empty() -> None:
    """No file of a test before this one."""
    for name in actions._stored():
        default_storage.delete(name)
