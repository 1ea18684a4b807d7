"""Redis or PostgreSQL away, in each of the ways in which they are: what works, and how long anybody waits."""

import contextlib
import re
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import httpx
import psycopg
import pytest
import redis

from community.kit.ops import cache as kit
from community.kit.ops.outage import Outage
from community.kit.ops.patience import PERSON_SECONDS
from tests.services import Redis, redis_server, wait_until
from tests.sites import Site

pytestmark = pytest.mark.timeout(120)
MARGIN = 1.0  # seconds that a busy machine of two cores may add to what a page takes by itself


@pytest.fixture(scope="module")
def site(sites: None) -> Iterator[Site]:
    with Site("cluster", processes=1) as running:
        yield running


@pytest.fixture
def fresh(site: Site) -> Iterator[Site]:
    """The site with a process that knows nothing of an outage."""
    site.kill()
    assert site.redis
    site.redis.flush()
    site.start()
    yield site


@contextmanager
def set_otherwise(server: Redis, name: str, value: str, before: str, password: str | None = None) -> Iterator[None]:
    with redis.Redis.from_url(server.url) as hand:
        hand.config_set(name, value)
        hand.client_kill_filter(skipme=True, _type="normal")
    try:
        yield
    finally:
        with redis.Redis.from_url(server.url, password=password) as hand:
            hand.config_set(name, before)


def refusing(server: Redis) -> AbstractContextManager[None]:
    return set_otherwise(server, "requirepass", "a word that the site was not told", "", "a word that the site was not told")


def full(server: Redis) -> AbstractContextManager[None]:
    return set_otherwise(server, "maxmemory", "1", "0")


@contextmanager
def read_only(server: Redis) -> Iterator[None]:
    with redis.Redis.from_url(server.url) as hand:
        hand.slaveof("127.0.0.1", 1)
        try:
            yield
        finally:
            hand.slaveof()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    assert took < seconds, f"it took {took:.1f} s"


@pytest.mark.parametrize("trouble", [Redis.stopped, Redis.frozen, refusing, full, read_only])
def test_without_redis_all_goes_on_and_tries_are_counted(fresh: Site, trouble: Callable[[Redis], AbstractContextManager[None]]) -> None:
    """Nobody can sign in or get a new password, or all wait, or a guesser is not counted, since something optional is away."""
    assert fresh.redis
    said_before = fresh.log().count("Redis is away")
    member = fresh.sign_in("alice")
    with trouble(fresh.redis):
        for path in ("/", "/help/", "/accounts/login/"):
            with fresh.client() as guest, within(1 + MARGIN):
                assert guest.get(path).status_code == 200
        with within(1 + MARGIN):
            assert member.get("/today/").status_code == 200
        with within(1 + MARGIN):
            ready = member.get("/readyz")
        assert ready.status_code == 200 and ready.json()["redis"] == "away"
        with within(3 + MARGIN):
            fresh.sign_in("bob").close()
        with fresh.client() as guest, within(2 + MARGIN):
            assert fresh.fill_in(guest, "/accounts/password/reset/", email="charlie@example.org").status_code == 302
        with fresh.client() as guesser:
            tired = ["You have tried several times" in _guess(fresh, guesser, n) for n in range(12)]
        assert tired[0] is False and tired[-1] is True
    member.close()
    assert fresh.log().count("Redis is away") == said_before + 1


def _guess(site: Site, guest: httpx.Client, n: int) -> str:
    return site.fill_in(guest, "/accounts/login/", login=f"nobody{n}@example.org", password="not the one").text


def test_what_a_page_writes_waits_for_no_redis(fresh: Site) -> None:
    """A message sent by the plain form waits for its events to be published, once for each, where nobody reads it."""
    assert fresh.redis
    with contextlib.closing(fresh.sign_in("alice")) as alice, fresh.redis.frozen():
        page = f"/chat/{fresh.ids['channel']}/"
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', alice.get(page).text)[0]
        for n in range(3):
            words = {"csrfmiddlewaretoken": token, "client_id": str(uuid.uuid4()), "body": f"Is anybody there? {n}"}
            with within(1 + MARGIN):
                assert alice.post(f"{page}send/", data=words).status_code == 302
        assert "Is anybody there? 2" in alice.get(page).text


