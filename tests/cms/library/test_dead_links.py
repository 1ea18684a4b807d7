"""`check_links` finds what leads nowhere inside the site, and outside where the operator allows it, and is never led into a network."""

import select
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from wagtail.models import Page

from cms import outside
from cms.models import ArticlePage, DeadLink
from cms.outside import GONE, PRIVATE, UNREACHABLE, Asker
from tests.cms.articles import publish, write
from tests.cms.many import multiply

SITE = "http://localhost:8000"


def text(*addresses: str) -> list[Any]:
    return [("text", "<p>" + " ".join(f'<a href="{address}">here</a>' for address in addresses) + "</p>")]


def dead(article: ArticlePage) -> dict[str, str]:
    """What is noted of an article: why, by address or by the number of the page."""
    return {link.address or str(link.page): link.why for link in DeadLink.objects.filter(entry=article)}


def test_links_within_the_site_are_found_dead_and_alive_again(db: None) -> None:
    there, gone, draft = write("There"), write("Gone"), write("Draft", live=False)
    lost = f"{SITE}/library/{draft.slug}/"
    pages = [("text", "".join(f'<p><a linktype="page" id="{page.pk}">x</a></p>' for page in (there, gone, draft)))]
    body = text(f"{SITE}/library/{there.slug}/", lost, f"{SITE}/nowhere/", f"{SITE}/library/a/b/", f"{SITE}/help/") + pages
    quote = ("quote", {"text": "One hour.", "source": "A member", "url": f"{SITE}/library/none/"})
    article = write("Evenings", body=[*body, quote])
    number = gone.pk
    gone.delete()
    call_command("check_links")
    assert dead(article) == {
        lost: "gone", f"{SITE}/nowhere/": "gone", f"{SITE}/library/a/b/": "gone", f"{SITE}/library/none/": "gone",
        str(number): "gone", str(draft.pk): "taken_down",
    }  # fmt: skip
    since = DeadLink.objects.get(address=lost).since
    call_command("check_links")
    assert DeadLink.objects.get(address=lost).since == since, "it was dead before"
    publish(article, body=text(f"{SITE}/help/"))
    call_command("check_links")
    assert dead(article) == {}


def test_an_address_that_leads_on_to_a_public_article_is_not_dead(db: None) -> None:
    """What somebody copied before it was published, or under an earlier title, opens all the same; until fewer may read it."""
    first = write("First evenings", "public", live=False)
    opaque = f"{SITE}/library/{first.slug}/"
    first = publish(first, title="First evenings")
    publish(first, title="The first evenings")
    article = write("Evenings", body=text(opaque, f"{SITE}/library/first-evenings/"))
    call_command("check_links")
    assert dead(article) == {}
    publish(first, audience="members")
    call_command("check_links")
    assert dead(article) == {opaque: "gone", f"{SITE}/library/first-evenings/": "gone"}


def test_a_link_within_the_site_may_name_no_host(db: None) -> None:
    article = write("Evenings", body=text("/help/", "/library/none/", "//localhost:8000/nowhere/", "#part-1"))
    call_command("check_links")
    assert dead(article) == {"/library/none/": "gone", "//localhost:8000/nowhere/": "gone"}


@pytest.mark.parametrize("asks", [True, False])
def test_an_address_that_nobody_can_read_is_dead(db: None, settings: Any, asks: bool) -> None:
    """One of them ended the whole check with an error: a paste takes any that begins like an address."""
    settings.CHECK_OUTSIDE_LINKS = asks
    article = write("Evenings", body=text("http://[", "http://[::1/a"))
    call_command("check_links")
    assert dead(article) == {"http://[": "gone", "http://[::1/a": "gone"}


