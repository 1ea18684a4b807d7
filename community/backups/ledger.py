"""The list of closed accounts beside the backups, and among the site's files: by it no backup brings anybody back.

A line is a keyed hash of an account's id, when it was closed, and whether its messages were emptied; or the hash of an address whose
person asked for no more invitations. It tells nobody whose it was.
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
from community.members.invitations.do_not_write import HASH_BYTES
from community.members.models import DoNotWrite
from community.members.people.closing_models import HASH_LENGTH, ClosedAccount

NAME = "closed-accounts.txt"
_EMPTIED, _KEPT, _LEFT_ALONE = "emptied", "kept", "left-alone"
_LENGTHS = {_EMPTIED: HASH_LENGTH, _KEPT: HASH_LENGTH, _LEFT_ALONE: 2 * HASH_BYTES}
_HASH = re.compile(r"[0-9a-f]+")
Listed = ClosedAccount | DoNotWrite


def _rows() -> list[Listed]:
    return [*ClosedAccount.objects.all(), *DoNotWrite.objects.all()]


def _lines(rows: Iterable[Listed]) -> str:
    return "".join(sorted(map(_line, rows), key=lambda line: (line.split()[1], line)))


def _line(row: Listed) -> str:
    if isinstance(row, DoNotWrite):
        at, word = row.asked_at, _LEFT_ALONE
    else:
        at, word = row.closed_at, _EMPTIED if row.emptied_messages else _KEPT
    return f"{_hash_of(row)} {at.isoformat(timespec='seconds')} {word}\n"


def _hash_of(row: Listed) -> str:
    return row.address_hash if isinstance(row, DoNotWrite) else row.id_hash


def read(text: str) -> list[Listed]:
    """Return the rows of a list. Raises CommandError where it is none."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        row = _row(line)
        if row is None:
            raise CommandError(f"Line {number} of the list of closed accounts can't be read: take a copy that is whole.")
        found.append(row)
    return found


def _row(line: str) -> Listed | None:
    hashed, at, word = [*line.split(), "", "", ""][:3]
    moment = _moment(at)
    if moment is None or len(hashed) != _LENGTHS.get(word) or not _HASH.fullmatch(hashed):
        return None
    if word == _LEFT_ALONE:
        return DoNotWrite(address_hash=hashed, asked_at=moment)
    return ClosedAccount(id_hash=hashed, closed_at=moment, emptied_messages=word == _EMPTIED)


def _moment(text: str) -> Any:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None


def write_beside(folder: Path) -> Path | None:
    """Add what this site's list has to the one in a folder of backups; what another release or key wrote there stays.

    A list of which some lines can't be read is put aside, and those that can are taken over. Return where it lies then.
    """
    path, aside = folder / NAME, None
    with lock.held(folder, waits=True):
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        there = [_row(line) for line in lines]
        if None in there:
            aside = path.replace(path.with_name(f"{NAME}.broken-{timezone.now():%Y-%m-%d-%H%M%S}"))
        _put(path, _lines({_hash_of(each): each for each in [*there, *_rows()] if each}.values()))
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
    """Have the list among a site's files say what its tables say."""
    text = _lines(_rows())
    if text == _stored(storage):
        return
    if isinstance(storage, FileSystemStorage):
        Path(storage.location).mkdir(parents=True, exist_ok=True)
        _put(Path(storage.path(NAME)), text)
    else:
        bucket: Any = storage.__class__  # of what the site's own storage stands for
        bucket(file_overwrite=True).save(NAME, ContentFile(text.encode()))


def _stored(storage: Storage) -> str:
    with suppress(FileNotFoundError), storage.open(NAME) as file:
        stored: bytes = file.read()
        return stored.decode(errors="replace")
    return ""


def take_over(rows: Iterable[Listed]) -> None:
    """Store the rows of a list. Those that are there already stay as they are."""
    rows = list(rows)
    ClosedAccount.objects.bulk_create([each for each in rows if isinstance(each, ClosedAccount)], ignore_conflicts=True)
    DoNotWrite.objects.bulk_create([each for each in rows if isinstance(each, DoNotWrite)], ignore_conflicts=True)


@periodic(60)
def keep_list() -> None:
    """Write the list among the files for those who have closed or asked since, so that a copy of them has the newest. Idempotent."""
    write_to(default_storage)
