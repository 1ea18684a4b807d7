"""Guests' copies, in front of an application that counts what reaches it: what they must never be, however unlikely the moment."""

import asyncio
import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from community import guest_pages
from community.guest_pages import GuestPages
from community.kit import generation
from community.kit.web.public_views import SHARED
from tests.cms.articles import publish, write

HOST = b"localhost:8000"


class Site:
    """Pages that say how often they were drawn, and the database's answers, which a test sets."""

    def __init__(self, monkeypatch: Any, runner: asyncio.Runner) -> None:
        self.run = runner.run
        self.value: Any = "first"
        self.ends = time.time() + 60
        self.drawn = 0
        self.is_shared, self.status, self.more = True, 200, []
        self.while_drawing = lambda: None
        self.application = GuestPages(self._draw)
        monkeypatch.setattr(guest_pages, "in_thread", self._database)

    async def _database(self, work: Any) -> Any:
        await asyncio.sleep(0)
        answer = self.value if work is generation.current else self.ends
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _draw(self, scope: dict[str, Any], _receive: Any, send: Any) -> None:
        self.drawn += 1
        words = f"drawn {self.drawn}".encode()
        self.while_drawing()
        scope[SHARED] = self.is_shared
        headers = [(b"Content-Type", b"text/html"), (b"ETag", b'W/"%s"' % words), (b"Vary", b"Cookie"), *self.more]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": words[:3], "more_body": True})
        await send({"type": "http.response.body", "body": words[3:]})

    def get(self, path: str = "/", *headers: tuple[bytes, bytes], method: str = "GET", query: bytes = b"", host: bytes = HOST) -> Any:
        sent: list[Any] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": [(b"host", host), *headers]}
        self.run(self.application(scope, None, send))
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


@pytest.fixture
def site(monkeypatch: Any) -> Iterator[Site]:
    with asyncio.Runner() as runner:
        yield Site(monkeypatch, runner)


def test_the_second_guest_gets_a_copy_and_who_takes_other_bytes_another(site: Site) -> None:
    assert site.get() == site.get() == (200, "drawn 1")
    packed = [(b"accept-encoding", b"br, gzip;q=0.8")]
    assert site.get("/", *packed) == site.get("/", *packed) == (200, "drawn 2")
    assert site.get("/library/") == (200, "drawn 3") and site.get() == (200, "drawn 1")


@pytest.mark.parametrize(
    "asked",
    [
        {"headers": [(b"cookie", b"sessionid=1")]},
        {"headers": [(b"cookie", b"anything=1")]},
        {"headers": [(b"authorization", b"Basic x")]},
        {"query": b"page=2"},
        {"method": "HEAD"},
        {"method": "POST"},
        {"host": b"another.example"},
        {"path": "/help/"},
        {"path": "/today/"},
    ],
    ids=str,
)
def test_whatever_could_be_another_page_reaches_django(site: Site, asked: dict[str, Any]) -> None:
    """A member's page for a guest, a guest's for a member, or a page under an address that a stranger has made up."""
    asked = dict(asked)
    path, headers = asked.pop("path", "/"), asked.pop("headers", [])
    site.get()
    site.get("/library/")
    assert [site.get(path, *headers, **asked)[1] for _ in range(2)] == ["drawn 3", "drawn 4"]
    assert site.get() == (200, "drawn 1"), "and is kept for nobody"


def test_over_https_nothing_is_answered_to_who_came_without_it(site: Site, settings: Any) -> None:
    """Django would have sent them to https."""
    settings.HTTPS = True
    safe = (b"x-forwarded-proto", b"https")
    assert site.get("/", safe) == site.get("/", safe) == (200, "drawn 1")
    assert [site.get("/", *with_)[1] for with_ in ([], [(b"x-forwarded-proto", b"http")])] == ["drawn 2", "drawn 3"]


@pytest.mark.parametrize("case", ["not public", "redirect", "cookie"])
def test_nothing_is_kept_but_what_is_public_whole_and_nobodys(site: Site, case: str) -> None:
    site.is_shared = case != "not public"
    site.status = 302 if case == "redirect" else 200
    site.more = [(b"Set-Cookie", b"a=b")] if case == "cookie" else []
    assert [site.get()[1] for _ in range(3)] == ["drawn 1", "drawn 2", "drawn 3"]


