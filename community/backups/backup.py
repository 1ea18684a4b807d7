"""A backup: everything that a site holds, as it stood at one moment, in one encrypted file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pyrage.x25519 import Identity, Recipient

from community.downloads.actions import FOLDER
from community.health import SENTENCES, schema_trouble
from community.kit.ops.lock import had

from . import archive, encryption, files, tables
from .snapshot import conversations, snapshot, tables_of


def backup(path: Path, keys: list[Recipient], passphrase: str = "") -> archive.Manifest:
    """Write a backup to `path` for the holders of `keys`, or of the passphrase; return its manifest.

    The file is read back before it gets its name: it is encrypted for one key more, which this process made and forgets.
    """
    if trouble := schema_trouble():
        raise CommandError(SENTENCES[trouble])
    mine = Identity.generate()
    locked = encryption.armoured(mine, passphrase) if passphrase else b""
    with _whole_or_none(path) as out:
        out.write(locked)
        start = out.tell()
        with encryption.sealed(out, [*keys, mine.to_public()]) as stream, archive.ArchiveWriter(stream) as writer:
            written = _fill(writer)
        out.flush()
        os.fsync(out.fileno())
        out.seek(start)
        with encryption.opened(out, [mine]) as stream:
            _head, found = archive.read(stream, archive.ArchiveVisitor())
        if found != written:
            raise CommandError("What was read back from the disk is not what was written: the backup was thrown away.")
    return written


def _fill(writer: archive.ArchiveWriter) -> archive.Manifest:
    with snapshot() as using:
        found = tables_of(tables.DERIVED | tables.PASSING)
        migrations = sorted(MigrationRecorder(connections[using]).applied_migrations())
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        columns = {table.name: list(table.columns) for table in found}
        made_at = timezone.now().isoformat(timespec="seconds")
        writer.head(archive.Head(archive.FORMAT, made_at, settings.SITE_URL, migrations, columns, keys))
        for table in found:
            for lines in tables.read(table, using):
                writer.rows(table.name, lines)
        counted = conversations(using)
    for name in list(files.names(default_storage)):
        if name.startswith(f"{FOLDER}/"):  # copies of members' things, which are gone in a week
            continue
        try:
            file = default_storage.open(name)
        except FileNotFoundError:  # deleted meanwhile
            continue
        with file:
            writer.file(name, file.size, file)
    return writer.close(counted)


def refuse_existing(path: Path) -> None:
    """Raise CommandError where a backup, or anything else, bears this name."""
    if path.exists():
        raise CommandError(f"{path} exists: a backup never replaces another. Choose a name of its own, with the date in it.")


@contextmanager
def _whole_or_none(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that bears the name `path` when the block has ended well, and is gone when it has not."""
    part = path.with_name(f"{path.name}.part")
    refuse_existing(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as out:
        if not had(out):
            raise CommandError(f"Another backup is being written to {path} just now.")
        try:
            out.truncate(0)  # of one that was killed
            yield out
            part.rename(path)
            _settle(path.parent)
        finally:
            part.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Have the disk keep the names in a folder."""
    here = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(here)
    finally:
        os.close(here)
