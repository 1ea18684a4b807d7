"""Pictures and documents leave in pieces, and in part where a part is asked for: from the disk and from a bucket, with either server."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import AsyncClient
from PIL import Image as Canvas

from cms.models import LibraryDocument
from community.kit.ops import environ
from community.kit.web.streaming import PIECE
from tests.buckets import Bucket, keep_files_in
from tests.cms.articles import picture, with_document, with_picture, write
from tests.cms.revealing_files import photograph

WORDS = b"A plan for Monday. " * 100_000  # 1.9 MB: several pieces
SIZE = len(WORDS)
Ask = Callable[..., tuple[Any, bytes]]


@pytest.fixture(params=["disk", "bucket"])
def bucket(request: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket | None]:
    if request.param == "disk":
        yield None
        return
    with Bucket() as made:
        keep_files_in(made, settings, monkeypatch)
        yield made


@pytest.fixture
def file(db: None, bucket: Bucket | None) -> LibraryDocument:
    made = LibraryDocument.objects.create(title="A plan", file=ContentFile(WORDS, name="plan.txt"))
    write("Open", "public", body=with_document(made))
    return made


def by_wsgi(client: Any, url: str, method: str = "get", **headers: str) -> tuple[Any, bytes]:
    response = getattr(client, method)(url, headers=headers)
    return response, b"".join(response.streaming_content) if response.streaming else response.content


def by_asgi(client: Any, url: str, method: str = "get", **headers: str) -> tuple[Any, bytes]:
    async def ask() -> tuple[Any, bytes]:
        response = await getattr(AsyncClient(), method)(url, headers=headers)
        return response, b"".join([piece async for piece in response.streaming_content]) if response.streaming else response.content

    return async_to_sync(ask)()


@pytest.fixture(params=[by_wsgi, by_asgi])
def ask(request: Any, client: Any) -> Ask:
    return lambda url, *args, **headers: request.param(client, url, *args, **headers)


PARTS = {
    "bytes=0-0": (0, 1),
    "bytes=0-99": (0, 100),
    "bytes=100-": (100, SIZE),
    "bytes=300000-700000": (300_000, 700_001),
    f"bytes={SIZE - 1}-": (SIZE - 1, SIZE),
    f"bytes=5-{10**17}": (5, SIZE),
    "bytes=-100": (SIZE - 100, SIZE),
    "bytes= 7-9": (7, 10),
    "bytes=0-": (0, SIZE),
    f"bytes=-{SIZE * 2}": (0, SIZE),
}
WHOLE = [
    "",
    "bytes=0-1,5-6",
    "bytes=9-3",
    "bytes=-",
    "bytes=a-b",
    "lines=0-1",
    "bytes=²-³",
    "bytes=" + "9" * 40 + "-",
]
NONE = [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"]


def test_a_part_is_answered_with_that_part(file: LibraryDocument, ask: Ask, bucket: Bucket | None) -> None:
    """A broken download that begins again; a bucket that is read from its beginning to reach the end."""
    for asked, (first, stop) in PARTS.items():
        response, data = ask(file.url, Range=asked)
        assert (response.status_code, data) == (206, WORDS[first:stop]), asked
        assert response["Content-Range"] == f"bytes {first}-{stop - 1}/{SIZE}"
        assert response["Content-Length"] == str(stop - first)
        if bucket:
            assert bucket.ranges.pop() == f"bytes={first}-{stop - 1}"


def test_nonsense_and_several_parts_get_the_whole(file: LibraryDocument, ask: Ask) -> None:
    """An error, or a wrong part, for what a browser may ask and we do not serve."""
    for asked in WHOLE:
        response, data = ask(file.url, Range=asked)
        assert (response.status_code, len(data), response["Content-Length"]) == (200, SIZE, str(SIZE)), asked
        assert response["Accept-Ranges"] == "bytes"


def test_what_is_not_there_is_said(file: LibraryDocument, ask: Ask) -> None:
    for asked in NONE:
        response, data = ask(file.url, Range=asked)
        assert (response.status_code, response["Content-Range"], data) == (416, f"bytes */{SIZE}", b""), asked


def test_a_download_goes_on_only_with_the_same_file(file: LibraryDocument, ask: Ask) -> None:
    """Two halves of two files, one of which replaced the other under its name."""
    tag = ask(file.url)[0]["ETag"]
    assert ask(file.url, **{"Range": "bytes=5-9", "If-Range": tag})[0].status_code == 206
    file.file_hash = "another"
    file.save()
    other = ask(file.url)[0]["ETag"]
    assert other != tag
    response, data = ask(file.url, **{"Range": "bytes=5-9", "If-Range": tag})
    assert (response.status_code, data) == (200, WORDS)


def test_asking_for_the_head_reads_nothing(file: LibraryDocument, ask: Ask, bucket: Bucket | None) -> None:
    response, data = ask(file.url, "head", Range="bytes=0-5")
    assert (response.status_code, response["Content-Length"], data) == (200, str(SIZE), b"")
    assert not bucket or bucket.ranges == []


def test_a_part_is_a_part_of_what_the_whole_is(file: LibraryDocument, ask: Ask) -> None:
    """A whole that is compressed, whose parts are not: together they are neither."""
    response, data = ask(file.url, **{"Accept-Encoding": "gzip"})
    assert data == WORDS and "Content-Encoding" not in response


def test_rights_are_asked_for_a_part_too(client: Any, file: LibraryDocument) -> None:
    write("Hidden", "members", body=with_document(file))
    hidden = LibraryDocument.objects.create(title="A plan", file=ContentFile(WORDS, name="plan.txt"))
    write("Members", "members", body=with_document(hidden))
    assert client.get(hidden.url, headers={"Range": "bytes=0-9"}).status_code == 302


def test_an_empty_file_is_an_answer(client: Any, db: None, ask: Ask) -> None:
    empty = LibraryDocument.objects.create(title="Nothing", file=ContentFile(b"", name="nothing.txt"))
    write("Open", "public", body=with_document(empty))
    for asked in ("", "bytes=0-", "bytes=5-9", "bytes=-5"):
        response, data = ask(empty.url, Range=asked)
        assert (response.status_code, data) == (200, b"")


def test_a_picture_has_parts_too(file: LibraryDocument, ask: Ask) -> None:
    image = picture()
    write("Shown", "public", body=with_picture(image))
    url = image.sizes()[0].url
    whole = ask(url)[1]
    response, data = ask(url, Range="bytes=10-19")
    assert (response.status_code, data) == (206, whole[10:20])
    assert response["Content-Disposition"] == "inline" and response["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_lost_is_not_found(client_of: Any, alice: Any, file: LibraryDocument) -> None:
    """A failure (500) where the row has outlived its file: for pictures and documents, the disk and a bucket."""
    image = picture()
    write("Shown", "public", body=with_picture(image))
    shown = image.sizes()[0]
    for lost in (file, shown):
        default_storage.delete(lost.file.name)
        assert client_of(alice).get(lost.url).status_code == 404


class Spy(io.BytesIO):
    """A file that knows how much of it was read, and whether it was closed."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    opened = Spy(WORDS)
    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._open", lambda *args: opened)
    return opened


