"""What is inside a backup: a tar stream of a head, the rows of each table in batches, the files, and a manifest with their checksums.

head.json                    release, migrations, columns, secret keys
rows/<table>/<number>.gz     JSON lines, one a row
files/<name>
manifest.json                rows and SHA-256 of each table, size and SHA-256 of each file
"""

import gzip
import io
import tarfile
import zlib
from typing import IO, Any

import msgspec
from django.core.management.base import CommandError

from .files import FileChecksum, Reading
from .tables import RowCounter, TableChecksum

FORMAT = 1
UNKNOWN = "This is no backup of this site's kind."


class Head(msgspec.Struct):
    """What must be known before the first row can be stored."""

    format: int
    made_at: str
    site: str
    migrations: list[tuple[str, str]]
    tables: dict[str, list[str]]  # their columns, in the order of the rows
    keys: list[str]  # the secret key, and the former ones that were still in use


class Conversations(msgspec.Struct, frozen=True):
    """How many there are; `broken` counts channels whose messages are not numbered from 1 without a gap."""

    channels: int
    messages: int
    broken: int


class Manifest(msgspec.Struct):
    tables: dict[str, TableChecksum]
    files: dict[str, FileChecksum]
    conversations: Conversations = msgspec.field(name="talk")  # as it is called in files of the first releases

    @property
    def rows(self) -> int:
        return sum(count.rows for count in self.tables.values())

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())


class ArchiveWriter:
    """Writes an archive into a stream, and counts and hashes what goes in."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115  (closed by close)
        self._counters: dict[str, RowCounter] = {}
        self._files: dict[str, FileChecksum] = {}

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(self, *error: Any) -> None:
        self._tar.__exit__(*error)  # else a half of it is written out whenever it is forgotten, into a stream that is closed by then

    def _add(self, name: str, size: int, stream: Any) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, stream)

    def _add_bytes(self, name: str, content: bytes) -> None:
        self._add(name, len(content), io.BytesIO(content))

    def head(self, head: Head) -> None:
        self._add_bytes("head.json", msgspec.json.encode(head))
        self._counters = {name: RowCounter() for name in head.tables}

    def rows(self, table: str, lines: bytes) -> None:
        counter = self._counters[table]
        self._add_bytes(f"rows/{table}/{counter.rows:012}.gz", gzip.compress(lines, 6, mtime=0))
        counter.add(lines)

    def file(self, name: str, size: int, stream: Any) -> None:
        """Add a file of exactly this size. Raises OSError where there is less of it."""
        reading = Reading(stream)
        self._add(f"files/{name}", size, reading)
        self._files[name] = reading.so_far()

    def close(self, conversations: Conversations) -> Manifest:
        manifest = Manifest({name: counter.checksum() for name, counter in self._counters.items()}, self._files, conversations)
        self._add_bytes("manifest.json", msgspec.json.encode(manifest))
        self._tar.close()
        return manifest


class ArchiveVisitor:
    """Gets what an archive holds, in its order. This one ignores it."""

    def rows(self, table: str, lines: bytes) -> None: ...

    def file(self, name: str, size: int, stream: Any) -> None: ...


def read(stream: IO[bytes], visitor: ArchiveVisitor) -> tuple[Head, Manifest]:
    """Hand an archive to `visitor` and return its head and manifest. Raises CommandError where the two ends do not agree."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            return _read(tar, visitor)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, msgspec.MsgspecError, StopIteration) as error:
        raise CommandError(UNKNOWN) from error


def _read(tar: tarfile.TarFile, visitor: ArchiveVisitor) -> tuple[Head, Manifest]:
    entries = iter(tar)
    head = msgspec.json.decode(_content(tar, next(entries), "head.json"), type=Head)
    if head.format != FORMAT:
        raise CommandError("This backup was made by a newer release: take that release, or a later one, to restore it.")
    counters: dict[str, RowCounter] = {name: RowCounter() for name in head.tables}
    files: dict[str, FileChecksum] = {}
    for entry in entries:
        if not entry.isreg():
            raise CommandError(UNKNOWN)
        kind, _slash, name = entry.name.partition("/")
        if kind == "rows":
            table = name.partition("/")[0]
            if table not in counters:
                raise CommandError(UNKNOWN)
            lines = gzip.decompress(_content(tar, entry))
            counters[table].add(lines)
            visitor.rows(table, lines)
        elif kind == "files":
            if name in files or not _is_safe(name):
                raise CommandError(UNKNOWN)
            reading = Reading(tar.extractfile(entry))
            visitor.file(name, entry.size, reading)
            files[name] = reading.checksum()
        else:
            manifest = msgspec.json.decode(_content(tar, entry, "manifest.json"), type=Manifest)
            if manifest.files != files or manifest.tables != {name: counter.checksum() for name, counter in counters.items()}:
                raise CommandError("What is in the file is not what its manifest says.")
            return head, manifest
    raise CommandError(UNKNOWN)


def _is_safe(name: str) -> bool:
    """True for the name of a file below the folder of files, written in its only way."""
    return not {"", ".", ".."} & set(name.replace("\\", "/").split("/"))


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo, name: str = "") -> bytes:
    stream = tar.extractfile(entry)
    if stream is None or (name and entry.name != name):
        raise CommandError(UNKNOWN)
    return stream.read()
