"""The list of closed accounts beside the backups, and among the site's files: by it no backup brings anybody back.

A line is a keyed hash of an account's id, when it was closed, and whether its messages were emptied. It tells nobody whose it was.
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from community.kit.ops import lock
from community.kit.schedule import periodic
from community.members.people.closing_models import HASH_LENGTH, ClosedAccount

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
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        account = _account(line)
        if account is None:
            raise CommandError(f"Line {number} of the list of closed accounts can't be read: take a copy that is whole.")
        found.append(account)
    return found


def _account(line: str) -> ClosedAccount | None:
    id_hash, at, choice = [*line.split(), "", "", ""][:3]
    closed_at = _moment(at)
    if not _HASH.fullmatch(id_hash) or closed_at is None or choice not in (_EMPTIED, _KEPT):
        return None
    return ClosedAccount(id_hash=id_hash, closed_at=closed_at, emptied_messages=choice == _EMPTIED)


def _moment(text: str) -> Any:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None


def write_beside(folder: Path) -> Path | None:
    """Add this site's closed accounts to the list in a folder of backups; what another release or key wrote there stays.

    A list of which some lines can't be read is put aside, and those that can are taken over. Return where it lies then.
    """
    path, aside = folder / NAME, None
    with lock.held(folder, waits=True):
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        there = [_account(line) for line in lines]
        if None in there:
            aside = path.replace(path.with_name(f"{NAME}.broken-{timezone.now():%Y-%m-%d-%H%M%S}"))
        _put(path, _lines({each.id_hash: each for each in [*there, *ClosedAccount.objects.all()] if each}.values()))
    return aside


def _put(path: Path, text: str) -> None:
    """Write a file in the place of the one that bears its name: the old one is there until the new one is whole."""
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def write_to(storage: Storage) -> None:
    """Have the list among a site's files say what its table says."""
    text = _lines(ClosedAccount.objects.all())
    if text == _stored(storage):
        return
    if isinstance(storage, FileSystemStorage):
        Path(storage.location).mkdir(parents=True, exist_ok=True)
        _put(Path(storage.path(NAME)), text)
    else:
        bucket: Any = type(storage)
        bucket(file_overwrite=True).save(NAME, ContentFile(text.encode()))


def _stored(storage: Storage) -> str:
    with suppress(FileNotFoundError), storage.open(NAME) as file:
        stored: bytes = file.read()
        return stored.decode(errors="replace")
    return ""


@periodic(60)
def keep_list() -> None:
    """Write it for those who have closed since, so that a copy of the files, or the bucket, has the newest. Idempotent."""
    write_to(default_storage)
