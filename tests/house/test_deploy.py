"""What an operator copies from deploy/ and reads in docs/ is true of this release."""

import re
import shutil
import subprocess
import sys

import pytest
from pyrage.x25519 import Identity

from community import VERSION
from tests import forks
from tests.databases import clean_environment
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
NAME = re.compile(r"MAINSTAY_\w+|DATABASE_URL|REDIS_URL|EMAIL_URL|PORT|WEB_CONCURRENCY")
FOR_TESTS = {"MAINSTAY_POLL_SECONDS"}
OPEN = {
    "MAINSTAY_SECRET_KEY": "".join(chr(33 + 7 * n % 90) for n in range(50)),
    "MAINSTAY_BACKUP_KEYS": str(Identity.generate().to_public()),
}


def example() -> dict[str, str]:
    """The settings of .env.example that are not commented out, with those filled in that are left open."""
    lines = [line for line in (DEPLOY / ".env.example").read_text().splitlines() if line and not line.startswith("#")]
    return {name: value or OPEN.get(name, "") for name, _equals, value in (line.partition("=") for line in lines)}


def test_settings_are_the_same_in_the_example_the_docs_and_the_code():
    """A setting that nobody can find, or one that does nothing."""
    listed = set(re.findall(r"^#?([A-Z0-9_]+)=", (DEPLOY / ".env.example").read_text(), re.M))
    table = re.findall(r"^\| (`.*?) \|", (ROOT / "docs/operating.md").read_text(), re.M)
    told = {name for cell in table for name in NAME.findall(cell)}
    code = "\n".join(path.read_text() for path in (ROOT / "community").rglob("*.py"))
    read = {name for quoted in re.findall(r'"([A-Z0-9_]+)"', code) for name in NAME.findall(quoted) if name == quoted}
    assert listed == told == read - FOR_TESTS


@pytest.mark.parametrize("length", [49, 50])
def test_the_example_and_a_key_are_all_that_a_public_site_needs(tmp_path, length):
    """A check that asks for more than the docs and the start do, or for less."""
    environment = example() | {"MAINSTAY_DATA": str(tmp_path), "MAINSTAY_SECRET_KEY": OPEN["MAINSTAY_SECRET_KEY"][:length]}
    done = forks.run(["manage.py", "check", "--deploy", "--fail-level=WARNING"], clean_environment() | environment)
    assert (done.returncode == 0) == (length == 50), done.stderr
    assert length == 50 or "50 random characters" in done.stderr


@pytest.mark.parametrize(("asked", "sent"), [(None, "False"), ("0", "False"), ("1", "True")])
def test_browsers_are_given_the_host_for_good_only_where_that_is_asked_for(tmp_path, asked, sent):
    """A host that every browser ships with, because somebody tried https for a day."""
    environment = example() | {"MAINSTAY_DATA": str(tmp_path)} | ({"MAINSTAY_HSTS_PRELOAD": asked} if asked else {})
    code = "from django.conf import settings; print(settings.SECURE_HSTS_PRELOAD)"
    assert forks.run(["-c", code], clean_environment() | environment).stdout.strip() == sent


def test_a_yes_that_is_none_is_said_to_be_none(tmp_path):
    environment = example() | {"MAINSTAY_DATA": str(tmp_path), "MAINSTAY_HSTS_PRELOAD": "maybe"}
    done = forks.run(["manage.py", "check"], clean_environment() | environment)
    assert done.returncode == 1 and done.stderr.strip() == "MAINSTAY_HSTS_PRELOAD=maybe is neither 1 nor 0."


def test_a_yes_without_https_is_refused(tmp_path):
    """A setting that does nothing, or nonsense that passes until the day of the certificate."""
    for said in ("1", "yes"):
        done = forks.run(["manage.py", "check"], clean_environment() | {"MAINSTAY_DATA": str(tmp_path), "MAINSTAY_HSTS_PRELOAD": said})
        assert done.returncode == 1 and f"MAINSTAY_HSTS_PRELOAD={said}" in done.stderr and len(done.stderr.splitlines()) == 1


def test_commands_run_with_the_settings_of_the_units(tmp_path):
    """A function for root's shell, which no monitor and no cron could call, and which broke JSON with a terminal's line ends."""
    asked = tmp_path / "systemd-run"
    asked.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n')
    asked.chmod(0o755)
    done = subprocess.run(
        [DEPLOY / "mainstay", "status", "--json", "two words"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    words = done.stdout.splitlines()
    assert (
        done.returncode == 3 and words[-4:] == ["manage.py", "status", "--json", "two words"] and "--pipe" in words and "--pty" not in words
    )
    told = {word.removeprefix("--property=") for word in words}
    for unit in (DEPLOY / "systemd").glob("*.service"):
        lines = unit.read_text().splitlines()
        assert {line for line in lines if line.startswith(("EnvironmentFile=", "UMask="))} <= told, unit
        assert "User=mainstay" in lines and "--uid=mainstay" in words and "--working-directory=/opt/mainstay" in words


@pytest.mark.parametrize("words", [["version"], ["--version"], ["serve", "--version"]])
def test_the_version_is_ours(words):
    """Django's, which tells nobody what runs here."""
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == VERSION


def test_the_changelog_begins_with_this_version():
    assert re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[1] == VERSION


def test_units_are_what_systemd_takes(tmp_path):
    """A unit that does not start on the night of the upgrade, for a word that systemd does not know. Asked where systemd is."""
    if not (verify := shutil.which("systemd-analyze")):
        return
    units = []
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text().replace("/opt/mainstay/.venv/bin/python", sys.executable).replace("/opt/mainstay", str(ROOT))
        units.append(tmp_path / unit.name.replace("@", "@8001"))
        units[-1].write_text(text.replace("ExecStartPost=curl", "ExecStartPost=true"))
    done = subprocess.run([verify, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "mainstay" in line.lower()]
    assert not ours, done.stderr


def test_docs_name_files_that_are_there():
    """A step of the installation that copies what nobody has."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = {name for page in pages for name in re.findall(r"\bdeploy/[\w./@-]*\w", page.read_text())}
    assert [name for name in named if not list(ROOT.glob(f"{name}*"))] == []
