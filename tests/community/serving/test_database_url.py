"""DATABASE_URL as the settings read it."""

import json
import subprocess
import sys

import pytest

from tests.databases import ROOT, clean_environment


def database(tmp_path, url):
    code = "import json; from community.settings import DATABASES; print(json.dumps(DATABASES['default'], default=str))"
    environment = clean_environment() | {"MAINSTAY_DATA": str(tmp_path), "DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_an_address_asks_for_is_kept(tmp_path):
    """A database on another machine that is spoken to in the clear, though its address says sslmode=verify-full."""
    options = database(tmp_path, "postgres://name:word@db.example.org/site?sslmode=verify-full")["OPTIONS"]
    assert options["sslmode"] == "verify-full" and options["pool"]


def test_a_connection_that_the_network_lost_ends(tmp_path):
    """A page that waits for a machine that is gone, for the hour or more that the kernel tries."""
    asked = database(tmp_path, "postgres://name:word@db.example.org/site?tcp_user_timeout=5000")["OPTIONS"]
    assert int(asked["tcp_user_timeout"]) == 5000 and int(asked["connect_timeout"]) <= 2
    ends = int(asked["keepalives_idle"]) + int(asked["keepalives_interval"]) * int(asked["keepalives_count"])
    assert 0 < ends <= 15 and int(database(tmp_path, "postgres://name@db/site")["OPTIONS"]["tcp_user_timeout"]) <= 10_000


@pytest.mark.parametrize("url", ["", "sqlite:///elsewhere.sqlite3"])
def test_an_empty_one_is_none(tmp_path, url):
    """A traceback for who leaves the line empty in a file of settings."""
    assert database(tmp_path, url)["ENGINE"].endswith("sqlite3")
