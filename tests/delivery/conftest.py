"""The sites that the delivery tests run against; one a module, since starting one takes seconds."""

from collections.abc import Iterator

import pytest

from tests.delivery.stage import Stage


@pytest.fixture(scope="module")
def cluster() -> Iterator[Stage]:
    """Two processes on PostgreSQL and Redis."""
    with Stage("cluster") as stage:
        yield stage


@pytest.fixture(scope="module", params=["sqlite", "cluster"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Each kind of site: one process in memory, and two on PostgreSQL and Redis."""
    with Stage(request.param) as stage:
        yield stage
