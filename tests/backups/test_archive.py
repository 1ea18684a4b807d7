"""What only a forger would put into a backup is refused before anything of it is stored."""

import io
import tarfile

import pytest
from django.core.management import CommandError

from community.backups import archive

CONVERSATIONS = archive.Conversations(0, 0, 0)


def head() -> archive.Head:
    return archive.Head(archive.FORMAT, "2026-11-30", "http://localhost", [], {}, [])


class Nobody(archive.ArchiveVisitor):
    """Is handed nothing, or the test has failed."""

    def file(self, name, size, stream):
        raise AssertionError(f"{name} would have been stored")


@pytest.mark.parametrize("name", ["../secret.key", "a/../../secret.key", "/etc/passwd", "", ".", "..", "a//b", "a/", "./a", "a\\..\\b"])
def test_a_file_that_would_lie_elsewhere_is_refused(name):
    """A traceback of Django's own check, or a key that a file of the backup has replaced."""
    stream = io.BytesIO()
    writer = archive.ArchiveWriter(stream)
    writer.head(head())
    writer.file(name, 1, io.BytesIO(b"x"))
    writer.close(CONVERSATIONS)
    stream.seek(0)
    with pytest.raises(CommandError):
        archive.read(stream, Nobody())


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
@pytest.mark.parametrize("name", ["files/a", "rows/a/0.gz", "manifest.json", "head.json"])
def test_what_is_no_file_is_refused(kind, name):
    """A link that leads out of the folder, or a traceback over what cannot be read."""
    stream = io.BytesIO()
    writer = archive.ArchiveWriter(stream)
    if name != "head.json":
        writer.head(head())
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, "../secret.key"
    writer._tar.addfile(entry)
    writer.close(CONVERSATIONS)
    stream.seek(0)
    with pytest.raises(CommandError):
        archive.read(stream, Nobody())


def test_the_same_file_twice_is_refused():
    """Two files of one name, of which the place keeps the second under another."""
    stream = io.BytesIO()
    writer = archive.ArchiveWriter(stream)
    writer.head(head())
    for content in (b"x", b"y"):
        writer.file("a", 1, io.BytesIO(content))
    writer.close(CONVERSATIONS)
    stream.seek(0)
    with pytest.raises(CommandError):
        archive.read(stream, archive.ArchiveVisitor())
