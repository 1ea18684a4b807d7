"""The pictures and documents of a site, wherever they are kept: listed, read and stored in pieces, and hashed."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

import msgspec
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage, storages
from django.core.management.base import CommandError

PIECE = 1 << 20


class FileChecksum(msgspec.Struct, frozen=True):
    """How large a file is, and its SHA-256."""

    bytes: int
    sha256: str


class Reading:
    """A stream that hashes what is read from it."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._hash, self._size = stream, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        piece: bytes = self._stream.read(size)
        self._hash.update(piece)
        self._size += len(piece)
        return piece

    def so_far(self) -> FileChecksum:
        """Return the checksum of what was read until now."""
        return FileChecksum(self._size, self._hash.hexdigest())

    def checksum(self) -> FileChecksum:
        """Read to the end and return the checksum of all of it."""
        while self.read(PIECE):
            pass
        return self.so_far()


class Passing(File):
    """What a storage is given to store: a stream that can be read once, in pieces."""

    def __init__(self, reading: Reading, name: str, size: int) -> None:
        super().__init__(None, name)
        self._reading, self._size = reading, size

    def __bool__(self) -> bool:
        return True

    @property
    def size(self) -> int:
        return self._size

    def read(self, size: int = -1) -> bytes:
        return self._reading.read(size)

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while piece := self._reading.read(PIECE):
            yield piece


def names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Yield the name of every file, in order."""
    with suppress(FileNotFoundError):  # nothing was ever uploaded
        folders, here = storage.listdir(folder)
        yield from (f"{folder}{name}" for name in sorted(here))
        for inner in sorted(folders):
            yield from names(storage, f"{folder}{inner}/")


def measure(storage: Storage, name: str) -> FileChecksum:
    """Return the checksum of a stored file."""
    with storage.open(name) as file:
        return Reading(file).checksum()


def store(storage: Storage, name: str, size: int, stream: IO[bytes]) -> FileChecksum:
    """Store a file, read it back and return what was read. Raises CommandError where it is not what was given."""
    reading = Reading(stream)
    stored = storage.save(name, Passing(reading, name, size))
    given = reading.checksum()
    if stored != name or measure(storage, name) != given:
        raise CommandError("A file lay in its place otherwise than it was given: the storage is not empty, or does not keep what it takes.")
    return given


def same_place(other: FileSystemStorage) -> bool:
    """True where the site's own storage is this folder."""
    own = storages["default"]
    return isinstance(own, FileSystemStorage) and own.location == other.location


def refuse_bucket() -> None:
    """Raise CommandError for a bucket that does not answer, or answers everybody."""
    bucket: Any = default_storage
    if settings.BUCKET and (trouble := bucket.trouble()):
        raise CommandError(trouble)
