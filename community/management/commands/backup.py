"""`manage.py backup`: everything that the site holds, in one encrypted file."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from getpass import getpass
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from pyrage.x25519 import Identity

from community.backups import encryption, ledger
from community.backups.backup import backup, refuse_existing
from community.backups.trouble import in_a_sentence
from community.kit.ops import last_backup


class Command(BaseCommand):
    requires_system_checks = []  # what else is wrong with the site must not keep it from being backed up
    help = "Write everything that the site holds into one encrypted file, while it is running, and check that file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="the file to write; it must not exist yet, its folder is made")
        parser.add_argument(
            "--to", metavar="KEY", action="append", help="a public key (age1…) of someone who can open it; may be given more than once"
        )
        parser.add_argument("--new-key", action="store_true", help="write a new private key into FILE instead, and print its public key")
        parser.add_argument("--failed", action="store_true", help="only note that a backup failed, for the admins' Today")

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, stop)
        if options["failed"]:
            last_backup.note(made=False)
            return
        if options["file"] is None:
            raise CommandError("Say which file to write, with the date in its name: manage.py backup backups/2027-01-31.age")
        if options["new_key"]:
            self.stdout.write(new_key(options["file"]))
            return
        refuse_existing(options["file"])  # which says nothing of the backup that is there
        with noted(), in_a_sentence("The backup was not made"):
            keys, passphrase = encryption.set_for(" ".join(options["to"] or []))
            made = backup(options["file"], keys, passphrase if keys or passphrase else typed_twice())
        self.stdout.write(
            f"{options['file']}: {options['file'].stat().st_size:,} bytes.\n"
            f"In it: {made.rows:,} rows of {len(made.tables)} tables, {len(made.files):,} files of {made.bytes:,} bytes, the secret key.\n"
            f"Conversations: {made.conversations.channels:,}, with {made.conversations.messages:,} messages.\n"
            "Checked: it was read back from the disk and decrypted to its end; each row and each file is what was written."
        )
        if broken := made.conversations.broken:
            self.stderr.write(
                f"{broken} conversations have gaps in their numbers. They had them before: the backup holds them as they are."
            )
        if aside := ledger.write_beside(options["file"].parent):
            self.stderr.write(f"The list of closed accounts beside it was spoiled: it is {aside} now. What could be read of it was kept.")
        if keys:
            self.stdout.write("Not checked: your own key, which need not be here. Run manage.py restore --check where it is kept.")


class Slip(CommandError):
    """Somebody mistyped: that is not a backup that failed."""


def typed_twice() -> str:
    """Return a passphrase of whoever sits at the terminal. Raises Slip; CommandError where nobody sits there."""
    if not sys.stdin.isatty():
        raise CommandError(encryption.NOBODY)
    typed = getpass("Passphrase for this backup: ")
    try:
        encryption.check_passphrase(typed)
    except CommandError as error:
        raise Slip(str(error)) from None
    if getpass("Once more: ") != typed:
        raise Slip("The two are not the same: nothing was written.")
    return typed


@contextmanager
def noted() -> Iterator[None]:
    """Note for the admins' Today whether the backup came to be, whatever kept it from that."""
    try:
        yield
    except Slip:
        raise
    except Exception:
        with suppress(DatabaseError):  # most often why it failed
            last_backup.note(made=False)
        raise
    with suppress(DatabaseError):  # the file is there all the same
        last_backup.note(made=True)


def new_key(path: Path) -> str:
    """Write a new private key into a file for its owner alone; return what to do with it."""
    own = Identity.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# public key: {own.to_public()}\n{own}\n")
    except OSError as error:
        raise CommandError(f"The key cannot be written to {path}: {error.strerror}.") from error
    return (
        f"{path} holds a private key: keep it, and a copy, away from this server. Without it no backup can be opened.\n"
        f"Its public key, for the server:\n\n  MAINSTAY_BACKUP_KEYS={own.to_public()}\n"
    )


def stop(*_: object) -> NoReturn:
    """Leave in good order when told to end, so that no half of a file stays."""
    raise SystemExit("Stopped. Nothing was kept.")
