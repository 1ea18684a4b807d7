"""What a thin line has to carry."""

import asyncio
import gzip
import zlib

import pytest

STYLE = "/static/community/css/base.css"
LARGE = "/static/wagtailadmin/css/core.css"
FONT = "/static/community/fonts/literata-latin-wght-normal.woff2"


def whole(answer) -> bytes:
    async def read():
        return b"".join([chunk async for chunk in answer.streaming_content])

    return asyncio.run(read())


def test_a_page_is_sent_compressed_and_its_length_tells_nothing(client, db):
    answers = [client.get("/help/", headers={"accept-encoding": "gzip, br"}) for _ in range(6)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert gzip.decompress(answers[0].content) == client.get("/help/").content
    assert len({len(answer.content) for answer in answers}) > 1
    assert "Accept-Encoding" in answers[0].headers["Vary"]


@pytest.mark.parametrize("path", [STYLE, LARGE])
def test_a_style_is_one_stream_which_every_browser_reads_to_its_end(client, db, path):
    packed, plain = whole(client.get(path, headers={"accept-encoding": "gzip"})), whole(client.get(path))
    press = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    assert press.decompress(packed) == plain and press.unused_data == b"" and press.eof
    assert len(packed) < len(plain) / 2


def test_who_has_the_style_gets_it_only_once(client, db):
    first = client.get(STYLE, headers={"accept-encoding": "gzip"})
    again = client.get(STYLE, headers={"accept-encoding": "gzip", "if-modified-since": first.headers["Last-Modified"]})
    assert "ETag" not in first.headers and again.status_code == 304 and "Content-Encoding" not in again.headers


def test_a_font_and_a_part_of_a_file_go_as_they_are(client, db):
    font = client.get(FONT, headers={"accept-encoding": "gzip"})
    part = client.get(STYLE, headers={"accept-encoding": "gzip", "range": "bytes=0-99"})
    assert "Content-Encoding" not in font.headers and "ETag" in font.headers
    assert part.status_code == 206 and "Content-Encoding" not in part.headers and len(whole(part)) == 100
