"""A site on SQLite and files goes over to PostgreSQL and object storage, and is served from there by two processes."""

import hashlib
import re
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest

from tests import forks
from tests.backups.sites import did, make_site, manage, sentence, sql
from tests.buckets import NAME, Bucket
from tests.databases import clean_environment
from tests.services import postgresql, wait_until
from tests.sites import Site

pytestmark = pytest.mark.timeout(900)  # a dozen processes on a machine that may be busy


class World:
    """The site on SQLite, and the empty PostgreSQL and bucket that it moves to."""

    def __init__(self, folder: Path, bucket: Bucket) -> None:
        self.source, self.bucket = make_site(folder / "site"), bucket
        server = postgresql()
        self.url = server.create("mainstay_moved", template=server.migrated())
        self.environment = {
            "DATABASE_URL": self.url, "MAINSTAY_S3_URL": bucket.url, "MAINSTAY_SECRET_KEY": (self.source / "secret.key").read_text(),
        }  # fmt: skip
        self.new = folder / "new"

    def move(self, **changed: str) -> subprocess.CompletedProcess[str]:
        return manage(self.new, "move", "--from", self.source, **(self.environment | changed))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def fingerprint(self) -> dict[str, str]:
        """What the site that must not change consists of."""
        files = [
            self.source / "db.sqlite3",
            self.source / "secret.key",
            *(path for path in (self.source / "media").rglob("*") if path.is_file()),
        ]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Bucket() as bucket:
        yield World(tmp_path_factory.mktemp("move"), bucket)


@pytest.fixture(scope="module")
def moved(world: World) -> str:
    """What the move said, after everything that must be refused was, and after one that was killed in its midst."""
    before = world.fingerprint()
    refused(world)
    killed(world)
    assert world.rows("SELECT count(*) FROM members_user") == [(0,)]
    said = did(world.move())
    assert world.fingerprint() == before
    return said


def refused(world: World) -> None:
    empty = postgresql().create("mainstay_move_unmigrated")
    assert "manage.py migrate" in sentence(world.move(DATABASE_URL=empty))
    assert "DATABASE_URL is not set" in sentence(manage(world.source, "move", "--from", world.source))
    assert "no site in" in sentence(manage(world.new, "move", "--from", world.new, **world.environment))
    assert "Set MAINSTAY_SECRET_KEY" in sentence(world.move(MAINSTAY_SECRET_KEY="another key, as long as a real one would be"))
    world.bucket.client.put_object(Bucket=NAME, Key="images/of-somebody-else.webp", Body=b"mine")
    assert "not of this site" in sentence(world.move())
    world.bucket.client.delete_object(Bucket=NAME, Key="images/of-somebody-else.webp")
    world.bucket.is_open = True
    assert "Everybody can read" in sentence(world.move())
    world.bucket.is_open = False
    assert world.bucket.names() == []


def killed(world: World) -> None:
    """Kill a move as soon as the first file has arrived, and leave half of another there."""
    environment = clean_environment() | {"MAINSTAY_DATA": str(world.new)} | world.environment
    child = forks.start(["manage.py", "move", "--from", str(world.source)], environment, stdout=subprocess.DEVNULL)
    wait_until(lambda: bool(world.bucket.names()), child=child, what="The move")
    child.send_signal(signal.SIGKILL)
    child.wait()
    name = next(str(path.relative_to(world.source / "media")) for path in (world.source / "media").rglob("*.webp"))
    world.bucket.client.put_object(Bucket=NAME, Key=name, Body=b"half")


def test_every_row_and_file_arrives(world, moved):
    """A table, a picture or a sequence that is left behind."""
    with closing(sqlite3.connect(world.source / "db.sqlite3")) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    apart = re.compile("sqlite_|wagtailsearch_|cms_search|django_migrations|wagtailcore_referenceindex|kit_auditentry")
    counts = {name: count for name, count in counts.items() if not apart.match(name)}
    assert {name: world.rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in counts} == counts
    assert all(f"{count:,} rows" in line for line in moved.splitlines() for name, count in counts.items() if line.endswith(f"  {name}"))
    messages = "SELECT seq, version, body, html FROM chat_message ORDER BY channel_id, seq"
    assert world.rows(messages) == sql(world.source, messages)
    files = {str(path.relative_to(world.source / "media")) for path in (world.source / "media").rglob("*") if path.is_file()}
    assert set(world.bucket.names()) == files
    for name in files:
        assert world.bucket.client.get_object(Bucket=NAME, Key=name)["Body"].read() == (world.source / "media" / name).read_bytes()
    assert world.rows("SELECT count(*) FROM kit_auditentry WHERE verb = 'community.move'") == [(1,)]
    assert world.rows("SELECT state FROM kit_letter") == [("waiting",)], "a moved site sends what waited"


def test_it_never_moves_into_a_site(world, moved):
    assert "belongs to a site already" in sentence(world.move())


def test_two_processes_serve_it_to_who_may_see(world, moved, sites):
    """A moved site in which somebody cannot sign in, a picture is gone, a right is lost, or a new row takes a number that is taken."""
    environment = {name: value for name, value in world.environment.items() if name != "DATABASE_URL"}
    with ExitStack() as stack:
        site = stack.enter_context(Site("cluster", start_from=Path("mainstay_moved"), **environment))
        alice, charlie, guest = (
            stack.enter_context(closing(one)) for one in (site.sign_in("alice", 0), site.sign_in("charlie", 1), site.client(1))
        )
        slug = world.rows("SELECT slug FROM wagtailcore_page WHERE title = 'Every block'")[0][0]
        page = alice.get(f"/library/{slug}/").text
        files = sorted(set(re.findall(r"/(?:pictures|documents)/[0-9a-f-]{36}/(?:[0-9]+/)?", page)))
        assert [url.split("/")[1] for url in files] == ["documents", "pictures"]
        for url in files:
            assert [who.get(url).status_code for who in (alice, charlie, guest)] == [200, 404, 302]
        assert alice.get(files[0]).content.startswith(b"%PDF-")
        assert world.bucket.host not in page and "Signature" not in page
        channel = site.sql("SELECT channel_id FROM chat_message WHERE body = %s", "Line 29")[0][0]
        page = alice.get(f"/chat/{channel}/").text
        assert "Line 29" in page and charlie.get(f"/chat/{channel}/").status_code == 404
        form = {"csrfmiddlewaretoken": re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)[1], "body": "From the new house."}
        assert alice.post(f"/chat/{channel}/send/", data=form).status_code == 302
        seqs = [seq for (seq,) in site.sql("SELECT seq FROM chat_message WHERE channel_id = %s ORDER BY seq", channel)]
        assert seqs == list(range(1, len(seqs) + 1))


def test_a_site_that_is_served_does_not_move(world, tmp_path, sites):
    """Messages that are written after their table was carried, and are in neither place."""
    with Site("sqlite") as site:
        said = sentence(manage(tmp_path, "move", "--from", site.folder, **world.environment | {"DATABASE_URL": unused()}))
        assert "is being served" in said and site.url() in said


def unused() -> str:
    server = postgresql()
    return server.create("mainstay_move_unused", template=server.migrated())
