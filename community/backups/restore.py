"""Restoring: a backup becomes a site again, in an empty place, and everything is checked before that is said."""

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.apps.registry import Apps
from django.conf import settings
from django.core.files.storage import Storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from pyrage.x25519 import Identity

from community.kit import audit
from community.kit.encryption import under
from community.kit.models import QueuedEmail
from community.kit.ops import last_backup
from community.members.models import Invitation
from community.members.people import closing
from community.members.people.closing_models import AccountClosing, ClosedAccount

from . import archive, encryption, files, ledger, tables, target
from .snapshot import conversations

HERE = "default"


@dataclass(frozen=True)
class Restored:
    head: archive.Head
    manifest: archive.Manifest
    unsent: int  # e-mails that waited
    migrated: int  # migrations that the backup did not know yet
    keys: Path | None  # where the secret keys lie that must be set by hand
    closed_again: int | None  # accounts that were closed after the backup was made; None where no list of them was given
    is_foreign: bool  # the list has some that were closed since, and none of them is an account that is here
    put_off: int  # accounts that wait to be closed
    unreminded: int  # invitations that wait for an answer


def check(file: IO[bytes], keys: Sequence[Identity]) -> tuple[archive.Head, archive.Manifest]:
    """Decrypt a backup to its end and compare everything with its manifest. Raises CommandError where it is not whole."""
    start = file.tell()
    with encryption.opened(file, keys) as stream:
        found = archive.read(stream, archive.ArchiveVisitor())
    file.seek(start)
    return found


def restore(file: IO[bytes], keys: Sequence[Identity], listed: Sequence[ledger.Listed] | None) -> Restored:
    """Make the site of a backup here, close the accounts again that are listed, and leave those alone who asked for that.

    Raises CommandError, and leaves the place as empty as it was, where anything is amiss.
    """
    target.refuse_unless_empty()
    head, manifest = check(file, keys)
    refuse_unknown(head)
    with target.database(), target.storage() as storage:
        registry = make_tables(head)
        with transaction.atomic(), encryption.opened(file, keys) as stream:
            loader = Loader(head, registry, storage)
            archive.read(stream, loader)
            loader.compare(manifest)
        migrated = bring_up_to_date()
        if (found := conversations(HERE)) != manifest.conversations:
            raise CommandError(f"The conversations are not what they were: {found.messages} messages of {manifest.conversations.messages}.")
        with transaction.atomic():
            unsent, unreminded = end_emails(), end_reminders()
            audit.record(actor=None, verb=last_backup.RESTORED, target=head.made_at)
        kept = keep_keys(head.keys)
        with under(site_keys(head.keys)):
            closed_again = None if listed is None else close_those_in_ledger(listed, storage)
        closed = [each for each in listed or () if isinstance(each, ClosedAccount)]
        is_foreign = closed_again == 0 and any(each.closed_at > dt.datetime.fromisoformat(head.made_at) for each in closed)
        put_off = put_off_closings()
    return Restored(head, manifest, unsent, migrated, kept, closed_again, is_foreign, put_off, unreminded)


def close_those_in_ledger(listed: Sequence[ledger.Listed], storage: Storage) -> int:
    """Take a list over, and close those that the backup had open; return how many.

    The list is written into `storage`, since the site's files are not in their place yet.
    """
    ledger.take_over(listed)
    found = closing.close_again()
    ledger.write_to(storage)
    return found


def site_keys(restored: list[str]) -> list[str]:
    """Return the secret keys that are the site's from here on: the one set here, those of the backup, and the former ones."""
    own = [settings.SECRET_KEY] if os.environ.get("MAINSTAY_SECRET_KEY") else []  # else it was made for this command alone
    return list(dict.fromkeys([*own, *restored, *settings.SECRET_KEY_FALLBACKS]))


def put_off_closings() -> int:
    """Give whoever waited for their account to be closed another week: they may have changed their mind since. Return how many."""
    waiting = AccountClosing.objects.filter(member__is_active=True)
    return waiting.update(closes_at=closing.closing_time(timezone.now()))


