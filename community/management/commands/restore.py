"""`manage.py restore`: a backup becomes a site again, in an empty place."""

import os
import sys
from getpass import getpass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from pyrage.x25519 import Identity

from community.backups import archive, encryption, ledger
from community.backups.restore import Restored, check, restore
from community.backups.trouble import in_a_sentence
from community.kit.ops import environ, lock

ANYBODYS = (
    "This file can't tell you who made it: anyone who knows your public key, which is not secret, can encrypt a forged one for it. "
    "Trust it only if it comes from where nobody but your own backup job can write, or if its checksum is the one that you noted."
)


class Command(BaseCommand):
    help = "Restore the site from a backup here, in an empty place; everything is checked. With --check, only check the file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--key-file", type=Path, help="the file that holds the private key; a backup under a passphrase needs none")
        parser.add_argument(
            "--closed",
            type=Path,
            metavar="FILE",
            help=f"the newest list of closed accounts, where that is not {ledger.NAME} beside the backup",
        )
        parser.add_argument(
            "--check", action="store_true", help="decrypt it to its end, compare everything with its manifest, restore nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with in_a_sentence("Nothing was restored"), options["file"].open("rb") as file:
                own = encryption.key_of(file, passphrase)
                keys = own or keys_of(options["key_file"])
                told = checked(file, keys) if options["check"] else restored(file, keys, listed_in(options["closed"], options["file"]))
        except BaseException:
            environ.take_back_key()
            raise
        if options["check"]:
            environ.take_back_key()
        self.stdout.write(told)
        if not own:
            self.stdout.write(f"\n{ANYBODYS}")


def passphrase() -> str:
    if given := os.environ.get("MAINSTAY_BACKUP_PASSPHRASE", ""):
        return given
    if not sys.stdin.isatty():
        raise CommandError("This backup opens with a passphrase: set MAINSTAY_BACKUP_PASSPHRASE.")
    return getpass("Passphrase of this backup: ")


def keys_of(path: Path | None) -> list[Identity]:
    if path is None:
        raise CommandError("This backup opens with a private key: say where it is with --key-file, and take it away afterward.")
    return encryption.identities(path.read_text(errors="replace"))


def checked(file: IO[bytes], keys: list[Identity]) -> str:
    head, manifest = check(file, keys)
    return f"{told(head, manifest)}\nThe file is whole: it was decrypted to its end, and everything in it is what its manifest says."


def listed_in(given: Path | None, backup: Path) -> list[ledger.Listed] | None:
    """Return the rows of the list that was given, or of the one beside the backup; None where there is none."""
    path = given or backup.with_name(ledger.NAME)
    return ledger.read(path.read_text(errors="replace")) if given or path.exists() else None


def restored(file: IO[bytes], keys: list[Identity], listed: list[ledger.Listed] | None) -> str:
    try:
        held = lock.take(settings.DATA_DIR, settings.SITE_URL)
    except lock.Taken as taken:
        raise CommandError(f"A site is running here already: open {taken.by}/.") from taken
    with held:
        try:
            return words(restore(file, keys, listed))
        except BaseException:
            (settings.DATA_DIR / lock.NAME).unlink(missing_ok=True)  # the place is left as empty as it was
            raise


def told(head: archive.Head, manifest: archive.Manifest) -> str:
    return (
        f"The backup of {head.site}, made {head.made_at}: {manifest.rows:,} rows of {len(manifest.tables)} tables, "
        f"{len(manifest.files):,} files of {manifest.bytes:,} bytes, "
        f"{manifest.conversations.messages:,} messages in {manifest.conversations.channels:,} conversations."
    )


def words(done: Restored) -> str:
    """What was done and what is left to do."""
    broken = done.manifest.conversations.broken
    gaps = f"{broken} have gaps, as they had when it was made" if broken else "without a gap"
    lines = [
        told(done.head, done.manifest),
        f"All of it is here: each table and each file was read back and is what the backup holds; messages are numbered {gaps}.",
    ]
    if done.migrated:
        lines.append(f"It came from an older release: {done.migrated} migrations were run.")
    lines += ["", "Everybody signs in again: a backup holds no sessions."]
    if done.unsent:
        which = "1 e-mail" if done.unsent == 1 else f"{done.unsent} e-mails"
        lines.append(
            f"{which} had not left when it was made, and will not: marked as not sent. "
            "Look through /staff/people/ and send invitations again."
        )
    if done.unreminded:
        which = "1 invitation waits" if done.unreminded == 1 else f"{done.unreminded} invitations wait"
        lines.append(f"{which} for an answer, and no reminder of it will leave: people may have been reminded since the backup was made.")
    if done.put_off:
        which = "1 account waits" if done.put_off == 1 else f"{done.put_off} accounts wait"
        lines.append(f"{which} to be closed, and will be in a week from now: whoever changed their mind since can keep it until then.")
    if done.keys:
        lines.append(
            f"{done.keys} holds the site's secret key, which is not the one set here. Set MAINSTAY_SECRET_KEY to its first line "
            "and MAINSTAY_SECRET_KEY_FALLBACKS to the others, then delete that file: without it, what was sealed under it cannot be read."
        )
    lines += ["", closed_words(done)]
    lines += ["", "What was written after the backup was made is not here. Next: manage.py serve, sign in, and look."]
    return "\n".join(lines)


def closed_words(done: Restored) -> str:
    """What became of the accounts that were closed after the backup was made."""
    if done.closed_again is None:
        return (
            f"No list of closed accounts was here: no {ledger.NAME} beside the backup, and no --closed. "
            "ACCOUNTS THAT WERE CLOSED AFTER IT WAS MADE ARE OPEN AGAIN, under their names, and whoever has asked for no more invitations "
            "since can be invited. Look for the list beside later backups "
            "or among the old site's files, make this place empty, and restore once more with it."
        )
    if done.is_foreign:
        return (
            "The list of closed accounts has some that were closed after the backup was made, and none of them was found here. Unless all "
            "of these people joined after it was made, they ARE OPEN AGAIN, under their names: the list is another site's, or was made "
            "under a newer secret key. Make this place empty, set MAINSTAY_SECRET_KEY to the newest one and MAINSTAY_SECRET_KEY_FALLBACKS "
            "to those before it, and restore once more."
        )
    which = "1 account was" if done.closed_again == 1 else f"{done.closed_again} accounts were"
    return f"Closed accounts: {which} closed again, as the list of them says."
