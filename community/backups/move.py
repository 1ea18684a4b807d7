"""Moving: a site on SQLite and files goes over to the database and the storage that are set here, which must be empty.

The rows arrive in one transaction: a move that was cut off has left none of them. Files that have arrived already are recognized.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from community.centre.models import Centre
from community.health import OLD, SENTENCES, schema_trouble
from community.kit import audit
from community.kit.audit import SiteVerb
from community.kit.models import QueuedEmail
from community.kit.ops import lock
from community.members.models import Invitation, User

from . import archive, files, tables
from .restore import HERE, make_derived
from .snapshot import conversations, read_only, second_connection, tables_of

SOURCE = "source"


@dataclass(frozen=True)
class Moved:
    manifest: archive.Manifest
    files_stayed: bool


def move(source: Path, say: Callable[[str], None]) -> Moved:
    """Carry the site in the data folder `source` here, and tell `say` what arrived. Raises CommandError where it cannot be done whole."""
    _refuse_target(source)
    path = source / "db.sqlite3"
    if not path.is_file():
        raise CommandError(f"There is no site in {source}: --from names the data folder of the present one, which holds its db.sqlite3.")
    _refuse_foreign_key(source)
    with _standing_still(path) as insist, second_connection(SOURCE, read_only(path)):
        _refuse_other_release(path)
        kept = _move_files(FileSystemStorage(location=source / "media"), say)
        manifest = _move_rows(kept or {}, say, insist)
    make_derived()
    return Moved(manifest, kept is None)


def _refuse_target(source: Path) -> None:
    if connection.vendor == "sqlite" and Path(connection.settings_dict["NAME"]).parent == source:
        raise CommandError("DATABASE_URL is not set: it says where the site moves to.")
    if trouble := schema_trouble():
        raise CommandError("The new database is not prepared: run manage.py migrate first." if trouble == OLD else SENTENCES[trouble])
    if User.objects.exists() or Centre.objects.exists() or Invitation.objects.exists() or QueuedEmail.objects.exists():
        raise CommandError("The new database belongs to a site already: a move needs one that was only migrated.")


def _refuse_foreign_key(source: Path) -> None:
    own = source / "secret.key"
    if own.exists() and own.read_text().strip() not in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        raise CommandError(f"Set MAINSTAY_SECRET_KEY to what stands in {own}: under another key, what was sealed there cannot be read.")


@contextmanager
def _standing_still(path: Path) -> Iterator[Callable[[], None]]:
    """Hold the site's lock, so that nobody serves it. What is given raises CommandError where somebody has written all the same."""
    try:
        held = lock.take(path.parent, "(it is being moved)")
    except lock.Taken as taken:
        raise CommandError(f"The site is being served ({taken.by}): stop it, and run this again.") from taken
    with held, closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as watch:
        before = _changes(watch)

        def insist() -> None:
            if _changes(watch) != before:
                raise CommandError("Somebody wrote to the present site meanwhile: stop all of its processes, and run this again.")

        yield insist


def _changes(watch: sqlite3.Connection) -> int:
    """A number that is another one after anybody else has written to the file."""
    return int(watch.execute("PRAGMA data_version").fetchone()[0])


def _refuse_other_release(path: Path) -> None:
    try:
        executor = MigrationExecutor(connections[SOURCE])
        unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"{path} cannot be read ({type(error).__name__}).") from error
    if unknown or missing:
        raise CommandError("The present site is of another release than this one: bring it to this release first (manage.py migrate).")


def _move_files(source: FileSystemStorage, say: Callable[[str], None]) -> dict[str, files.FileChecksum] | None:
    """Store every file that is not there yet and return all of them; None where they stay where they are."""
    if files.same_place(source):
        return None
    files.refuse_bucket()
    wanted = list(files.names(source))
    there = set(files.names(default_storage))
    if strange := there - set(wanted):
        raise CommandError(f"The new storage holds {len(strange):,} files that are not of this site: a move needs an empty one.")
    kept = {}
    for name in wanted:
        given = files.measure(source, name)
        if name in there and files.measure(default_storage, name) != given:
            default_storage.delete(name)  # half of one, of a move that was cut off
            there.remove(name)
        if name not in there:
            with source.open(name) as file:
                files.store(default_storage, name, file.size, file)
        kept[name] = given
    files.refuse_bucket()
    say(f"{len(kept):,} files of {sum(one.bytes for one in kept.values()):,} bytes: each was read on both sides and is the same.")
    return kept


def _move_rows(kept: dict[str, files.FileChecksum], say: Callable[[str], None], insist: Callable[[], None]) -> archive.Manifest:
    counts = {}
    with transaction.atomic():
        tables.clear(tables.of(apps), HERE)
        for table in tables_of(tables.DERIVED):
            counts[table.name] = count = _move_table(table)
            say(f"{count.rows:>9,} rows  {count.sha256[:16]}  {table.name}")
        tables.count_on(tables.of(apps, without=tables.DERIVED), HERE)
        if (counted := conversations(HERE)) != conversations(SOURCE):
            raise CommandError("The conversations are not what they were: nothing was kept.")
        insist()
        audit.record(actor=None, verb=SiteVerb.MOVE)
    return archive.Manifest(counts, kept, counted)


def _move_table(table: tables.Table) -> tables.TableChecksum:
    counter = tables.RowCounter()
    for lines in tables.read(table, SOURCE):
        counter.add(lines)
        tables.write(table, lines, HERE)
    if tables.measure(table, HERE) != counter.checksum():
        raise CommandError(f"What arrived in {table.name} is not what was there: nothing was kept.")
    return counter.checksum()
