"""The site behind a real nginx with the file of deploy/: a rolling restart under way, and what its logs tell."""

import asyncio
import contextlib
import itertools
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.delivery.checker import check, read_history
from tests.delivery.client import Client
from tests.delivery.stage import MARGIN, UNHURRIED, Backstage, aside
from tests.nginx import Nginx
from tests.sites import Site

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]
MEMBERS = 50
LIVE_AGAIN = 3.0  # seconds
TRIES = 3
PACE = 0.1  # seconds between two messages of all of them
LINE = re.compile(r"|\S+T\S+ (GET|POST|-)? ?\d{3} (-|127\.0\.0\.1:\d+(, \S+)*) \S+( : \S+)* [\d.]+")  # of a log, or an empty one
LINES = "from community.centre.models import Centre; Centre(country='US', no_line=True).save()"


class Front:
    """A public site of some processes, with nginx before them."""

    def __init__(self, folder: Path, servers: int) -> None:
        self.site = Site("cluster", processes=servers, EMAIL_URL="smtp://127.0.0.1:9", **UNHURRIED)
        self.nginx = Nginx(folder, self.site.ports)
        self.url = self.site.address = self.nginx.url
        self.site.environment["MAINSTAY_URL"] = self.url

    def __enter__(self) -> "Front":
        with contextlib.ExitStack() as stack:
            stack.callback(self.site.close)
            self.site.manage("shell", "-v0", "-c", LINES)
            stack.enter_context(self.site)
            stack.enter_context(self.nginx)
            self.back = Backstage(self.site)
            stack.callback(self.back.close)
            self._leave = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._leave.close()

    @asynccontextmanager
    async def members(self, count: int) -> AsyncIterator[tuple[list[Client], str]]:
        """So many members of one group, connected through nginx, and the id of their channel."""
        names = self.back.make_people(count)
        _group, channel = self.back.make_group(*names)
        cookies = {name: self.back.fresh_session(name) for name in names}
        async with AsyncExitStack() as stack:
            clients = [Client(self.url, cookie, name=name, tls=self.nginx.tls) for name, cookie in cookies.items()]
            await asyncio.gather(*(stack.enter_async_context(client) for client in clients))
            yield clients, channel


@pytest.fixture
def front(request: pytest.FixtureRequest, sites: None, tmp_path: Path) -> Iterator[Front]:
    with Front(tmp_path, request.param) as started:
        yield started


async def _talk(clients: list[Client], channel: str, over: asyncio.Event) -> None:
    for n in itertools.takewhile(lambda _n: not over.is_set(), itertools.count()):
        client = clients[n % len(clients)]
        client.write(channel, f"{client.name} says {n}")
        await asyncio.sleep(PACE)  # the pace of the talk: nothing is waited for


async def _browse(front: Front, client: Client, channel: str, statuses: list[int], over: asyncio.Event) -> None:
    """Load a page and send its form, over and over, as a browser without JavaScript does.

    It ends between two requests: a form that was cut off under way would be stored later, after the clients' screens were read.
    """
    page, headers = f"/chat/{channel}/", {"Origin": front.url, "Cookie": client.cookie}
    async with httpx.AsyncClient(base_url=front.url, verify=front.nginx.tls, timeout=20) as http:
        while not over.is_set():
            shown = await http.get(page, headers=headers)
            statuses.append(shown.status_code)
            if token := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.text):
                form = {"csrfmiddlewaretoken": token[1], "client_id": str(uuid.uuid4()), "body": "By a form."}
                csrf = "; ".join(f"{name}={value}" for name, value in shown.cookies.items())
                sent = await http.post(f"{page}send/", data=form, headers={**headers, "Cookie": f"{client.cookie}; {csrf}"})
                statuses.append(sent.status_code)


def _away(client: Client) -> list[float]:
    """For how many seconds, each time, this client was not live."""
    times, since = [], 0.0
    for when, way, frame in client.history:
        if way == "closed" and not since:
            since = when
        elif since and way == "in" and frame["type"] == "ready":
            times.append(when - since)
            since = 0.0
    return [*times, float("inf")] if since else times


async def _restart_all(front: Front, clients: list[Client], channel: str) -> list[int]:
    """Restart one server after the other while people write and read, until all are live again. Return what a browser was answered."""
    statuses: list[int] = []
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_talk(clients, channel, over))
        group.create_task(_browse(front, clients[0], channel, statuses, over))
        for n in range(len(front.site.ports)):
            await aside(front.site.stop, n)
            await aside(front.site.start, n)
        await asyncio.gather(*(asyncio.wait_for(client.live.wait(), 30) for client in clients))
        over.set()
    return statuses


@pytest.mark.parametrize("front", [2, 3], indirect=True)
async def test_a_rolling_restart_is_hardly_noticed(front: Front) -> None:
    """A proxy that leaves a server alone for ten seconds after one refusal, and has none when the next restarts: 502, and nobody live.

    A machine that is busy with other tests can be late once. What the proxy does wrong it does at every restart, so one of three has
    to keep the deadline; nothing may be lost at any.
    """
    async with front.members(MEMBERS) as (clients, channel):
        longest: list[float] = []
        while len(longest) < TRIES and (not longest or longest[-1] >= LIVE_AGAIN + MARGIN):
            begun = [len(_away(client)) for client in clients]
            statuses = await _restart_all(front, clients, channel)
            assert {200, 302} == set(statuses), f"a browser got {sorted(set(statuses))}"
            away = [seconds for client, so_far in zip(clients, begun, strict=True) for seconds in _away(client)[so_far:]]
            assert len(away) >= MEMBERS, "hardly anybody was cut off, so nothing was shown"
            longest.append(max(away))
        assert longest[-1] < LIVE_AGAIN + MARGIN, f"somebody was away for {longest} s"
        await asyncio.gather(*(client.answered() for client in clients))
        last = await clients[0].say(channel, "The last word.")
        assert all(await asyncio.gather(*(client.shows(channel, last["client_id"], within=LIVE_AGAIN + MARGIN) for client in clients)))
        check(read_history(front.url, clients[0].cookie, channel, tls=front.nginx.tls), clients, channel, whole=False)


@pytest.mark.parametrize("front", [1], indirect=True)
async def test_no_log_of_the_proxy_holds_a_path_or_an_address(front: Front) -> None:
    """An invitation's link, which is a key, in a log; nginx writes the path into each line of its error log that is about a request."""
    secret = f"secret-{uuid.uuid4().hex}"
    paths = [f"/invitation/{secret}/", f"/{secret}?key={secret}", f"/{secret}%00", f"/{secret}/" + "x" * 20_000]
    with httpx.Client(base_url=front.url, verify=front.nginx.tls, timeout=20) as http:
        for path in paths:
            http.get(path)
        http.post(f"/{secret}", content=b"x" * (13 << 20))
        assert http.get(f"http://127.0.0.2:{front.nginx.plain}/{secret}").headers["Location"].startswith("https://")
        front.site.stop(0)
        assert [http.get(path).status_code for path in paths[:2]] == [502, 502]
    told = front.nginx.logged()
    assert " 502 " in told, "nobody could see that a server did not answer"
    assert "secret" not in told
    assert [line for line in told.splitlines() if not LINE.fullmatch(line)] == [], "a log tells more than it was meant to"
