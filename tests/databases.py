"""A migrated database in milliseconds: all migrations run once, and every worker and every site gets a copy.

Django's own flush after a transactional test would take Wagtail's root page, the roles and the consent text with it,
so such a test ends by putting the copy back instead.
"""

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps

ROOT = Path(__file__).resolve().parent.parent
RELEASE_KEY = "the key under which the databases of tests/upgrade were made, kept with them"
MIGRATES = {"MIGRATES": "1"}  # in the environment of a forked command that runs every migration itself
SHELF = Path(tempfile.gettempdir()) / f"mainstay-test-templates-{os.getuid()}"


def fingerprint() -> str:
    """Return a name for what the migrations give: it changes with any of them and with the packages they come from."""
    found = hashlib.sha256(sys.version.encode() + (ROOT / "requirements.txt").read_bytes())
    for room in ("community", "groups", "cms"):
        for path in sorted((ROOT / room).rglob("*")):
            counts = path.suffix in (".py", ".md") and not {"demo", "static"} & set(path.parts)
            if path.is_file() and counts and ("migrations" in path.parts or path.suffix == ".md"):
                found.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


@functools.cache
def apps_at(app: str, migration: str) -> StateApps:
    """Return the models as this migration knows them, some under the names that they had then."""
    return MigrationLoader(None).project_state((app, migration)).apps


def clean_environment() -> dict[str, str]:
    """The environment without anything that this machine sets for a site of its own."""
    ours = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PORT", "WEB_CONCURRENCY", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("MAINSTAY_")}


def release_environment(folder: str) -> dict[str, str]:
    """The environment in which the databases of tests/upgrade are made, and in which later code serves them."""
    return {"MAINSTAY_DATA": folder, "MAINSTAY_SECRET_KEY": RELEASE_KEY}


def manage(*command: str, **environment: str) -> None:
    """Run a management command in a process of its own under the site's settings; a failure shows what it printed."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command],
        env=clean_environment() | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


def sqlite_template() -> Path:
    """Return a SQLite file in which all migrations have run; made once and kept until a migration changes."""
    SHELF.mkdir(mode=0o700, exist_ok=True)
    path = SHELF / f"{fingerprint()}.sqlite3"
    with (SHELF / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            making = SHELF / f"making-{path.name}"
            forget_old()
            manage("migrate", "--verbosity=0", DATABASE_URL=f"sqlite:///{making}", MAINSTAY_DATA=str(SHELF))
            _settle(making)
            making.rename(path)
    return path


def forget_old() -> None:
    """Clear the shelf of what no run has made for a day."""
    for kept in SHELF.iterdir():
        if kept.name not in ("lock", "static") and kept.stat().st_ctime < time.time() - 24 * 3600:
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink()


def _settle(path: Path) -> None:
    """Fold the write-ahead log into the file, so that the file alone is the database."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()


def copy_instead_of_migrating() -> None:
    """Have a new SQLite database that is to run all migrations take a copy of what they give, unless its environment has MIGRATES."""
    migrate = MigrationExecutor.migrate

    def quickly(self: MigrationExecutor, targets: Any, *args: Any, **kwargs: Any) -> Any:
        is_new = self.connection.vendor == "sqlite" and not self.connection.introspection.table_names()
        if not is_new or set(targets) != set(self.loader.graph.leaf_nodes()) or MIGRATES.keys() & os.environ.keys():
            return migrate(self, targets, *args, **kwargs)
        with contextlib.closing(sqlite3.connect(sqlite_template())) as migrated:
            migrated.backup(self.connection.connection)
        self.loader.build_graph()
        return self.loader.project_state(targets)

    MigrationExecutor.migrate = quickly  # type: ignore[method-assign]


def copy_sqlite(source: Path, target: Path) -> None:
    """Make `target` hold what `source` holds, even while other connections to it are open."""
    with_source, with_target = sqlite3.connect(source), sqlite3.connect(target, timeout=10)
    try:
        with_source.backup(with_target)
    finally:
        with_source.close()
        with_target.close()


class TestDatabase:
    """The database of the tests inside pytest, on SQLite or PostgreSQL; `restore()` makes it as new."""

    __test__ = False

    def __init__(self) -> None:
        from django.db import connection

        self.connection: Any = connection
        self.on_sqlite = connection.vendor == "sqlite"

    def create(self) -> None:
        from django.conf import settings

        name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        if self.on_sqlite:
            name = str(settings.DATA_DIR / f"{name}.sqlite3")
        settings.DATABASES["default"]["NAME"] = self.connection.settings_dict["NAME"] = name
        self.restore()

    def restore(self) -> None:
        self.connection.close()
        name = self.connection.settings_dict["NAME"]
        if self.on_sqlite:
            copy_sqlite(sqlite_template(), Path(name))
        else:
            from tests.services import postgresql

            self.connection.close_pool()
            postgresql().create(name, template=postgresql().migrated())
