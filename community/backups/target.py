"""An empty place for a site: what is put into it takes its name at the end, or is gone when anything failed.

Who is killed leaves half of it behind. It is held by a lock while it is made, so the next who comes knows that nobody makes it any more.
"""

import glob
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.core.management.base import CommandError
from django.db import connection

from community.kit.ops import lock

from . import files

ELSEWHERE = "Set MAINSTAY_DATA, DATABASE_URL or MAINSTAY_S3_URL to an empty place."
ENDINGS = ("", "-wal", "-shm", "-journal")
UNFINISHED = re.compile(r"\.(preparing-\d+|restoring)(-wal|-shm|-journal)?")  # what stands after the name of a database in the making
BESIDE = re.compile(r"-(wal|shm|journal)$")  # what SQLite keeps beside a database
FILES = "media.restoring"


def refuse_unless_empty() -> None:
    """Raise CommandError where anything of a site is here already."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        if any(path.with_name(path.name + ending).exists() for ending in ENDINGS):  # a log alone would be played into the new one
            raise CommandError(f"A database is here already, and restoring never replaces one. {ELSEWHERE}")
    elif connection.introspection.table_names():
        raise CommandError("This database has tables already: create it anew, and leave the rest to manage.py restore.")
    files.refuse_bucket()
    if next(files.names(default_storage), None):
        raise CommandError(f"Files are here already, and restoring never replaces any. {ELSEWHERE}")


def forget_unfinished() -> None:
    """Remove what somebody began to make here and was killed over."""
    unfinished = {settings.MEDIA_ROOT.with_name(FILES)}
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        for found in path.parent.glob(f"{glob.escape(path.name)}.*"):
            if UNFINISHED.fullmatch(found.name.removeprefix(path.name)):
                unfinished.add(found.with_name(BESIDE.sub("", found.name)))
    for one in unfinished:
        try:
            with lock.held(one):
                _remove(one)
        except BlockingIOError:
            continue
        except FileNotFoundError:
            for ending in ENDINGS[1:]:
                one.with_name(one.name + ending).unlink(missing_ok=True)


@contextmanager
def _making(path: Path, make: Callable[[], None]) -> Iterator[None]:
    """Begin something by `make`, which fails where it is there already, and hold it while the block lasts; then it is gone.

    Until it is held, another start may take it for what somebody was killed over, and remove it: then it is begun again.
    """
    try:
        with ExitStack() as holding:
            while True:
                make()
                try:
                    holding.enter_context(lock.held(path, waits=True))
                except (FileNotFoundError, BlockingIOError):
                    continue
                break
            yield
    finally:
        forget_unfinished()  # whenever it ends: it may be stopped between beginning it and holding it


@contextmanager
def database(making_of: str = "restoring") -> Iterator[None]:
    """Have the site's connection lead to an empty database, which is this site's when the block has ended well.

    Raises FileExistsError where another has become that meanwhile.
    """
    forget_unfinished()
    if connection.vendor != "sqlite":
        try:
            yield
        except BaseException:
            _drop_all()
            raise
        return
    path = Path(connection.settings_dict["NAME"])
    making = path.with_name(f"{path.name}.{making_of}")
    with _making(making, partial(making.touch, exist_ok=False)):
        with _named(making):
            yield
        with closing(sqlite3.connect(making)) as settling:
            settling.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.link(making, path)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    connection.close()
    kept = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    for ending in ENDINGS:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _drop_all() -> None:
    """Leave a database that had no table as it was. Half a transaction may be open on the old connection."""
    connection.close()
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(name)} CASCADE")


@contextmanager
def storage() -> Iterator[Storage]:
    """Give an empty storage, whose files are this site's when the block has ended well."""
    if not isinstance(default_storage, FileSystemStorage):
        try:
            yield default_storage
        except BaseException:
            for name in list(files.names(default_storage)):
                default_storage.delete(name)
            raise
        return
    making = settings.MEDIA_ROOT.with_name(FILES)
    with _making(making, partial(making.mkdir, mode=0o700)):
        yield FileSystemStorage(location=making)
        making.rename(settings.MEDIA_ROOT)  # which may be there, but empty
