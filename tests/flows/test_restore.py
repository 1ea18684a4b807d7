"""`manage.py restore`: into an empty place, whole or not at all. What a broken file does is in test_restore_drill.py."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from tests.backups.sites import did, left_in, make_site, manage, sentence, sql
from tests.databases import RELEASE_KEY
from tests.services import postgresql
from tests.upgrade.make import CONVERSATIONS, KEPT, LINES

BEFORE = ("wagtailusers", "0011")  # with this step undone, the database is of an older release even where ours has no newer migrations

ROWS = """
import json
from django.db import connection
queries = ("SELECT seq, body FROM chat_message ORDER BY id", "SELECT name, email, password FROM members_user ORDER BY id")
with connection.cursor() as cursor:
    print(json.dumps({query: [[str(value) for value in row] for row in cursor.execute(query) and cursor.fetchall()] for query in queries}))
"""
pytestmark = pytest.mark.timeout(600)  # each restoring runs all migrations


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_site(tmp_path_factory.mktemp("restore") / "site")
    sql(folder, "INSERT INTO django_session VALUES ('a-session-key', 'x', '2099-01-01')")
    return folder


@pytest.fixture(scope="module")
def backup(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "site.age"
    did(manage(site, "backup", "--failed"))
    did(manage(site, "backup", path))
    return path


@pytest.fixture(scope="module")
def restored(backup: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The restored site and what the command said; a restoring that was killed had begun there."""
    folder = tmp_path_factory.mktemp("restored")
    (folder / "media.restoring").mkdir()
    (folder / "media.restoring" / "half.webp").write_bytes(b"half")
    (folder / "db.sqlite3.restoring").write_bytes(b"half")
    return folder, did(manage(folder, "restore", backup))


def test_rows_files_and_the_key_are_what_they_were(site, restored):
    folder, said = restored
    for query in ("SELECT id, seq, body FROM chat_message ORDER BY 1", "SELECT id, email, password FROM members_user ORDER BY 1"):
        assert sql(folder, query) == sql(site, query)
    files = {path.relative_to(site): path.read_bytes() for path in (site / "media").rglob("*") if path.is_file()}
    there = {path.relative_to(folder): path.read_bytes() for path in (folder / "media").rglob("*") if path.is_file()}
    assert files and there == files
    assert (folder / "secret.key").read_text() == (site / "secret.key").read_text()
    assert "without a gap" in said and left_in(folder) == {"db.sqlite3", "media"}


def test_what_the_old_site_noted_of_backups_does_not_count(site, restored):
    """An admin who reads that the last backup failed, of a site that has just been restored from one."""
    assert json.loads(manage(site, "status", "--json").stdout)["backup"]["made_at"]
    told = json.loads(manage(restored[0], "status", "--json").stdout)
    assert told["backup"] == {"made_at": None, "failed": False, "is_old": False} and "backup" not in told["wrong"]


def test_a_letter_that_waited_does_not_leave_days_later(site, restored):
    """An invitation that arrives twice, or a link that is long over."""
    folder, said = restored
    assert sql(site, "SELECT state FROM kit_letter") == [("waiting",)]
    assert sql(folder, "SELECT state, sealed FROM kit_letter") == [("failed", "")]
    assert "1 e-mail" in said and "/staff/people/" in said


def test_the_search_finds_what_was_written(restored):
    """An index that was left behind and is never made anew."""
    folder, _said = restored
    assert sql(folder, "SELECT count(*) FROM wagtailsearch_indexentry")[0][0] > 0
    assert sql(folder, "SELECT count(*) FROM wagtailcore_referenceindex")[0][0] > 0


def test_that_it_was_restored_stands_in_the_audit_trail(restored):
    folder, _said = restored
    assert sql(folder, "SELECT count(*) FROM kit_auditentry WHERE verb = 'community.restore'") == [(1,)]


def test_a_place_that_holds_anything_is_left_alone(backup, tmp_path):
    """The site that runs, replaced by last week's."""
    with_files, with_database, with_log = tmp_path / "files", tmp_path / "database", tmp_path / "log"
    (with_files / "media").mkdir(parents=True)
    (with_files / "media" / "picture.webp").write_bytes(b"mine")
    with_database.mkdir()
    (with_database / "db.sqlite3").write_bytes(b"mine")
    with_log.mkdir()
    (with_log / "db.sqlite3-wal").write_bytes(b"mine")  # SQLite would play it into the restored database
    assert "A database is here already" in sentence(manage(with_log, "restore", backup))
    assert "Files are here already" in sentence(manage(with_files, "restore", backup))
    assert "A database is here already" in sentence(manage(with_database, "restore", backup))
    assert left_in(with_files) == {"media"} and (with_database / "db.sqlite3").read_bytes() == b"mine"


