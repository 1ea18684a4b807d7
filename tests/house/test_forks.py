"""The fork server of the tests: what it forks is as good as a process that was started."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests import forks
from tests.databases import clean_environment
from tests.house.tree import ROOT
from tests.services import postgresql, wait_until

TELL = """
import json, os, sys
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import connection
print(json.dumps({name: repr(getattr(settings, name)) for name in dir(settings) if name.isupper()}
    | {"cache": type(caches["default"]).__name__, "files": str(default_storage.location), "database": str(connection.settings_dict["NAME"]),
       "vendor": connection.vendor, "folder": os.getcwd(), "variables": sorted(os.environ)}))
"""


def environment(tmp_path, **more: str) -> dict[str, str]:
    return clean_environment() | {"MAINSTAY_DATA": str(tmp_path), "MAINSTAY_SECRET_KEY": "k" * 50, "REDIS_URL": ""} | more


@pytest.mark.parametrize("kind", ["default", "production"])
def test_a_fork_has_the_settings_that_a_started_process_has(tmp_path, kind):
    """A test that passes because the fork kept a setting of the process that it came from."""
    more = {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}
    if kind == "production":
        more = {
            "MAINSTAY_URL": "https://www.example.org", "REDIS_URL": "redis://127.0.0.1:9/0", "MAINSTAY_SENDS_AT_ONCE": "7",
            "DATABASE_URL": postgresql().url("postgres"), "EMAIL_URL": "smtp://mail.example.org:587/?tls=True",
        }  # fmt: skip
    command = ["manage.py", "shell", "-v0", "-c", TELL]
    variables = environment(tmp_path, **more)
    started = subprocess.run([sys.executable, *command], env=variables, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert json.loads(forks.run(command, variables).stdout) == json.loads(started)


def test_it_ends_as_a_process_ends(tmp_path):
    """A command whose failure, words or signal the tests would not see."""
    done = forks.run(["-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"], environment(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (3, "out\n", "err\n")
    assert forks.run(["-c", "1 / 0"], environment(tmp_path)).stderr.endswith("ZeroDivisionError: division by zero\n")
    assert forks.run(["-c", "import sys; sys.exit('a sentence')"], environment(tmp_path)).stderr == "a sentence\n"
    child = forks.start(["-c", "input()"], environment(tmp_path), stdin=subprocess.PIPE)
    assert child.poll() is None
    child.kill()
    assert child.wait(10) == -signal.SIGKILL


def test_siblings_draw_other_numbers(tmp_path):
    """Two servers that make the same ids and keys, because both were copied with the same state of chance."""
    code = "import random, secrets, uuid_utils; print(random.random(), secrets.token_hex(), uuid_utils.uuid7())"
    drawn = [forks.run(["-c", code], environment(tmp_path)).stdout.split() for _ in range(3)]
    assert all(len(set(each)) == 3 for each in zip(*drawn, strict=True))


def test_what_it_forked_ends_with_the_one_who_asked(tmp_path):
    """Servers that are left behind by tests that were killed."""
    ask = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests import forks; "
    ask += "child = forks.start(['-c', 'import time; time.sleep(600)'], {}); print(child.pid, flush=True); input()"
    asker = subprocess.Popen([sys.executable, "-c", ask], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment())
    assert asker.stdout and asker.stdin
    pid = int(asker.stdout.readline())
    os.kill(pid, 0)
    asker.kill()
    asker.communicate()

    def is_gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(is_gone, child=None, what="The fork")