def test_redis_is_used_again_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one outage each process would count tries on its own for good."""
    server, clock = redis_server(), [1000.0]
    monkeypatch.setattr("community.kit.ops.outage.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(kit, "away", Outage("Redis", "each process counts on its own", seconds=10))
    cache, other = (kit.Cache(server.url, {}) for _ in range(2))
    cache.set("tries", 1)
    with server.stopped():
        assert cache.add("tries", 2) and cache.get("tries") == 2 and kit.away.is_known
    assert cache.get("tries") == 2, "what is counted during an outage is counted until it ends"
    clock[0] += 11
    cache.set("again", 3)
    assert other.get("again") == 3 and not kit.away.is_known and cache.get("tries") is None


@pytest.fixture
def without_database(site: Site) -> Iterator[Callable[[], None]]:
    """PostgreSQL stops; calling what this gives starts it again."""
    server = site.postgresql
    assert server
    server.execute("CHECKPOINT")
    server.stop()
    started = []

    def start() -> None:
        server.start()
        started.append(True)

    yield start
    if not started:
        server.start()


PAGES = ["/", "/help/", "/accounts/login/", "/today/", "/library/", "/nowhere/", "/cms/", "/manifest.webmanifest"]


def test_without_postgresql_every_page_says_so_within_two_seconds_and_is_back_within_two(
    site: Site, without_database: Callable[[], None]
) -> None:
    """Ten seconds in front of a white page, and a minute more of them when the database has long been back."""
    with contextlib.closing(site.client()) as client:
        client.cookies.set("sessionid", "a session that nobody can look up")
        for path in PAGES:
            with within(2):
                answer = client.get(path)
            assert answer.status_code in (503, 200), path
            assert answer.status_code == 503 or path in ("/help/", "/manifest.webmanifest"), path
        with within(2):
            assert client.get("/readyz").json()["database"] == "away"
        without_database()
        end = time.monotonic() + 2
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < end, "it is not back within two seconds"
    log = site.log()
    assert log.count("mainstay.outage: The database is away") == log.count("mainstay.outage: The database is back") == 1, log


def test_what_waits_for_an_answer_of_postgresql_already_is_let_go(site: Site) -> None:
    """A page, and a thread of the server with it, for as long as the database's machine hangs: its network still answers for it."""
    assert site.postgresql
    waits = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{site.database}' AND wait_event_type = 'Lock'"
    with contextlib.closing(site.sign_in("alice")) as alice, psycopg.connect(site.database_url) as hand, ThreadPoolExecutor() as beside:
        hand.execute("LOCK TABLE chat_channel")
        asked = [beside.submit(alice.get, path) for path in ("/today/", f"/chat/{site.ids['channel']}/")]
        wait_until(lambda: site.postgresql.execute(waits)[0][0] == len(asked), child=None, what="A page that waits")
        with site.postgresql.frozen(), within(PERSON_SECONDS + MARGIN):
            answers = [each.result() for each in asked]
        assert [answer.status_code for answer in answers] == [503, 503] and all("again" in answer.text for answer in answers)
    with contextlib.closing(site.client()) as client:
        end = time.monotonic() + 2
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < end, "it is not back within two seconds"


def test_without_an_answer_of_postgresql_every_page_says_so_within_two_seconds(site: Site) -> None:
    """A page that waits for as long as the database's machine hangs: a connection that is there, and silent."""
    assert site.postgresql
    with contextlib.closing(site.client()) as client:
        client.cookies.set("sessionid", "a session that nobody can look up")
        assert client.get("/readyz").status_code == 200
        with site.postgresql.frozen():
            for path in ("/readyz", *PAGES, "/readyz"):
                with within(2):
                    answer = client.get(path)
                assert answer.status_code == 503 or path in ("/help/", "/manifest.webmanifest"), path
            assert answer.json()["database"] == "away"
        end = time.monotonic() + 2
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < end, "it is not back within two seconds"