@pytest.mark.parametrize("bucket", ["disk"], indirect=True)
def test_it_is_read_as_it_leaves_and_no_faster(client: Any, file: LibraryDocument, spy: Spy) -> None:
    """A download that costs its size in memory, whoever reads it and however slowly: two of 300 MB took 600."""

    async def begin() -> Any:
        response = await AsyncClient().get(file.url)
        assert response.is_async, "Django reads any other to its end before it begins"
        assert len(await anext(aiter(response.streaming_content))) == PIECE
        return response

    response = async_to_sync(begin)()
    assert spy.taken == PIECE
    response.close()
    assert spy.closed, "who left half-way keeps the file open"


@pytest.mark.parametrize("bucket", ["disk"], indirect=True)
def test_a_file_that_nobody_reads_is_closed(client: Any, file: LibraryDocument, spy: Spy) -> None:
    client.get(file.url).close()
    assert spy.closed and spy.taken == 0


def test_a_bucket_that_is_away_says_come_back(client: Any, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure (500) where what keeps the files cannot be reached, and a page that goes with it."""
    client.raise_request_exception = False
    with Bucket() as made:
        monkeypatch.setenv("MAINSTAY_S3_URL", made.url)
        settings.BUCKET = environ.bucket() | {"access_key": "nobody"}
        file = LibraryDocument.objects.create(title="A plan", file=ContentFile(b"A plan", name="plan.txt"))
        article = write("Open", "public", body=with_document(file))
        settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "community.kit.storage.PrivateBucket", "OPTIONS": settings.BUCKET}}
        response = client.get(file.url)
        assert response.status_code == 503 and response["Retry-After"]
        assert client.get(f"/library/{article.slug}/").status_code == 200


def test_a_large_picture_is_kept_in_a_size_that_pages_need(db: None) -> None:
    """Thirty-nine megapixels that the editor's list, chooser and page unpack again at every look."""
    image = picture()
    image.file = ContentFile(photograph("jpg", size=(5000, 2500)), name="large.jpg")
    image.save()
    assert (image.width, image.height) == (2400, 1200)
    with default_storage.open(image.file.name) as kept:
        assert Canvas.open(kept).size == (2400, 1200)
