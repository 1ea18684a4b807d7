"""The sites that the delivery tests run against; one of each kind a module, since starting one takes seconds."""

from collections.abc import Iterator

import pytest

from tests.delivery.stage import Stage


@pytest.fixture(scope="module")
def cluster(sites: None) -> Iterator[Stage]:
    """Two processes on PostgreSQL and Redis."""
    with Stage("cluster") as stage:
        yield stage


@pytest.fixture(scope="module")
def lone(sites: None) -> Iterator[Stage]:
    """One process in memory."""
    with Stage("sqlite") as stage:
        yield stage


@pytest.fixture(params=["sqlite", "cluster"])
def stage(request: pytest.FixtureRequest, sites: None) -> Stage:
    """Each kind of site."""
    stage: Stage = request.getfixturevalue("lone" if request.param == "sqlite" else "cluster")
    return stage
