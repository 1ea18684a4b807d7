"""`manage.py serve` where something is in its way: one sentence each, and nothing is damaged."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import clean_environment, sqlite_template
from tests.house.tree import ROOT
from tests.services import free_port, postgresql
from tests.sites import Site


def serve(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
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


@pytest.mark.parametrize("port", ["eighty", "99999"])
def test_what_is_no_port_is_said_to_be_none(tmp_path, port):
    assert port in sentence(serve(tmp_path, PORT=port))


def test_a_second_server_of_the_same_data_is_refused():
    """Two processes in memory, whose members would not hear each other."""
    with Site("sqlite") as site:
        assert "REDIS_URL" in sentence(serve(site.folder, PORT=str(free_port())))


def test_an_old_postgresql_database_is_not_migrated_behind_the_operators_back(tmp_path):
    """Several processes that start at once and migrate against one another."""
    url = postgresql().create("mainstay_empty")
    assert "migrate" in sentence(serve(tmp_path, DATABASE_URL=url, PORT=str(free_port())))


def test_a_template_of_the_database_is_whole():
    """Sites that start from a file whose newest part is still in a log beside it."""
    assert sqlite_template().exists() and not sqlite_template().with_name(sqlite_template().name + "-wal").exists()
