"""A running site of ours: real server processes, killed and started at will.

    with Site("cluster") as site:        # two processes on PostgreSQL and Redis; "sqlite" is one process in memory
        alice = site.sign_in("alice")    # an httpx.Client that signed in through the page
        site.kill(0)                     # kill -9
        site.start(0)

Each site has a fresh copy of a database that holds the cast; `site.ids` has the id of each person by their lower-case name, of
"group" and of "channel". What the processes print is in `site.log(n)`.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import httpx
import psycopg

from tests import forks
from tests.cast import HALF_MINUTE, PASSWORD, code_of, step_now
from tests.databases import clean_environment, sqlite_template
from tests.services import free_port, postgresql, redis_server, wait_until
from tests.settings import SCRATCH
from tests.statics import shelf

Kind = Literal["sqlite", "cluster"]
SECRET_KEY = "a key for test sites alone, as long as a real one would be"
_templates: dict[Kind, tuple[str, dict[str, str]]] = {}


def _fill(url: str) -> dict[str, str]:
    """Put the cast into a migrated database, in a process of its own; return everybody's ids."""
    environment = {"DATABASE_URL": url, "MAINSTAY_DATA": str(SCRATCH), "MAINSTAY_SECRET_KEY": SECRET_KEY}
    done = forks.run(["-c", "from tests.cast import print_cast; print_cast()"], clean_environment() | environment)
    if done.returncode:
        raise RuntimeError(f"The cast could not be made:\n{done.stderr}")
    ids: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return ids


def _template(kind: Kind) -> tuple[str, dict[str, str]]:
    """Return the database that sites of this kind start from (a path, or a name) and the ids in it; made once a process."""
    if kind not in _templates:
        if kind == "sqlite":
            path = SCRATCH / "cast.sqlite3"
            shutil.copy(sqlite_template(), path)
            ids = _fill(f"sqlite:///{path}")
            with contextlib.closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _templates[kind] = str(path), ids
        else:
            server = postgresql()
            name = f"mainstay_cast_{uuid.uuid4().hex[:8]}"
            _templates[kind] = name, _fill(server.create(name, template=server.migrated()))
    return _templates[kind]


