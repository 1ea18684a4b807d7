"""The first start of a site, hindered: one sentence each, and the next start finds nothing half made."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import forks
from tests.carry.sites import left_in, sentence
from tests.databases import clean_environment
from tests.house.tree import ROOT
from tests.services import free_port


def environment(folder: Path) -> dict[str, str]:
    return clean_environment() | {"MAINSTAY_DATA": str(folder), "PORT": str(free_port())}


@pytest.mark.parametrize("command", [["serve"], ["setup", "--no-input"], ["serve", "--demo"]])
def test_ctrl_c_while_the_database_is_made(tmp_path, command):
    """A traceback, and half a database that passes for an old one: without the library's first page, for ever."""
    child = forks.start(["manage.py", *command], environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert child.stdout and "Preparing" in child.stdout.readline()
    child.send_signal(signal.SIGINT)
    said = child.stdout.read().strip().splitlines()
    assert child.wait(30) == 1 and said == ["CommandError: Stopped before the database was ready: run it again."]
    assert left_in(tmp_path) == set()


@pytest.mark.parametrize(("command", "said"), [("serve", "The database could not be prepared: "), ("migrate", "The database says: ")])
def test_a_disk_that_is_full_while_the_database_is_made(tmp_path, command, said):
    """The same, by a disk that takes no more than some of it."""
    done = subprocess.run(
        [sys.executable, "manage.py", command, "--verbosity=0"], cwd=ROOT, env=environment(tmp_path),
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
    )  # fmt: skip
    assert said in sentence(done)
    assert command == "migrate" or left_in(tmp_path) == set()


def test_ctrl_c_in_any_other_command_is_a_word(tmp_path):
    child = forks.start(["manage.py", "migrate"], environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert child.stdout and child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert child.stdout.read().strip().endswith("Stopped.") and child.wait(30) == 1


def test_a_database_that_is_away_is_no_traceback(tmp_path):
    """Commands of Django itself, which PostgreSQL is prepared with."""
    away = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    done = forks.run(["manage.py", "migrate"], environment(tmp_path) | away)
    assert done.returncode == 1 and "The database says: " in done.stderr and "Traceback" not in done.stderr


def test_a_command_before_there_is_an_environment_says_how_to_make_one(tmp_path):
    done = subprocess.run([sys.executable, "-S", "manage.py", "serve"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "has no django" in sentence(done) and "deploy/environment.py" in done.stderr


def test_a_python_with_django_alone_says_so_too(tmp_path):
    """A machine's own Django, in which the first import of ours fails."""
    for package in ("django", "asgiref", "sqlparse"):
        (tmp_path / package).symlink_to(Path(sys.modules[package].__file__ or "").parent)
    done = subprocess.run(
        [sys.executable, "-S", "manage.py", "check"], cwd=ROOT, env=environment(tmp_path / "data") | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "deploy/environment.py" in sentence(done)


def test_a_refused_restore_leaves_no_key(tmp_path):
    """A folder that was empty and is not: the next restore of another site beside a key of nobody."""
    done = forks.run(["manage.py", "restore", str(tmp_path / "none.age"), "--key-file", "none"], environment(tmp_path / "data"))
    assert "none.age" in sentence(done)
    assert list((tmp_path / "data").iterdir()) == []
