"""A small site for these tests, in a data folder of its own, and the commands run on it."""

import contextlib
import shutil
import sqlite3
import subprocess
from pathlib import Path

from tests import forks
from tests.databases import clean_environment, sqlite_template

PASSPHRASE = "a lamp and a kettle"
FILL = """
from tests.cast import make_cast
from tests.cms.articles import publish, write_every_block
from cms.models import Picture
from community.kit import mail
from community.members.invitations.actions import invite
from groups.chat import actions as chat
import uuid
people, group = make_cast()
for n in range(30):
    chat.send(member=people["alice"], channel=group.channels.get().pk, client_id=uuid.uuid4(), body=f"Line {n}")
publish(write_every_block("members"), audience="groups", groups=[group])
[picture.get_rendition("max-1056x1400") for picture in Picture.objects.all()]
invite(actor=people["ada"], email="newcomer@example.org")
"""


def manage(folder: Path, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {"MAINSTAY_DATA": str(folder), "MAINSTAY_BACKUP_PASSPHRASE": PASSPHRASE} | environment
    return forks.run(["manage.py", *map(str, command)], clean_environment() | environment)


def did(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a refusal said, which must be one line and no traceback."""
    assert done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1, done.stdout + done.stderr
    return done.stderr.strip()


def make_site(folder: Path, **environment: str) -> Path:
    """Make a site with the cast, a talk, an article with files, and an invitation whose letter has not left.

    It is on SQLite, or in the migrated database that `environment` names.
    """
    folder.mkdir(mode=0o700)
    if "DATABASE_URL" not in environment:
        shutil.copy(sqlite_template(), folder / "db.sqlite3")
    did(manage(folder, "shell", "--verbosity=0", "-c", FILL, **environment))
    return folder


def sql(folder: Path, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(folder / "db.sqlite3")) as connection:
        found = connection.execute(query).fetchall()
        connection.commit()
        return found


def left_in(folder: Path) -> set[str]:
    """What is in a data folder beside what any command leaves there."""
    return {path.name for path in folder.iterdir()} - {"secret.key", "serving.lock"}
