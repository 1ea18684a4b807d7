"""The cast, and what every test starts from: an empty cache and a migrated database.

`alice`, `bob`, `charlie`, `faye`, `pat`, `rena`, `mo`, `ada` are Users; `group` is Alice's and Bob's, `channel` its first one,
`hidden_group` one that only Alice and Faye know of. A test marked `django_db(transaction=True)` gets the same cast, committed.
"""

import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, TransactionTestCase

from community.centre.models import forget
from community.members.models import User
from tests.cast import ROLES, make_group, make_person, prove
from tests.databases import TestDatabase
from tests.fence import Fence
from tests.settings import SCRATCH

SITES = {"browser", "delivery", "flows", "upgrade"}  # folders whose tests run whole sites; elsewhere a file that does names one of these
RUNNING = {"Site", "Stage"}
DATABASE = {"db", "transactional_db", "django_db_setup"}  # fixtures by which a test uses the database inside pytest
REQUIRE_ALL = bool(os.environ.get("MAINSTAY_REQUIRE_ALL"))
ON_POSTGRESQL = os.environ.get("MAINSTAY_TEST_ON") == "postgresql"


@pytest.hookimpl(tryfirst=True)  # `-m` chooses by marks in this same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the files whose tests run whole sites, and begin with those, so that the quick ones fill the rest of the time.

    Those of each folder are spread over that time: some wait much (delivery), and some keep more than a core busy (browser).
    On PostgreSQL only those are run again that use the tests' own database: all others would do the very same.
    """
    if ON_POSTGRESQL:
        alike = [item for item in items if not (DATABASE & _fixtures(item) or item.get_closest_marker("django_db"))]
        config.hook.pytest_deselected(items=alike)
        items[:] = [item for item in items if item not in set(alike)]
    sites = [item for item in items if _runs_sites(item)]
    for item in sites:
        item.add_marker("sites")
    place = _spread(dict.fromkeys(item.path for item in sites))
    items.sort(key=lambda item: place.get(item.path, 1))


def _spread(paths: Iterable[Path]) -> dict[Path, float]:
    """Return where each file stands in its folder, from 0 to below 1."""
    folders: dict[Path, list[Path]] = {}
    for path in paths:
        folders.setdefault(path.parent, []).append(path)
    return {path: n / len(files) for files in folders.values() for n, path in enumerate(files)}


def _runs_sites(item: pytest.Item) -> bool:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return folder in SITES or not RUNNING.isdisjoint(dir(getattr(item, "module", None)))


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything must run, a test that was skipped has failed."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"not run: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if REQUIRE_ALL and report.outcome == "skipped":
        report.outcome, report.longrepr = "failed", f"not run: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if skipped := terminalreporter.stats.get("skipped"):
        terminalreporter.section(f"{len(skipped)} TESTS WERE NOT RUN", yellow=True)
        for reason in sorted({str(report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr) for report in skipped}):
            terminalreporter.line(reason)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    database = TestDatabase()
    with django_db_blocker.unblock():
        database.create()
    TransactionTestCase._fixture_teardown = lambda self: database.restore()  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock():
        database.connection.close()


def pytest_unconfigure() -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    """Forget what a test before this one left in the process: rate limits, counters, the centre's settings."""
    cache.clear()
    forget()
    yield
    forget()


@pytest.fixture(autouse=True)
def fence(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fence]:
    """Nothing in a test asks another machine; `fence.left` holds what tried to, for the tests that provoke it."""
    around = Fence(monkeypatch)
    yield around
    assert not around.left, f"asked another machine: {around.left}"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop of tests marked `anyio`."""
    return "asyncio"


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A function that gives a client of a person who has just signed in, staff with their second factor."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        prove(client, user)
        return client

    return sign_in


@pytest.fixture
def alice(db: None) -> User:
    return make_person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_person("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return make_person("charlie")


@pytest.fixture
def faye(db: None) -> User:
    return make_person("faye")


@pytest.fixture
def pat(db: None) -> User:
    return make_person("pat", ROLES["pat"])


@pytest.fixture
def rena(db: None) -> User:
    return make_person("rena", ROLES["rena"])


@pytest.fixture
def mo(db: None) -> User:
    return make_person("mo", ROLES["mo"])


@pytest.fixture
def ada(db: None) -> User:
    return make_person("ada", ROLES["ada"])


@pytest.fixture
def group(ada: User, faye: User, alice: User, bob: User) -> Any:
    return make_group(actor=ada, facilitator=faye, members=(alice, bob))


@pytest.fixture
def channel(group: Any) -> Any:
    return group.channels.get()


@pytest.fixture
def hidden_group(ada: User, faye: User, alice: User) -> Any:
    return make_group(actor=ada, facilitator=faye, members=(alice,), name="Quiet corner", door="hidden")
