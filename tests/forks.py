"""Commands of the site that start in a tenth of a second: one process imports all of it once, and forks for each command.

`start(command, environment)` is what `subprocess.Popen([sys.executable, *command])` is, and `run` what `subprocess.run` is: the child reads
its settings anew from `environment`, and shares nothing else with its siblings. What is tested about starting itself, such as a setting
that is refused, runs the real `manage.py` instead.

A new SQLite database takes a copy of a migrated one, which is there at once (`tests.databases.MIGRATES` for one that is to migrate).

There is a fork server for each kind of database, since some models depend on it. It ends, and everything it forked with it, when the
process that started it is gone.
"""

import atexit
import contextlib
import functools
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
# What a command imports beside the apps, the URLs and the middleware.
BESIDE = (
    "community.demo", "community.notifications.push.posting", "groups.chat.wire.sockets", "tests.cast", "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)  # fmt: skip
MOST_BYTES = 1 << 20  # of one request
Stream = int | IO[Any] | None
_starting = threading.Lock()


class Child:
    """A forked process, with the part of `subprocess.Popen` that the tests use."""

    def __init__(self, news: socket.socket, stdin: IO[Any] | None, stdout: IO[Any] | None) -> None:
        self._news, self.stdin, self.stdout = news, stdin, stdout
        self.pid = int(self._hear())
        self.returncode: int | None = None

    def _hear(self) -> bytes:
        heard = self._news.recv(64)
        if not heard:
            raise RuntimeError("The fork server has ended.")
        return heard

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        if self.returncode is None and select.select([self._news], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code; raise TimeoutExpired where there is none within `timeout` seconds."""
        if self.returncode is None:
            if not select.select([self._news], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self._end()
        assert self.returncode is not None
        return self.returncode

    def _end(self) -> None:
        self.returncode = int(self._hear())
        self._news.close()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def start(
    command: Sequence[str], environment: Mapping[str, str], *, stdin: Stream = None, stdout: Stream = None, stderr: Stream = None
) -> Child:
    """Start `python command...` in the project's folder. Streams as for Popen, as text: PIPE, DEVNULL, STDOUT or a file; else our own."""
    theirs: list[int] = []
    ours: list[IO[Any] | None] = []
    to_close: list[int] = []
    for number, stream in enumerate((stdin, stdout, stderr)):
        end, kept = _stream(number, stream, theirs, to_close)
        theirs.append(end)
        ours.append(kept)
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    postgresql = environment.get("DATABASE_URL", "").startswith(("postgres:", "postgresql:"))
    request = json.dumps({"command": [str(word) for word in command], "environment": dict(environment)}).encode()
    try:
        with _starting:
            server = _server(postgresql)
        socket.send_fds(server, [request], [there.fileno(), *theirs])
    finally:
        there.close()
        for number in to_close:
            os.close(number)
    return Child(here, ours[0], ours[1])


def _stream(number: int, stream: Stream, earlier: list[int], to_close: list[int]) -> tuple[int, IO[Any] | None]:
    """Return the descriptor that the child gets, and our end of a pipe."""
    if stream == subprocess.PIPE:
        read, write = os.pipe()
        mine, theirs = (write, read) if number == 0 else (read, write)
        to_close.append(theirs)
        return theirs, os.fdopen(mine, "w" if number == 0 else "r")
    if stream == subprocess.DEVNULL:
        nowhere = os.open(os.devnull, os.O_RDWR)
        to_close.append(nowhere)
        return nowhere, None
    if stream == subprocess.STDOUT:
        return earlier[1], None
    return (number if stream is None else stream if isinstance(stream, int) else stream.fileno()), None


def run(command: Sequence[str], environment: Mapping[str, str], *, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python command...` to its end, with `typed` as all of its input, and return what it printed on each stream."""
    with tempfile.TemporaryFile() as keys, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        keys.write(typed.encode())
        keys.seek(0)
        code = start(command, environment, stdin=keys, stdout=out, stderr=err).wait()
        printed = []
        for file in (out, err):
            file.seek(0)
            printed.append(io.TextIOWrapper(file, errors="replace").read())
    return subprocess.CompletedProcess(list(command), code, *printed)


@functools.cache
def _server(postgresql: bool) -> socket.socket:
    """Start a fork server; return the socket that takes its requests, and that keeps it alive."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there, tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAINSTAY_")} | {
            "DJANGO_SETTINGS_MODULE": "community.settings",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none" if postgresql else "",
            "REDIS_URL": "",
            "MAINSTAY_DATA": folder,
            "MAINSTAY_SECRET_KEY": "a key that no site has: each takes its own when it is forked",
        }
        environment.pop("EMAIL_URL", None)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forks", str(there.fileno())],
            env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[there.fileno()], start_new_session=True,
        )  # fmt: skip
        atexit.register(_end, here, process)
        here.settimeout(60)
        assert here.recv(16) == b"ready", "the fork server did not start"
    here.settimeout(None)
    return here


def _end(requests: socket.socket, process: subprocess.Popen[bytes]) -> None:
    requests.close()
    process.wait()


# -------------------------------------------------------------------------------------------------- in the fork server


class Server:
    """Forks for each request that comes in through `requests`, and tells who asked when the child has ended."""

    def __init__(self, requests: socket.socket) -> None:
        self.requests = requests
        self.children: dict[int, socket.socket] = {}  # by process id: where its end is told

    def serve(self) -> None:
        """Fork until nobody is left who could ask."""
        woken, waker = socket.socketpair()
        for end in (woken, waker):
            end.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            ready = select.select([self.requests, woken], [], [])[0]
            if woken in ready:
                with contextlib.suppress(BlockingIOError):
                    woken.recv(4096)
                self._bury()
            if self.requests in ready and not self._take():
                break
        for pid in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _bury(self) -> None:
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with contextlib.suppress(OSError), self.children.pop(pid) as news:
                news.send(str(os.waitstatus_to_exitcode(status)).encode())

    def _take(self) -> bool:
        """Fork for one request; False where nobody asks any more."""
        text, numbers, _flags, _address = socket.recv_fds(self.requests, MOST_BYTES, 4)
        if not text:
            return False
        told, *streams = numbers
        if pid := os.fork():
            self.children[pid] = socket.socket(fileno=told)
            self.children[pid].send(str(pid).encode())
            for number in streams:
                os.close(number)
            return True
        os._exit(self._be_a_child(json.loads(text), told, streams))

    def _be_a_child(self, request: dict[str, Any], told: int, streams: list[int]) -> int:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(-1)
        for news in (self.requests, *self.children.values()):
            news.close()
        os.close(told)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.setsid()
        dies_with_its_parent()
        return become(request["command"], request["environment"])


def dies_with_its_parent() -> None:
    """Have the kernel end this process when the one that forked it is gone."""
    import ctypes

    if os.uname().sysname == "Linux":
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))
    if os.getppid() == 1:
        os._exit(1)


def become(command: list[str], environment: dict[str, str]) -> int:
    """Be `python command...` under `environment`, to its end; return the exit code."""
    import traceback

    try:
        take_settings(environment)
        code = _interpret(command)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)  # noqa: T201  (as Python does)
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    return code


def _interpret(command: list[str]) -> int:
    import runpy

    first, *rest = command
    if first == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        runpy.run_path(first, run_name="__main__")
    return 0


def take_settings(environment: dict[str, str]) -> None:
    """Make `environment` this process's own and read the settings anew, as a process that starts does."""
    from django.conf import Settings, settings
    from django.core.signals import setting_changed
    from django.db import connections
    from django.test import signals  # noqa: F401  (Django's own way of forgetting what was made of a setting)

    before = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    os.environ.clear()
    os.environ.update(environment)
    del sys.modules["community.settings"]
    settings._wrapped = Settings("community.settings")
    for name in dir(settings):
        if name.isupper() and name != "DATABASES" and before.get(name) != (value := getattr(settings, name)):
            setting_changed.send(sender=take_settings, setting=name, value=value, enter=True)
    connections.settings = connections.configure_settings(settings.DATABASES)
    del connections["default"]


def load() -> None:
    """Import all that a command of the site imports, and read nothing from a database."""
    import django

    django.setup()
    from django.urls import get_resolver
    from django.utils.module_loading import import_string

    resolvers: list[Any] = [get_resolver()]
    while resolvers:
        resolvers += [each for each in resolvers.pop().url_patterns if hasattr(each, "url_patterns")]
    from django.conf import settings

    from tests.databases import copy_instead_of_migrating

    for path in settings.MIDDLEWARE:
        import_string(path)
    for name in BESIDE:
        import_module(name)
    copy_instead_of_migrating()


if __name__ == "__main__":
    import gc

    asked = socket.socket(fileno=int(sys.argv[1]))
    load()
    gc.collect()
    gc.freeze()
    asked.send(b"ready")
    Server(asked).serve()