def test_what_is_deleted_while_other_sites_are_asked_ends_no_check(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHECK_OUTSIDE_LINKS = True
    article, last = (write(title, body=text(f"https://www.who.int/{title}")) for title in ("Evenings", "Mornings"))
    monkeypatch.setattr(Asker, "why_dead", lambda self, address: article.delete() and GONE if "Evenings" in address else GONE)
    call_command("check_links")
    assert dead(last) == {"https://www.who.int/Mornings": "gone"} and DeadLink.objects.count() == 1


def test_what_is_published_while_other_sites_are_asked_is_not_dead(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHECK_OUTSIDE_LINKS = True
    coming = write("Coming", live=False)
    write("Evenings", body=text("https://www.who.int/"))
    last = write("Mornings", body=[*text(f"{SITE}/library/{coming.slug}/"), ("text", f'<p><a linktype="page" id="{coming.pk}">x</a></p>')])
    monkeypatch.setattr(Asker, "why_dead", lambda self, address: publish(coming) and None)
    call_command("check_links")
    assert dead(last) == {}


@pytest.mark.django_db(transaction=True)
def test_others_write_while_other_sites_are_asked(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that is read while it is walked shows the database as it was at first, and SQLite lets nobody write from there."""
    settings.CHECK_OUTSIDE_LINKS = True
    article = write("Evenings", body=text("https://www.who.int/"))
    multiply([article], 120)

    def answer(_asker: Any, _address: str) -> str:
        with ThreadPoolExecutor() as other:
            other.submit(lambda: (Page.objects.filter(pk=article.pk).update(seo_title="Changed"), connection.close())).result()
        return GONE

    monkeypatch.setattr(Asker, "why_dead", answer)
    call_command("check_links")
    assert DeadLink.objects.count() == 121


def test_other_sites_are_asked_only_where_the_operator_allows_it(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(Asker, "why_dead", lambda self, address: asked.append(address) or GONE)
    article = write("Evenings", body=text("https://www.who.int/", "https://www.who.int/&amp;a", "mailto:a@example.org"))
    write("Mornings", body=text("https://www.who.int/"))
    call_command("check_links")
    assert asked == [] and dead(article) == {}
    settings.CHECK_OUTSIDE_LINKS = True
    call_command("check_links")
    assert sorted(asked) == ["https://www.who.int/", "https://www.who.int/&a"], "each once, as a browser would"
    assert set(dead(article).values()) == {"gone"}


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://10.1.1.1/", "http://2130706433/",
        "http://169.254.169.254/latest/", "http://100.64.0.1/", "http://[64:ff9b::a00:1]/", "http://[2002:a00:1::]/", "http://0.0.0.0/",
        "http://8.8.8.8:22/", "ftp://8.8.8.8/", "http:///", "http://224.0.0.1/", "http://192.0.0.192/", "http://[fec0::1]/",
        "http://[64:ff9b:1::a00:1]/", "http://[::7f00:1]/", "http://[::ffff:0:a00:1]/", "http://[fe80::1]/", "http://[fd00::1]/",
    ],
)  # fmt: skip
def test_nothing_in_a_private_network_is_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A publisher could have the server look around in the center's own network, and read in the report what answered."""
    monkeypatch.setattr(outside, "ask", lambda *args: pytest.fail("it was asked"))
    monkeypatch.setattr(outside.socket, "getaddrinfo", _numbers(outside.socket.getaddrinfo))
    assert Asker().why_dead(address) == PRIVATE


def _numbers(look_up: Any) -> Any:
    """A look-up that asks nobody: these are numbers already, in whatever spelling."""

    def getaddrinfo(host: str, port: int, **kwargs: Any) -> Any:
        return [(2, 1, 6, "", (host if ":" in host or "." in host else "127.0.0.1", port))]

    return getaddrinfo


class Answers(BaseHTTPRequestHandler):
    """A site whose addresses say what it answers."""

    asked: list[tuple[str, str, str]]

    def do_HEAD(self) -> None:
        self.asked.append((self.command, self.path, self.headers["Host"]))
        name = self.path.strip("/")
        if name == "private":
            self._answer(302, "http://127.0.0.2/latest/")
        elif name == "circle":
            self._answer(302, "/circle")
        elif name == "unreadable":
            self._answer(302, "http://[")
        elif name == "moved":
            self._answer(301, "/200")
        elif name == "endless":
            self._begin_for_ever()
        elif name == "get":
            self._answer(405 if self.command == "HEAD" else 404)
        else:
            self._answer(int(name))

    do_GET = do_HEAD

    def _answer(self, status: int, leads_to: str = "") -> None:
        self.send_response(status)
        if leads_to:
            self.send_header("Location", leads_to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _begin_for_ever(self) -> None:
        """Say again and again that an answer is coming, and give none before whoever asked has gone; a real one after some seconds."""
        for _time in range(300):
            if select.select([self.connection], [], [], 0.01)[0]:
                return
            self.send_response_only(100)
            self.end_headers()
        self._answer(200)

    def log_message(self, *args: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of another site, on this machine, which passes for a public one."""
    Answers.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(outside, "PORTS", {80, server.server_port})
    monkeypatch.setattr(outside, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(outside, "PAUSE", 0)
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_another_site_answers_decides(elsewhere: str) -> None:
    """A site that turns robots away, or is busy for a moment, is not a dead link."""
    answers = {
        "200": None,
        "404": GONE,
        "410": GONE,
        "403": None,
        "429": None,
        "503": UNREACHABLE,
        "get": GONE,
        "moved": None,
        "circle": UNREACHABLE,
        "unreadable": UNREACHABLE,
    }
    assert {path: Asker().why_dead(f"{elsewhere}/{path}") for path in answers} == answers
    assert {host for _method, _path, host in Answers.asked} == {urlsplit(elsewhere).netloc}


def test_a_host_with_other_letters_is_asked_by_the_name_that_servers_know(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sites that are there were called dead, since they were asked by a name that none of them has."""
    port = urlsplit(elsewhere).port
    monkeypatch.setattr(outside.socket, "getaddrinfo", lambda host, port, *args, **kwargs: [(2, 1, 6, "", ("127.0.0.1", port))])
    assert Asker().why_dead(f"http://espa\u00f1a.example:{port}/200") is None
    assert Asker().why_dead(f"http://\u4f8b.example:{port}/200") is None
    assert [host for _method, _path, host in Answers.asked] == [f"xn--espaa-rta.example:{port}", f"xn--fsq.example:{port}"]


def test_an_answer_that_never_comes_to_an_end_ends_no_check(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that sent a byte now and then kept the check for as long as it liked."""
    monkeypatch.setattr(outside, "MOST_SECONDS", 0.3)
    assert Asker().why_dead(f"{elsewhere}/endless") == UNREACHABLE
    assert Asker().why_dead(f"{elsewhere}/200") is None, "and the next is asked"


def test_a_site_leads_nobody_into_a_private_network(elsewhere: str) -> None:
    assert Asker().why_dead(f"{elsewhere}/private") == PRIVATE
    assert [path for _method, path, _host in Answers.asked] == ["/private"]


def test_one_host_is_asked_with_pauses(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(outside, "PAUSE", 5.0)
    monkeypatch.setattr(outside.time, "sleep", pauses.append)
    asker = Asker()
    for _time in range(2):
        assert asker.why_dead(f"{elsewhere}/200") is None
    assert len(pauses) == 1 and 4 < pauses[0] <= 5
