"""The first start of a site, hindered: one sentence each, and the next start finds nothing half made."""

import fcntl
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import forks
from tests.backups.sites import left_in, sentence
from tests.databases import MIGRATES, clean_environment, sqlite_template
from tests.house.tree import ROOT
from tests.services import free_port, wait_until


def environment(folder: Path) -> dict[str, str]:
    return clean_environment() | {"MAINSTAY_DATA": str(folder), "PORT": str(free_port())}


@pytest.mark.parametrize("command", [["serve"], ["setup", "--no-input"], ["serve", "--demo"]])
def test_ctrl_c_while_the_database_is_made(tmp_path, command):
    """A traceback, and half a database that passes for an old one: without the library's first page, for ever."""
    child = forks.start(["manage.py", *command], environment(tmp_path) | MIGRATES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert child.stdout and "Preparing" in child.stdout.readline()
    child.send_signal(signal.SIGINT)
    said = child.stdout.read().strip().splitlines()
    assert child.wait(30) == 1 and said == ["CommandError: Stopped before the database was ready: run it again."]
    assert left_in(tmp_path) == set()


STOPPED = """
import {module} as module
from django.core.management import call_command

own = module.{name}

def and_stop(*args, **kwargs):
    module.{name} = own
    own(*args, **kwargs)
    raise KeyboardInterrupt

module.{name} = and_stop
call_command("setup", "--no-input", name="River", country="US", time_zone="America/Chicago", admin_email="ada@example.org")
"""


@pytest.mark.parametrize(("module", "name"), [("pathlib", "Path.touch"), ("fcntl", "flock"), ("sqlite3", "connect")])
def test_ctrl_c_at_the_very_beginning_leaves_nothing(tmp_path, module, name):
    """Half a database stayed when the keys were pressed after its file was made, and before it was held."""
    done = forks.run(["-c", STOPPED.format(module=module, name=name)], environment(tmp_path))
    assert "Stopped before the database was ready" in done.stderr
    assert left_in(tmp_path) == set()


def test_what_a_killed_first_start_left_is_gone_at_the_next(tmp_path):
    """Half a database for each start that was killed, for ever: their names hold the number of a process that is gone."""
    child = forks.start(["manage.py", "serve"], environment(tmp_path) | MIGRATES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_until(lambda: any(tmp_path.glob("*.preparing-*")), child=child, what="manage.py serve")
    child.send_signal(signal.SIGKILL)
    assert child.wait(30) != 0 and any(".preparing-" in name for name in left_in(tmp_path))
    forks.run(["manage.py", "setup", "--no-input"], environment(tmp_path))
    assert left_in(tmp_path) == {"db.sqlite3"}


BESIDE = """
import {module} as module
from pathlib import Path
from django.core.management import call_command
from community.backups import target

own, others = module.{name}, iter([target.forget_unfinished])

def and_another_starts(*args, **kwargs):
    if {first}:
        own(*args, **kwargs)
    for clear_up in others:
        clear_up()
    if not {first}:
        own(*args, **kwargs)

module.{name} = and_another_starts
call_command("setup", "--no-input", name="River", country="US", time_zone="America/Chicago", admin_email="ada@example.org")
"""


@pytest.mark.parametrize(("module", "name", "first"), [("pathlib", "Path.touch", True), ("os", "link", False)])
def test_a_first_start_takes_nothing_from_another(tmp_path, module, name, first):
    """The database that one start begins or ends just now, taken by the other for what somebody was killed over: no site comes of it."""
    done = forks.run(["-c", BESIDE.format(module=module, name=name, first=first)], environment(tmp_path))
    assert done.returncode == 0, done.stderr
    assert not any(".preparing-" in name for name in left_in(tmp_path)) and (tmp_path / "db.sqlite3").stat().st_size > 100_000


@pytest.mark.parametrize(
    "left", ["db.sqlite3.preparing-1", "db.sqlite3.preparing-1-wal", "db.sqlite3.restoring", "media.restoring/one.webp"]
)
def test_what_is_half_made_goes_with_its_maker_and_not_before(tmp_path, left):
    """What a killed restoring left, with all that members wrote in it; or a restoring that another command takes away underneath."""
    shutil.copy(sqlite_template(), tmp_path / "db.sqlite3")
    (tmp_path / left).parent.mkdir(exist_ok=True)
    (tmp_path / left).touch()
    made = tmp_path / Path(left).parts[0].removesuffix("-wal")
    if made.exists():
        held = os.open(made, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        forks.run(["manage.py", "setup", "--no-input"], environment(tmp_path))
        assert (tmp_path / left).exists()
        os.close(held)
    forks.run(["manage.py", "setup", "--no-input"], environment(tmp_path))
    assert left_in(tmp_path) == {"db.sqlite3"}


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
    child = forks.start(["manage.py", "migrate"], environment(tmp_path) | MIGRATES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
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


def test_a_restore_refused_over_its_file_leaves_nothing(tmp_path):
    """The same, of a file that turns out to be none when the place was taken already."""
    forks.run(["manage.py", "backup", str(tmp_path / "key"), "--new-key"], environment(tmp_path / "elsewhere"))
    (tmp_path / "none.age").write_text("no backup")
    done = forks.run(
        ["manage.py", "restore", str(tmp_path / "none.age"), "--key-file", str(tmp_path / "key")], environment(tmp_path / "data")
    )
    assert "damaged" in sentence(done)
    assert list((tmp_path / "data").iterdir()) == []