def test_a_restored_site_has_no_session_and_nothing_that_waits_in_the_queue(site, restored):
    """Keys to members' sessions that lie about for weeks; a letter that leaves once more."""
    for table in ("django_session", "django_tasks_database_dbtaskresult"):
        assert sql(site, f"SELECT count(*) FROM {table}")[0][0] > 0
        assert sql(restored[0], f"SELECT count(*) FROM {table}") == [(0,)]


def test_what_fails_after_the_rows_leaves_the_place_empty(backup, tmp_path):
    """Half a site that the next start would serve: here the disk takes the database and not the files."""
    (tmp_path / "media").symlink_to(tmp_path / "nowhere")
    assert "Nothing was restored" in sentence(manage(tmp_path, "restore", backup))
    assert left_in(tmp_path) == {"media"}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_older_releases_backup_becomes_a_site_of_today(database, tmp_path):
    """Backups of a year that no later release can read."""
    old = tmp_path / "old"
    old.mkdir()
    with gzip.open(KEPT) as packed, (old / "db.sqlite3").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    key = {"MAINSTAY_SECRET_KEY": RELEASE_KEY}
    did(manage(old, "migrate", "--verbosity=0", *BEFORE, **key))
    code, to = "from tests.backups.older import backup; backup()", str(tmp_path / "site.age")
    did(manage(old, "shell", "--verbosity=0", "-c", code, TO=to, **key))
    there = key | ({"DATABASE_URL": postgresql().create("mainstay_older")} if database == "postgresql" else {})
    said = did(manage(tmp_path / "new", "restore", tmp_path / "site.age", **there))
    assert "ARE OPEN AGAIN" in said, "an older release left no list of closed accounts beside its backup"
    assert "older release" in said and "[ ]" not in did(manage(tmp_path / "new", "showmigrations", "--plan", **there))
    conversations = did(manage(tmp_path / "new", "shell", "--verbosity=0", "-c", CONVERSATIONS, **there)).splitlines()
    assert len(conversations) == 3 and all(line.startswith("True") for line in conversations)
    found = json.loads(did(manage(tmp_path / "new", "shell", "--verbosity=0", "-c", ROWS, **there)))
    for query, rows in found.items():
        assert rows == [[str(value) for value in row] for row in sql(old, query)]
    assert LINES[0] in str(found)


def test_a_newer_releases_backup_is_refused_by_name(site, tmp_path):
    newer = tmp_path / "newer"
    shutil.copytree(site, newer)
    sql(newer, "INSERT INTO django_migrations (app, name, applied) VALUES ('chat', '0099_from_the_future', '2030-01-01')")
    code = "from community.backups import backup; backup.schema_trouble = str; from tests.backups.older import back_up; back_up()"
    did(manage(newer, "shell", "--verbosity=0", "-c", code, TO=str(tmp_path / "site.age")))
    assert "chat.0099_from_the_future" in sentence(manage(tmp_path / "new", "restore", tmp_path / "site.age"))
    assert left_in(tmp_path / "new") == set()


def test_into_postgresql_under_a_key_of_its_own(site, backup, tmp_path):
    """Numbers that are given twice; second factors and letters that can never be read again, found out weeks later."""
    there = {"DATABASE_URL": postgresql().create("mainstay_restored"), "MAINSTAY_SECRET_KEY": "another key, as long as a real one would be"}
    failing = tmp_path / "failing"
    failing.mkdir()
    (failing / "media").symlink_to(tmp_path / "nowhere")
    assert "Nothing was restored" in sentence(manage(failing, "restore", backup, **there))
    said = did(manage(tmp_path, "restore", backup, **there))  # which it would not, had the other left a table
    kept = tmp_path / "secret.key.restored"
    assert kept.read_text() == (site / "secret.key").read_text() and kept.stat().st_mode & 0o777 == 0o600
    assert "Set MAINSTAY_SECRET_KEY" in said and kept.read_text() not in said
    code = (
        "from groups.chat.models import Message; from django.contrib.auth.models import Group; "
        "print(*Message.objects.order_by('id').values_list('body', flat=True), Group.objects.create(name='one more').pk, sep='|')"
    )
    *bodies, number = did(manage(tmp_path, "shell", "--verbosity=0", "-c", code, **there)).strip().split("|")
    assert bodies == [body for (body,) in sql(site, "SELECT body FROM chat_message ORDER BY id")]
    assert int(number) > max(pk for (pk,) in sql(site, "SELECT id FROM auth_group"))
    assert "has tables already" in sentence(manage(tmp_path / "again", "restore", backup, **there))
