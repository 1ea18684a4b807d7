"""Of somebody whose account was closed nothing is left: not in the database, the files or the mail queue, nor in what a backup restores.

What stays on purpose is not among the marks: copies in reports, which protect others, and what others wrote without an @.
"""

import json
from pathlib import Path

import pytest

from community.backups.ledger import NAME
from tests.backups.sites import did, make_site, manage
from tests.services import postgresql

pytestmark = pytest.mark.timeout(600)  # each restoring runs all migrations


def asked(folder: Path, call: str, **environment: str) -> str:
    code = f"from tests.flows import leavers; leavers.{call}"
    return did(manage(folder, "shell", "--verbosity=0", "-c", code, **environment))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_of_twenty_marks_none_is_found_after_the_end(database: str, tmp_path: Path) -> None:
    site, back = tmp_path / "site", tmp_path / "back"
    environment = [{}, {}]
    if database == "postgresql":
        server = postgresql()
        urls = server.create("mainstay_leaver", template=server.migrated()), server.create("mainstay_leaver_back")
        environment = [{"DATABASE_URL": url} for url in urls]
    make_site(site, **environment[0])
    marks = json.loads(asked(site, "plant()", **environment[0]))
    assert len(marks) == len(set(marks)) >= 20
    before = json.loads(asked(site, f"search({marks!r})", **environment[0]))
    assert [mark for mark, places in before.items() if not places] == [], "a search that does not see where they are"
    did(manage(site, "backup", tmp_path / "before.age", **environment[0]))
    asked(site, "end()", **environment[0])
    left = json.loads(asked(site, f"search({marks!r})", **environment[0]))
    assert {mark: places for mark, places in left.items() if places} == {}
    did(manage(site, "backup", tmp_path / "after.age", **environment[0]))
    assert (tmp_path / NAME).read_text()
    assert "1 account was closed again" in did(manage(back, "restore", tmp_path / "before.age", **environment[1]))
    left = json.loads(asked(back, f"search({marks!r})", **environment[1]))
    assert {mark: places for mark, places in left.items() if places} == {}
