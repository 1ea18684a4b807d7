"""A backup from before somebody left does not bring them back: the list beside it says who is gone."""

import shutil
from pathlib import Path

import pytest

from community.backups.ledger import NAME
from tests.backups.sites import did, left_in, make_site, manage, sentence, sql

pytestmark = pytest.mark.timeout(600)  # each restoring runs all migrations

CLOSE = """
from community.members.models import User
from community.members.people.actions import close_account
from community.backups.ledger import keep_list
from community.members.invitations.do_not_write import link_to_stop, stop
close_account(actor=User.objects.get(name="Ada"), member=User.objects.get(name="Alice"))
stop(token=link_to_stop("newcomer@example.org").rstrip("/").rpartition("/")[2])
keep_list()
"""
ASK = """
import datetime as dt
from django.utils import timezone
from community.members.models import User
from community.members.people.closing_models import AccountClosing
asked = timezone.now() - dt.timedelta(days=9)
AccountClosing.objects.create(member=User.objects.get(name="Bob"), asked_at=asked, closes_at=asked + dt.timedelta(days=7))
"""


@pytest.fixture(scope="module")
def backups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with Alice in it, while Bob waits to be closed, and the one of the night after she was gone."""
    folder = tmp_path_factory.mktemp("closed")
    site = make_site(folder / "site")
    did(manage(site, "shell", "--verbosity=0", "-c", ASK))
    did(manage(site, "backup", folder / "with.age"))
    assert (folder / NAME).read_text() == ""
    did(manage(site, "shell", "--verbosity=0", "-c", CLOSE))
    did(manage(site, "backup", folder / "without.age"))
    assert (folder / NAME).read_text() == (site / "media" / NAME).read_text() != ""
    return folder


def whole(folder: Path) -> bytes:
    """What a restored site holds: its database and its files."""
    sql(folder, "PRAGMA wal_checkpoint(TRUNCATE)")
    files = [path for path in (folder / "media").rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in [folder / "db.sqlite3", *files])


def test_who_left_since_stays_away(backups: Path, tmp_path: Path) -> None:
    said = did(manage(tmp_path, "restore", backups / "with.age"))
    assert "1 account was closed again" in said
    assert sql(tmp_path, "SELECT count(*) FROM members_user WHERE name = 'Former member' AND NOT is_active") == [(1,)]
    sql(tmp_path, "VACUUM")
    held = whole(tmp_path)
    assert b"alice@example.org" not in held and b"Alice" not in held and b"Line 29" in held
    assert (tmp_path / "media" / NAME).read_text() == (backups / NAME).read_text()
    assert sql(tmp_path, "SELECT count(*) FROM members_donotwrite") == [(1,)], "who asked since to be left alone stays so"
    taken = manage(tmp_path, "shell", "--verbosity=0", "-c", "from community.members.people.names import check_name; check_name('Alice')")
    assert taken.returncode and "Somebody here has that name" in taken.stderr, "reserved under the key that the restored site has"


def test_whoever_may_have_changed_their_mind_since_is_not_closed(backups: Path, tmp_path: Path) -> None:
    """A week of long ago has run out, and the account would be gone within the hour. And nobody is reminded once more."""
    said = did(manage(tmp_path, "restore", backups / "with.age"))
    assert "1 account waits to be closed" in said and "1 invitation waits for an answer, and no reminder" in said
    assert sql(tmp_path, "SELECT count(*) FROM members_accountclosing WHERE closes_at > datetime('now', '+6 days')") == [(1,)]
    assert sql(tmp_path, "SELECT email, without_reminders FROM members_invitation WHERE answered_at IS NULL") == [
        ("newcomer@example.org", 1)
    ]
    did(manage(tmp_path, "retention"))
    assert sql(tmp_path, "SELECT count(*) FROM members_user WHERE name = 'Bob' AND is_active") == [(1,)]


def test_a_list_that_fits_nobody_is_said_not_to(backups: Path, tmp_path: Path) -> None:
    """Of a newer secret key: "0 accounts were closed again" would read as if nobody had left."""
    (tmp_path / "other.txt").write_text(f"{'f' * 64} 2099-01-01T00:00:00+00:00 kept\n")
    said = did(manage(tmp_path / "site", "restore", backups / "with.age", "--closed", tmp_path / "other.txt"))
    assert "they ARE OPEN AGAIN" in said and "MAINSTAY_SECRET_KEY" in said


def test_without_the_list_it_says_so(backups: Path, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    shutil.copy(backups / "with.age", tmp_path / "away" / "with.age")
    said = did(manage(tmp_path / "site", "restore", tmp_path / "away" / "with.age"))
    assert "ARE OPEN AGAIN" in said and NAME in said
    assert sql(tmp_path / "site", "SELECT count(*) FROM members_user WHERE name = 'Alice'") == [(1,)]


def test_a_list_can_be_named_and_one_that_is_broken_restores_nothing(backups: Path, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    shutil.copy(backups / "with.age", tmp_path / "away" / "with.age")
    (tmp_path / "broken.txt").write_text("nothing of the kind")
    site = tmp_path / "site"
    site.mkdir()
    refused = sentence(manage(site, "restore", tmp_path / "away" / "with.age", "--closed", tmp_path / "broken.txt"))
    assert "Line 1 of the list" in refused and left_in(site) == set()
    assert "1 account was" in did(manage(site, "restore", tmp_path / "away" / "with.age", "--closed", backups / NAME))