class Site:
    """One site with one process (`sqlite`) or several (`cluster`). Keyword arguments are set in the processes' environment."""

    expected = "PYTEST_VERSION" not in os.environ  # in pytest, a test that starts one says so by the fixture `sites`

    def __init__(self, kind: Kind = "sqlite", *, processes: int | None = None, start_from: Path | None = None, **environment: str) -> None:
        """`start_from`: the SQLite file to begin with, in place of the cast's; its `ids` are unknown."""
        self.kind = kind
        self.folder = Path(tempfile.mkdtemp(prefix="mainstay-site-"))
        (self.folder / "static").symlink_to(shelf())
        template, self.ids = (str(start_from), {}) if start_from else _template(kind)
        self.ports = [free_port() for _ in range(processes or (1 if kind == "sqlite" else 2))]
        self.children: list[forks.Child | None] = [None] * len(self.ports)
        self._cookies: dict[str, httpx.Cookies] = {}
        self._steps: dict[str, int] = {}  # up to which half minute the codes of somebody's app are used up
        self.redis = redis_server() if kind == "cluster" else None
        self.postgresql = postgresql() if kind == "cluster" else None
        if self.postgresql and self.redis:
            self.database = f"mainstay_site_{uuid.uuid4().hex[:8]}"
            self.database_url = self.postgresql.create(self.database, template=template)
            self.redis.flush()
        else:
            shutil.copy(template, self.folder / "db.sqlite3")
            self.database_url = f"sqlite:///{self.folder / 'db.sqlite3'}"
        self.environment = clean_environment() | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url if self.redis else "",
            "MAINSTAY_DATA": str(self.folder),
            "MAINSTAY_SECRET_KEY": SECRET_KEY,
            "WEB_CONCURRENCY": str(len(self.ports)),
            **environment,
        }
        self.command = ["manage.py", "serve"]
        self.address = ""  # of a proxy before all processes; empty: each has its own

    def __enter__(self) -> "Site":
        assert self.expected, "a test that starts a site uses the fixture `sites`"
        try:
            for n in range(len(self.ports)):
                self._spawn(n)
            for n in range(len(self.ports)):
                self._wait(n)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ---------------------------------------------------------------- its processes

    def start(self, n: int = 0) -> None:
        """Start process `n` on the port it had, and wait until it is healthy."""
        self._spawn(n)
        self._wait(n)

    def _spawn(self, n: int) -> None:
        environment = self.environment | {"PORT": str(self.ports[n]), "MAINSTAY_URL": self.address or self.url(n)}
        with (self.folder / f"log-{n}").open("ab") as log:
            self.children[n] = forks.start(self.command, environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _wait(self, n: int) -> None:
        child = self.children[n]
        wait_until(lambda: self._healthy(n), child=child, what=f"Process {n} of the site", log=self.folder / f"log-{n}")

    def _healthy(self, n: int) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url(n)}/healthz", timeout=5).status_code == 200
        return False

    def kill(self, n: int = 0) -> None:
        """kill -9: nothing is said to anybody."""
        self._end(n, signal.SIGKILL)

    def stop(self, n: int = 0) -> None:
        """The polite end: sockets are told to reconnect, and running work may finish."""
        self._end(n, signal.SIGTERM)

    def _end(self, n: int, number: signal.Signals) -> None:
        child = self.children[n]
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGCONT)
            child.send_signal(number)
            child.wait(20)
        self.children[n] = None

    def freeze(self, n: int = 0) -> None:
        """Stop process `n` where it stands, but not while it holds SQLite's one write lock: nobody else could write until it goes on."""
        child = self.children[n]
        assert child
        child.send_signal(signal.SIGSTOP)
        while not self._can_write():
            child.send_signal(signal.SIGCONT)
            child.send_signal(signal.SIGSTOP)

    def _can_write(self) -> bool:
        if self.postgresql:
            return True
        with contextlib.closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=0.1)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True

    def thaw(self, n: int = 0) -> None:
        child = self.children[n]
        assert child
        child.send_signal(signal.SIGCONT)

    def log(self, n: int = 0) -> str:
        """What process `n` has printed so far."""
        return (self.folder / f"log-{n}").read_text(errors="replace")

    def close(self) -> None:
        for n in range(len(self.ports)):
            self._end(n, signal.SIGKILL)
        if self.postgresql:
            self.postgresql.drop(self.database)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---------------------------------------------------------------- reaching it

    def url(self, n: int = 0) -> str:
        """The address of process `n`, which is also the one origin that its sockets accept."""
        return f"http://localhost:{self.ports[n]}"

    def socket_url(self, n: int = 0) -> str:
        return f"ws://localhost:{self.ports[n]}/ws/"

    def client(self, n: int = 0) -> httpx.Client:
        """A guest's client of process `n`."""
        return httpx.Client(base_url=self.url(n), timeout=20, headers={"Origin": self.url(n)})

    def sign_in(self, name: str, n: int = 0) -> httpx.Client:
        """A client of process `n` with a session of its own, got by filling in the sign-in page and, for staff, the second step."""
        client = self.client(n)
        answer = self.fill_in(client, "/accounts/login/", login=f"{name}@example.org", password=PASSWORD)
        assert answer.status_code == 302, f"{name} could not sign in: {answer.status_code}\n{answer.text[:2000]}"
        if answer.headers["Location"].startswith("/accounts/second-step/"):
            answer = self.fill_in(client, "/accounts/second-step/", code=self.one_time_code(name))
            assert answer.status_code == 302, f"{name}'s code was not taken: {answer.status_code}\n{answer.text[:2000]}"
        return client

    def fill_in(self, client: httpx.Client, path: str, **fields: str) -> httpx.Response:
        """Send a page's form, with the token that the page brings."""
        page = client.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, f"no form: {page.status_code}\n{page.text[:500]}"
        return client.post(path, data={"csrfmiddlewaretoken": token[1], **fields})

    def one_time_code(self, name: str) -> str:
        """A code of somebody's app that was not used yet. The site takes one a half minute early, so the third in a row has to wait."""
        step = self._steps[name] = max(self._steps.get(name, 0) + 1, step_now())
        while step > step_now() + 1:
            time.sleep(HALF_MINUTE / 30)
        return code_of(name, step)

    def cookie(self, name: str) -> str:
        """A Cookie header with a session of `name`; one session a person and site, so as not to meet the limit of sign-ins."""
        if name not in self._cookies:
            with contextlib.closing(self.sign_in(name, next(n for n, child in enumerate(self.children) if child))) as client:
                self._cookies[name] = client.cookies
        return "; ".join(f"{key}={value}" for key, value in self._cookies[name].items())

    # ---------------------------------------------------------------- its database

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run one statement with `%s` for each parameter, commit, and return its rows."""
        if self.postgresql:
            with psycopg.connect(self.database_url) as connection:
                cursor = connection.execute(query.encode(), parameters or None)  # without any, a percent sign is one
                return cursor.fetchall() if cursor.description else []
        plain = [value.hex if isinstance(value, uuid.UUID) else value for value in parameters]
        with contextlib.closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=10)) as connection:
            rows = connection.execute(query.replace("%s", "?"), plain).fetchall()
            connection.commit()
            return rows

    def manage(self, *command: str) -> str:
        """Run a management command of this site and return what it printed."""
        done = forks.run(["manage.py", *command], self.environment | {"PORT": str(self.ports[0])})
        assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
        return done.stdout