def end_reminders() -> int:
    """Have nobody reminded who waits with an invitation: they may have been since. Return how many."""
    return Invitation.objects.sent().open().filter(without_reminders=False).update(without_reminders=True)


def refuse_unknown(head: archive.Head) -> None:
    """Raise CommandError for a backup of a release that this code does not know."""
    disk = MigrationExecutor(None).loader.disk_migrations
    known = set(disk) | {name for migration in disk.values() for name in migration.replaces}
    if unknown := sorted(set(head.migrations) - known):
        name = ".".join(unknown[0])
        raise CommandError(
            f"This backup was made by a newer release, or by another: {name} is not known here. Take that release to restore it."
        )


def make_tables(head: archive.Head) -> Apps:
    """Run the migrations of the backup's release; return its models."""
    executor = MigrationExecutor(connection)
    last = last_of(executor, head.migrations)
    executor.migrate(last)
    registry: Apps = executor.loader.project_state(last).apps
    return registry


def last_of(executor: MigrationExecutor, migrations: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The last one of each app."""
    nodes = executor.loader.graph.node_map
    applied = {name for name in migrations if name in nodes}
    return [name for name in applied if not any(child[0] == name[0] and child in applied for child in nodes[name].children)]


class Loader(archive.ArchiveVisitor):
    """Stores the rows and files of a backup in place of what its release's migrations made."""

    def __init__(self, head: archive.Head, registry: Apps, storage: Storage) -> None:
        models = {model._meta.db_table: model for model in tables.of(registry)}
        try:
            self.tables = {name: tables.table(models[name], columns) for name, columns in head.tables.items()}
        except LookupError as error:
            raise CommandError(f"The tables of this backup cannot be made here: {error}") from error
        self.models = [models[name] for name in head.tables]
        self.storage = storage
        tables.clear(list(models.values()), HERE)

    def rows(self, table: str, lines: bytes) -> None:
        tables.write(self.tables[table], lines, HERE)

    def file(self, name: str, size: int, stream: Any) -> None:
        files.store(self.storage, name, size, stream)

    def compare(self, manifest: archive.Manifest) -> None:
        """Count and hash what is stored now. Raises CommandError where it is not what the backup holds."""
        for name, count in manifest.tables.items():
            if tables.measure(self.tables[name], HERE) != count:
                raise CommandError(f"What was stored in {name} is not what the backup holds.")
        tables.count_on(self.models, HERE)


def bring_up_to_date() -> int:
    """Run the migrations that came since and make anew what is made from the rest; return how many there were."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    call_command("migrate", verbosity=0)
    make_derived()
    return missing


def make_derived() -> None:
    """Make the search index and Wagtail's list of references."""
    with open(os.devnull, "w") as nowhere:
        call_command("rebuild_references_index", verbosity=0, stdout=nowhere)
        call_command("update_index", verbosity=0, stdout=nowhere)


def end_emails() -> int:
    """Mark the e-mails that waited as not sent: days later they would be wrong, or come twice. Return how many."""
    waiting = QueuedEmail.objects.filter(state__in=[QueuedEmail.State.WAITING, QueuedEmail.State.LEAVING])
    return waiting.update(state=QueuedEmail.State.FAILED, sealed="")


def keep_keys(keys: list[str]) -> Path | None:
    """Put the site's secret key where it is read from; return the file of those that only the environment can give, if there are any."""
    data: Path = settings.DATA_DIR
    known = {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS}
    if not os.environ.get("MAINSTAY_SECRET_KEY"):
        _write(data / "secret.key", keys[:1])
        known = {keys[0], *settings.SECRET_KEY_FALLBACKS}
    if unknown := [key for key in keys if key not in known]:
        return _write(data / "secret.key.restored", unknown)
    return None


def _write(path: Path, lines: list[str]) -> Path:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines))
    return path
