"""What a thin line has to carry."""

import asyncio
import gzip

STYLE = "/static/community/css/base.css"
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


def test_what_flows_goes_as_it_is(client, db):
    """Django packs it in pieces, and browsers read the first only. In a site, styles are packed before (test_releases.py)."""
    for path in (STYLE, FONT):
        answer = client.get(path, headers={"accept-encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers and "ETag" in answer.headers
    part = client.get(STYLE, headers={"accept-encoding": "gzip", "range": "bytes=0-99"})
    assert part.status_code == 206 and len(whole(part)) == 100
