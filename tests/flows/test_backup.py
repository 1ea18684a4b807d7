"""`manage.py backup`: a whole file or none, for those who are named alone."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from community.backups.ledger import NAME
from tests.backups.sites import PASSPHRASE, did, make_site, manage, sentence, sql

pytestmark = pytest.mark.timeout(600)  # each command is a process, and a passphrase takes its time


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("backup") / "site")


@pytest.fixture(scope="module")
def key(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "key"
    did(manage(site, "backup", "--new-key", path))
    return path


def public(key: Path) -> str:
    return key.read_text().split("public key: ")[1].split()[0]


def test_a_new_key_is_its_owners_alone_and_never_replaces_another(site, key):
    """The one key to all backups, readable by every account, or overwritten by a second try."""
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    assert "cannot be written" in sentence(manage(site, "backup", "--new-key", key))
    assert key.read_text() == before


def test_a_backup_opens_for_its_key_and_holds_what_the_site_holds(site, key, tmp_path):
    """A backup that nobody can open, or that every account of the machine can read."""
    path = tmp_path / "site.age"
    said = did(manage(site, "backup", path, "--to", public(key), MAINSTAY_BACKUP_PASSPHRASE=""))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {left.name: stat.S_IMODE(left.stat().st_mode) for left in tmp_path.iterdir()} == dict.fromkeys([NAME, "site.age"], 0o600)
    assert "Not checked: your own key" in said
    checked = did(manage(tmp_path / "elsewhere", "restore", "--check", path, "--key-file", key))
    assert "can encrypt a forged one" in checked, "the public key is no secret, so the file does not tell who made it"
    messages = sql(site, "SELECT count(*) FROM chat_message")[0][0]
    assert f"{messages} messages" in checked and "3 files" in checked and "is whole" in checked
    assert b"Line 7" not in path.read_bytes() and b"alice@example.org" not in path.read_bytes()


def test_under_a_passphrase_it_opens_with_that_alone(site, tmp_path):
    path = tmp_path / "site.age"
    did(manage(site, "backup", path))
    assert "is whole" in did(manage(tmp_path / "elsewhere", "restore", "--check", path))
    said = sentence(manage(tmp_path / "elsewhere", "restore", "--check", path, MAINSTAY_BACKUP_PASSPHRASE="a lamp and a lantern"))
    assert "passphrase does not open" in said and PASSPHRASE not in said
    assert "set MAINSTAY_BACKUP_PASSPHRASE" in sentence(
        manage(tmp_path / "elsewhere", "restore", "--check", path, MAINSTAY_BACKUP_PASSPHRASE="")
    )


def test_the_folder_of_a_backup_is_made_for_its_owner_alone(site, key, tmp_path):
    """The first night of a site that was set up as the docs say, without a backup."""
    path = tmp_path / "backups" / "home" / "site.age"
    did(manage(site, "backup", path, "--to", public(key), MAINSTAY_BACKUP_PASSPHRASE=""))
    assert path.exists() and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "exists" in sentence(manage(site, "backup", path, "--to", public(key), MAINSTAY_BACKUP_PASSPHRASE=""))
    assert sql(site, "SELECT verb FROM kit_auditentry ORDER BY id DESC LIMIT 1") == [("community.backup",)]


NONE = {"MAINSTAY_BACKUP_KEYS": "", "MAINSTAY_BACKUP_PASSPHRASE": ""}


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("a file in the way", "was not made"),
        (NONE, "Say who can open the backup"),
        (NONE | {"MAINSTAY_BACKUP_KEYS": "age1nobody"}, "no public key"),
        (NONE | {"MAINSTAY_BACKUP_KEYS": "AGE-SECRET-KEY-1KESTREL"}, "a private key"),
        (NONE | {"MAINSTAY_BACKUP_PASSPHRASE": "short"}, "12 characters"),
        ("killed, as systemd tells, with a key that cannot be read", ""),
    ],
)
def test_a_backup_that_failed_is_noted(site, key, tmp_path, way, told):
    """A night without a backup that no page tells of; most often because nobody said, or said wrongly, who can open it."""
    did(manage(site, "backup", tmp_path / "one.age", "--to", public(key), MAINSTAY_BACKUP_PASSPHRASE=""))
    if way == "a file in the way":
        (tmp_path / "backups").touch()
        done = manage(site, "backup", tmp_path / "backups" / "x.age", MAINSTAY_BACKUP_KEYS=public(key), MAINSTAY_BACKUP_PASSPHRASE="")
        assert told in sentence(done)
    elif told:
        said = sentence(manage(site, "backup", tmp_path / "two.age", **way))
        assert told in said and "KESTREL" not in said
    else:
        did(manage(site, "backup", "--failed", MAINSTAY_BACKUP_KEYS="age1nobody"))
    assert sql(site, "SELECT verb FROM kit_auditentry ORDER BY id DESC LIMIT 1") == [("community.backup_failed",)]


def test_a_backup_without_a_file_says_how_to_name_one(site):
    assert "with the date in its name" in sentence(manage(site, "backup"))


@pytest.mark.parametrize(
    ("command", "environment", "told"),
    [
        ([], {"MAINSTAY_BACKUP_PASSPHRASE": ""}, "Say who can open the backup"),
        ([], {"MAINSTAY_BACKUP_PASSPHRASE": "short"}, "12 characters"),
        ([], {"MAINSTAY_BACKUP_KEYS": "age1nobody"}, "looks like age1"),
        (["--to", "AGE-SECRET-KEY-1"], {}, "--to holds a private key"),
        ([], {"MAINSTAY_BACKUP_KEYS": "age1nobody,age1somebody"}, "spaces separate several"),
    ],
)
def test_who_can_open_it_must_be_said(site, tmp_path, command, environment, told):
    assert told in sentence(manage(site, "backup", tmp_path / "site.age", *command, **environment))
    assert list(tmp_path.iterdir()) == []


def test_keys_and_a_passphrase_at_once_are_refused(site, key, tmp_path):
    """A passphrase that somebody believes to open the backup, and that does not."""
    assert "not both" in sentence(manage(site, "backup", tmp_path / "site.age", MAINSTAY_BACKUP_KEYS=public(key)))


def test_a_file_that_is_there_is_never_replaced(site, tmp_path):
    """Last night's backup, gone for one that fails."""
    (tmp_path / "site.age").write_text("last night's")
    assert "exists" in sentence(manage(site, "backup", tmp_path / "site.age"))
    assert (tmp_path / "site.age").read_text() == "last night's"


def test_a_full_disk_leaves_no_half_of_a_file(site, tmp_path):
    """Here the disk is a limit on the size of a file; modules compiled under it would stay half, too, so none is."""
    limited = "import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); sys.argv = ['manage.py', 'backup', sys.argv[1]]; "
    limited += "runpy.run_path('manage.py', run_name='__main__')"
    environment = {"MAINSTAY_DATA": str(site), "MAINSTAY_BACKUP_PASSPHRASE": PASSPHRASE, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", limited, str(tmp_path / "site.age")], env=environment, capture_output=True, text=True, check=False
    )
    assert "The backup was not made" in sentence(done)
    assert list(tmp_path.iterdir()) == []


def test_a_database_older_than_the_code_is_not_backed_up_half(site, tmp_path):
    """A backup without the tables that the code does not find yet."""
    old = tmp_path / "old"
    old.mkdir()
    assert "migrate" in sentence(manage(old, "backup", tmp_path / "site.age"))
    assert not (tmp_path / "site.age").exists()
