"""The cast, and what every test starts from: an empty cache and a migrated database.

`alice`, `bob`, `charlie`, `faye`, `pat`, `rena`, `mo`, `cora`, `ada` are Users; `group` is Alice's and Bob's, `channel` its first one,
`hidden_group` one that only Alice and Faye know of. A test marked `django_db(transaction=True)` gets the same cast, committed.
"""

import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, TransactionTestCase

from community.centre.models import centre, forget
from community.members.models import User
from tests.cast import ROLES, make_group, make_person, prove
from tests.databases import TestDatabase
from tests.fence import Fence
from tests.settings import ON_POSTGRESQL, SCRATCH
from tests.sites import Site

DIFFER = {"db", "transactional_db", "django_db_setup", "browser"}  # fixtures by which a test uses another database on PostgreSQL
SLOWEST = Path(__file__).parent / "flows"
REQUIRE_ALL = bool(os.environ.get("MAINSTAY_REQUIRE_ALL"))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # `-m` chooses by marks in this same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    """Mark the tests by what they use: `sites` and `browser`, each with the fixture of that name behind it. The slowest files come first.

    On PostgreSQL only those run again that use the tests' own database or the browser's site: all others would do the very same.
    """
    if ON_POSTGRESQL:
        alike = [item for item in items if not (DIFFER & _fixtures(item) or item.get_closest_marker("django_db"))]
        config.hook.pytest_deselected(items=alike)
        items[:] = [item for item in items if item not in set(alike)]
    for item in items:
        for mark in ("sites", "browser"):
            if mark in _fixtures(item):
                item.add_marker(mark)
    yield
    items.sort(key=lambda item: SLOWEST not in item.path.parents)


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


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later collection of garbage, and make these rarer: a tenth of all processor time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure() -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.fixture(autouse=True)
def _afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what a test before this one left in the process: rate limits, counters, the centre's settings."""
    cache.clear()
    forget()
    # A busy machine is slow, and queries are counted: the settings are not read a second time in a test's midst.
    monkeypatch.setitem(centre.__kwdefaults__, "seconds_old", 3600)
    yield
    forget()


@pytest.fixture(autouse=True)
def fence(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fence]:
    """Nothing in a test asks another machine; `fence.left` holds what tried to, for the tests that provoke it."""
    around = Fence(monkeypatch)
    yield around
    assert not around.left, f"asked another machine: {around.left}"


@pytest.fixture(scope="session")
def sites() -> None:
    """For every test that starts a site, by a fixture or itself: such tests have deadlines, and run apart from those that keep none."""
    Site.expected = True


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
def cora(db: None) -> User:
    return make_person("cora", ROLES["cora"])


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
    return make_group(actor=ada, facilitator=faye, members=(alice,), name="Quiet corner", join_policy="hidden")
