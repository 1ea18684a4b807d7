"""`manage.py serve` where something is in its way: one sentence each, and nothing is damaged."""

import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from community.kit.ops import lock
from community.management.commands.serve import Command
from tests import forks
from tests.databases import clean_environment, sqlite_template
from tests.house.tree import ROOT
from tests.services import free_port, postgresql
from tests.sites import Site


def serve(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return forks.run(["manage.py", "serve", *options], clean_environment() | {"MAINSTAY_DATA": str(folder)} | environment)


def refused(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a process says that starts with settings which it does not take."""
    return subprocess.run(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=clean_environment() | {"MAINSTAY_DATA": str(folder)} | environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("reuse", [0, 1])
def test_a_taken_port_is_named_with_the_way_round_it(tmp_path, reuse):
    """A traceback, or worse: a second server that shares the port and takes half of the sockets."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = sentence(serve(tmp_path, PORT=str(port)))
    assert str(port) in said and "PORT=" in said
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.parametrize("port", ["eighty", "99999", "0"])
def test_what_is_no_port_is_said_to_be_none(tmp_path, port):
    assert "from 1 to 65535" in sentence(refused(tmp_path, PORT=port))


@pytest.mark.parametrize("port", ["0", "99999", "-1"])
def test_what_is_no_port_is_none_as_an_option_either(tmp_path, port):
    """A site that says where it serves, and serves somewhere else."""
    assert "from 1 to 65535" in sentence(serve(tmp_path, "--port", port))


def test_links_of_other_commands_lead_to_where_the_site_is_served(tmp_path):
    """A way in for the last admin that leads to a port at which nobody listens, since the server alone was told of another."""
    shutil.copy(sqlite_template(), tmp_path / "db.sqlite3")
    command = ["rescue", "new@example.org", "--invite"]
    for running, port in ((True, 9123), (False, 8000)):
        held = lock.take(tmp_path, "http://localhost:9123")
        if not running:
            held.close()
        done = forks.run(["manage.py", *command], clean_environment() | {"MAINSTAY_DATA": str(tmp_path)})
        held.close()
        assert f"http://localhost:{port}/invitation/" in done.stdout, done.stderr
        command[1] = "another@example.org"


def served(folder: Path, *command: str, **environment: str) -> str:
    """What a process that starts with this command says that it serves. It starts itself anew, so a fork will not do."""
    child = subprocess.Popen(
        [sys.executable, "manage.py", "serve", *command], cwd=ROOT, env=clean_environment() | {"MAINSTAY_DATA": str(folder)} | environment,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout
    try:
        return next(line for line in child.stdout if line.startswith("Serving"))
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_another_port_is_another_address(tmp_path):
    """A page that opens under --port, and a conversation that never becomes live."""
    shutil.copy(sqlite_template(), tmp_path / "db.sqlite3")
    port = free_port()
    assert f"http://localhost:{port}/" in served(tmp_path, "--port", str(port))
    named = "http://127.0.0.1:8000"
    assert f"{named}/" in served(tmp_path, "--port", str(port), MAINSTAY_URL=named)


@pytest.mark.parametrize("name", ["MAINSTAY_PROXIES", "WEB_CONCURRENCY", "MAINSTAY_SENDS_AT_ONCE"])
def test_what_is_no_number_is_said_to_be_none(tmp_path, name):
    assert f"{name}=two is no number" in sentence(refused(tmp_path, **{name: "two"}))


def test_another_trouble_with_an_address_is_not_called_a_taken_port(tmp_path):
    """Somebody who tries one port after the other, while it is the address that this machine has not."""
    said = sentence(serve(tmp_path, "--host", "192.0.2.1", PORT=str(free_port())))
    assert "192.0.2.1" in said and "taken" not in said


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    assert "MAINSTAY_DATA" in sentence(refused(tmp_path / "file" / "data"))


def test_a_data_folder_is_its_owners_alone(tmp_path):
    """Another account of the machine that reads who is a member."""
    sentence(serve(tmp_path / "data", "--host", "192.0.2.1"))
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_second_server_of_the_same_data_is_sent_to_the_first(sites):
    """Two processes in memory, whose members would not hear each other; and somebody who only forgot that it runs, told of a taken port."""
    with Site("sqlite") as site:
        said = sentence(serve(site.folder, PORT=str(free_port())))
        assert "REDIS_URL" in said and f"open {site.url()}/" in said


def read(terminal: int) -> bytes:
    """What a terminal says next, b"" at its end, which Linux tells as an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_ctrl_c_in_a_terminal_ends_in_peace(tmp_path):
    """A traceback as the last that a newcomer sees of a demo."""
    master, terminal = pty.openpty()
    shutil.copy(sqlite_template(), tmp_path / "db.sqlite3")
    environment = clean_environment() | {"MAINSTAY_DATA": str(tmp_path), "PORT": str(free_port())}
    command = [sys.executable, "manage.py", "serve"]
    served = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    said = b""
    try:
        while b"Serving" not in said and (heard := read(master)):
            said += heard
        served.send_signal(signal.SIGINT)
        while heard := read(master):
            said += heard
        assert served.wait(timeout=30) == 0
        assert b"Serving" in said and b"Traceback" not in said
    finally:
        served.kill()
        os.close(master)


def test_a_connection_whose_reader_takes_nothing_ends_within_a_minute():
    """Megabytes in the kernel for a laptop that was shut, for as long as it stays so."""
    with Command()._listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()), listening.accept()[0] as taken:
        assert 0 < taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) < 60_000


def test_an_old_postgresql_database_is_not_migrated_behind_the_operators_back(tmp_path):
    """Several processes that start at once and migrate against one another."""
    url = postgresql().create("mainstay_empty")
    assert "migrate" in sentence(serve(tmp_path, DATABASE_URL=url, PORT=str(free_port())))


def test_a_template_of_the_database_is_whole():
    """Sites that start from a file whose newest part is still in a log beside it."""
    assert sqlite_template().exists() and not sqlite_template().with_name(sqlite_template().name + "-wal").exists()
