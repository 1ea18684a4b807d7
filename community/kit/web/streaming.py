"""Files sent in pieces, from the disk or the bucket, and in part where a browser asks for a part. None is ever whole in memory.

Django itself answers no ranges, and under ASGI reads what is not asynchronous to its end before the first byte leaves.
"""

import asyncio
import hashlib
import io
import re
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

PIECE = 256 * 1024
RANGE = re.compile(r"bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<tail>\d{1,18}))", re.ASCII)


class Away(OSError):
    """What keeps the files does not answer. To Wagtail, which makes sizes of a picture for a page, that is a picture missing, no more."""


class Pieces(StreamingHttpResponse):
    """The next `length` bytes of a stream, which is closed with the response, even one that nobody read."""

    def __init__(self, stream: IO[bytes], length: int, *, later: bool, **kwargs: Any) -> None:
        super().__init__(_later(stream, length) if later else _now(stream, length), **kwargs)
        self._stream = stream

    def close(self) -> None:
        super().close()
        self._stream.close()


def in_pieces(request: HttpRequest, file: FieldFile, content_type: str, *, mark: str = "") -> HttpResponseBase:
    """Answer with a stored file: 200, 206 for a part, 416 for one that it does not have. Raises FileNotFoundError, Away.

    `mark` is what tells it from a later file of the same name, so that a download does not go on with that one.
    """
    storage, name = file.storage, str(file.name)
    size = storage.size(name)
    tag = f'"{hashlib.sha256(f"{name} {size} {mark}".encode()).hexdigest()[:32]}"'
    part = asked_for(request, size, tag)
    first, last = part or (0, size - 1)
    response: HttpResponseBase
    if first > last >= 0:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    elif request.method == "HEAD":
        response = HttpResponse(content_type=content_type, headers={"Content-Length": str(size)})
    else:
        length = last - first + 1
        stream = _opened(storage, name, first, last) if length else io.BytesIO()
        later = hasattr(request, "scope")  # under ASGI, where anything else would be read to its end at once
        response = Pieces(stream, length, later=later, content_type=content_type, headers={"Content-Length": str(length)})
        if part:  # even one that is the whole: a player that got 200 would never ask for another
            response.status_code = 206
            response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    return response


def asked_for(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """The first and the last byte of the part that is asked for; None for the whole, which several parts and nonsense get too."""
    part = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if part is None or not size or request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return None
    if part["tail"]:
        return (max(0, size - int(part["tail"])), size - 1) if int(part["tail"]) else (size, size - 1)
    first = int(part["first"])
    last = int(part["last"]) if part["last"] else max(first, size)
    return None if last < first else (first, min(last, size - 1))


def _opened(storage: Storage, name: str, first: int, last: int) -> IO[bytes]:
    """The file from its byte `first` on. A bucket is asked for that part alone."""
    if hasattr(storage, "part"):
        part: IO[bytes] = storage.part(name, first, last)
        return part
    file: Any = storage.open(name, "rb")
    file.seek(first)
    return file


def _now(stream: IO[bytes], left: int) -> Iterator[bytes]:
    while left > 0 and (piece := stream.read(min(PIECE, left))):
        left -= len(piece)
        yield piece


async def _later(stream: IO[bytes], left: int) -> AsyncIterator[bytes]:
    while left > 0 and (piece := await asyncio.to_thread(stream.read, min(PIECE, left))):
        left -= len(piece)
        yield piece