def test_another_generation_throws_all_copies_away(site: Site) -> None:
    site.get(), site.get("/library/")
    site.value = "second"
    assert site.get() == (200, "drawn 3") and site.get("/library/") == (200, "drawn 4") and site.get() == (200, "drawn 3")


def test_a_page_that_was_begun_before_a_change_is_not_taken_for_one_after_it(site: Site) -> None:
    """With a value that is read after drawing, it would have stayed for good."""

    def change() -> None:
        site.value, site.while_drawing = "second", lambda: None

    site.while_drawing = change
    assert [site.get()[1] for _ in range(3)] == ["drawn 1", "drawn 2", "drawn 2"]


def test_a_database_that_is_away_is_answered_for_by_no_copy(site: Site) -> None:
    site.get()
    site.value = OperationalError("away")
    assert site.get() == (200, "drawn 2")
    site.value = "first"
    assert site.get() == (200, "drawn 1")


def test_a_database_that_hangs_is_not_waited_for(site: Site, monkeypatch: Any) -> None:
    async def hang(work: Any) -> None:
        await asyncio.Event().wait()

    site.get()
    monkeypatch.setattr(guest_pages, "in_thread", hang)
    monkeypatch.setattr(guest_pages, "PATIENCE", 0.01)
    assert site.get() == (200, "drawn 2")


def test_a_copy_ends_in_time(site: Site) -> None:
    site.ends = time.time() - 1
    assert [site.get()[1] for _ in range(2)] == ["drawn 1", "drawn 2"]


def test_who_has_the_page_already_is_told_so(site: Site) -> None:
    site.get()
    assert site.get("/", (b"if-none-match", b'"other", W/"drawn 1"')) == (304, "")
    assert site.get("/", (b"if-none-match", b'"drawn 1"')) == (304, "")
    assert site.get("/", (b"if-none-match", b'"other"')) == (200, "drawn 1")
    site.value = "second"
    assert site.get("/", (b"if-none-match", b'"drawn 1"')) == (200, "drawn 2")


def test_no_more_is_kept_than_fits(site: Site, monkeypatch: Any) -> None:
    """As many long pages as short ones, in every process; or one that is longer than all may be."""
    monkeypatch.setattr(guest_pages, "MAX_BYTES", 2 * len("drawn 1"))
    paths = ["/", "/library/a/", "/library/b/"]
    for path in paths:
        site.get(path)
    assert [site.get(path)[1] for path in reversed(paths)] == ["drawn 3", "drawn 2", "drawn 4"]
    monkeypatch.setattr(guest_pages, "MAX_BYTES", len("drawn 1") - 1)
    assert [site.get("/library/c/")[1] for _ in range(2)] == ["drawn 5", "drawn 6"]


def test_one_question_is_asked_for_all_who_wait(site: Site, monkeypatch: Any) -> None:
    """Each guest asks after they came: one that was on its way already may know less."""
    asked = []

    async def slow(work: Any) -> Any:
        if work is generation.current:
            asked.append(work)
        await asyncio.sleep(0.01)
        return await site._database(work)

    site.get()
    monkeypatch.setattr(guest_pages, "in_thread", slow)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", HOST)]}

    async def many() -> None:
        async def send(message: dict[str, Any]) -> None: ...

        first = asyncio.ensure_future(site.application(dict(scope), None, send))
        while not asked:
            await asyncio.sleep(0)
        await asyncio.gather(first, *(site.application(dict(scope), None, send) for _ in range(50)))

    site.run(many())
    assert len(asked) == 2 and site.drawn == 1


def test_a_page_ends_with_the_first_article_that_expires(db: None) -> None:
    """A list would go on showing what nobody may read any more."""
    write("For good", "public")
    assert time.time() + 50 < guest_pages._ends() <= time.time() + guest_pages.KEEP_SECONDS
    soon = timezone.now() + dt.timedelta(seconds=20)
    for audience in ("members", "public"):
        publish(write(f"For now and {audience}", audience), expire_at=soon)
        assert (abs(guest_pages._ends() - soon.timestamp()) < 0.001) == (audience == "public")
