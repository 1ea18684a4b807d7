"""The list of closed accounts beside the backups, and among the site's files: by it no backup brings anybody back.

A line is a keyed hash of an account's id, when it was closed, and whether its messages were emptied. It tells nobody whose it was.
"""

import os
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.core.management.base import CommandError
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from community.kit.ops import lock
from community.members.people.closing_models import HASH_LENGTH, ClosedAccount
from community.members.seams import closed

NAME = "closed-accounts.txt"
_EMPTIED, _KEPT = "emptied", "kept"
_HASH = re.compile(f"[0-9a-f]{{{HASH_LENGTH}}}")


def _lines(accounts: Iterable[ClosedAccount]) -> str:
    return "".join(
        f"{each.id_hash} {each.closed_at.isoformat(timespec='seconds')} {_EMPTIED if each.emptied_messages else _KEPT}\n"
        for each in sorted(accounts, key=lambda each: (each.closed_at, each.id_hash))
    )


def read(text: str) -> list[ClosedAccount]:
    """Return the accounts of a list. Raises CommandError where it is none."""
    return list(_parsed(text))


def _parsed(text: str) -> Iterator[ClosedAccount]:
    for number, line in enumerate(text.splitlines(), 1):
        id_hash, at, choice = [*line.split(), "", "", ""][:3]
        closed_at = _moment(at)
        if not _HASH.fullmatch(id_hash) or closed_at is None or choice not in (_EMPTIED, _KEPT):
            raise CommandError(f"Line {number} of the list of closed accounts can't be read: take a copy that is whole.")
        yield ClosedAccount(id_hash=id_hash, closed_at=closed_at, emptied_messages=choice == _EMPTIED)


def _moment(text: str) -> Any:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None


def write_beside(folder: Path) -> None:
    """Add this site's closed accounts to the list in a folder of backups; what another release or key wrote there stays."""
    path = folder / NAME
    with lock.held(folder, waits=True):
        there = read(path.read_text(errors="replace")) if path.exists() else []
        known = {each.id_hash: each for each in [*there, *ClosedAccount.objects.all()]}
        part = path.with_name(f"{NAME}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(_lines(known.values()))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def write_to(storage: Storage) -> None:
    """Put the list among the site's files, so that a copy of them, or the bucket, has the newest."""
    storage.delete(NAME)
    storage.save(NAME, ContentFile(_lines(ClosedAccount.objects.all()).encode()))


@receiver(closed)
def keep_ledger(**kwargs: Any) -> None:
    """Write it with each account that is closed. Where the bucket is away, the next backup does."""
    transaction.on_commit(partial(write_to, default_storage), robust=True)
