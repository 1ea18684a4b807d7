"""What the delivery tests set up: sites that do not hold senders back, sockets of the cast, and hands that change a site from outside."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from tests import forks
from tests.delivery.checker import check, read_history, screen
from tests.delivery.client import Client
from tests.delivery.wire import wire
from tests.sites import Kind, Site

UNHURRIED = {"MAINSTAY_SENDS_AT_ONCE": "100000", "MAINSTAY_SENDS_PER_SECOND": "100000"}
PROMISED = 2.0  # seconds within which a lost event is made good and a lost right is felt
MARGIN = 1.5  # seconds that a busy machine of two cores may add

# Servers die with the thread that started them, so they are started by threads that live as long as the tests.
_HANDS = ThreadPoolExecutor(2, thread_name_prefix="stage-hand")


async def aside(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do what takes a while, such as starting a server, while everybody talks on; return what it gives."""
    return await asyncio.get_running_loop().run_in_executor(_HANDS, work, *arguments)


_LOOP = """
import json, sys, time, uuid
from django.db import close_old_connections
from community.kit import limits
from community.members.models import User
from community.members.people.actions import close_account
from community.members.people.recovery import take_factors_off
from community.members.settings.actions import change_profile, set_conversation
from community.members.settings.closing_actions import ask_for_closing
from groups.chat import actions as chat
from groups.peers import actions as peers
from groups.peers.join import requests
from groups.peers.models import PeerGroup
limits.JOIN_RATE = limits.JOIN_RATE._replace(most=10_000)  # one test after another makes a group of the same people
names = dict(globals())
def person(name):
    return User.objects.get(email=name + "@example.org")
names["person"] = person
for line in sys.stdin:
    close_old_connections()
    known = dict(names)
    try:
        exec(json.loads(line), known)
        answer = {"result": known.get("result"), "at": time.time()}
    except Exception as error:
        answer = {"error": repr(error)}
    print("ANSWER " + json.dumps(answer, default=str), flush=True)
"""


class Backstage:
    """A second process of the site that serves no sockets, as the ones of pages and commands.

    With `silent` all events of what it commits are lost.
    """

    def __init__(self, site: Site, *, silent: bool = False) -> None:
        environment = site.environment | {"PORT": str(site.ports[0])} | ({"REDIS_URL": "", "WEB_CONCURRENCY": "1"} if silent else {})
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self.child = forks.start(["manage.py", "shell", "-v0", "-c", _LOOP], environment, **streams)

    def run(self, code: str, **values: Any) -> Any:
        """Run `code` with `values` as its variables; return what it leaves in `result`."""
        assert self.child.stdin and self.child.stdout
        given = "".join(f"{name} = {value!r}\n" for name, value in values.items())
        self.child.stdin.write(json.dumps(given + code) + "\n")
        self.child.stdin.flush()
        noise = []
        for line in self.child.stdout:
            if line.startswith("ANSWER "):
                answer = json.loads(line.removeprefix("ANSWER "))
                assert "error" not in answer, answer["error"] + "".join(noise)
                return answer["result"]
            noise.append(line)
        raise AssertionError("".join(noise))

    def close(self) -> None:
        """End the process, by closing its input."""
        assert self.child.stdin and self.child.stdout
        self.child.stdin.close()
        self.child.wait(10)
        self.child.stdout.close()

    def kill(self) -> None:
        self.child.kill()
        self.close()

    # ------------------------------------------------------------- what the tests want of it

    def make_group(
        self, *members: str, history_visibility: str = "all", join_policy: str = "open", facilitator: str = "faye"
    ) -> tuple[str, str]:
        """Make a group with these members beside its facilitator; return the ids of it and of its channel."""
        code = """
group = peers.make_group(actor=person("ada"), name="Group " + uuid.uuid4().hex[:12], purpose="A test.", agreement="Be kind.",
    join_policy=join_policy, history_visibility=history_visibility, facilitator=person(facilitator))
for name in members:
    if join_policy != "open":
        requests.invite(actor=person(facilitator), group=group, member=person(name))
    peers.join(member=person(name), group=group, agreed_version=group.agreement_version)
result = [str(group.pk), str(group.channels.get().pk)]
"""
        group, channel = self.run(
            code, members=members, history_visibility=history_visibility, join_policy=join_policy, facilitator=facilitator
        )
        return group, channel

    def join(self, name: str, group: str) -> None:
        code = "g = PeerGroup.objects.get(pk=group); peers.join(member=person(name), group=g, agreed_version=g.agreement_version)"
        self.run(code, name=name, group=group)

    def add(self, name: str, group: str, *, by: str = "faye") -> None:
        """Invite somebody, who accepts at once."""
        code = "requests.invite(actor=person(by), group=PeerGroup.objects.get(pk=group), member=person(name))"
        self.run(code, name=name, group=group, by=by)
        self.join(name, group)

    def leave(self, name: str, group: str) -> None:
        self.run("peers.leave(member=person(name), group=PeerGroup.objects.get(pk=group))", name=name, group=group)

    def remove(self, name: str, group: str, *, by: str = "faye") -> None:
        code = "peers.remove(actor=person(by), group=PeerGroup.objects.get(pk=group), member=person(name))"
        self.run(code, name=name, group=group, by=by)

    def suspend(self, name: str, *, suspended: bool = True) -> None:
        moment = "__import__('django.utils.timezone').utils.timezone.now()" if suspended else "None"
        self.run(f"User.objects.filter(pk=person(name).pk).update(suspended_at={moment})", name=name)

    def send(self, name: str, channel: str, body: str, *, count: int = 1) -> list[dict[str, Any]]:
        """Store messages; with a number in `body` ({n}) each has its own. Return the rows."""
        code = """
result = []
for n in range(count):
    m = chat.send(member=person(name), channel=uuid.UUID(channel), client_id=uuid.uuid4(), body=body.replace("{n}", str(n)))
    result.append(m.row())
"""
        rows: list[dict[str, Any]] = self.run(code, name=name, channel=channel, body=body, count=count)
        return rows

    def history(self, name: str, channel: str) -> list[dict[str, Any]]:
        """The newest rows, as this member reads them."""
        code = "from groups.chat import reading\nresult = reading.history(member=person(name), channel=uuid.UUID(channel)).rows"
        rows: list[dict[str, Any]] = self.run(code, name=name, channel=channel)
        return rows

    def edit(self, name: str, message: str, body: str) -> None:
        self.run("chat.edit(member=person(name), message=uuid.UUID(message), body=body)", name=name, message=message, body=body)

    def delete(self, name: str, message: str) -> None:
        self.run("chat.delete(member=person(name), message=uuid.UUID(message))", name=name, message=message)

    def hide(self, message: str) -> None:
        self.run("chat.hide(actor=person('mo'), message=uuid.UUID(message))", message=message)

    def make_people(self, count: int) -> list[str]:
        """Make members whom no other test uses; return their names."""
        code = """
from community.members.models import Consent
alice = person("alice")
result = ["robin" + uuid.uuid4().hex[:8] for _ in range(count)]
for name in result:
    robin = User.objects.create(email=name + "@example.org", name=name, password=alice.password)
    for given in Consent.objects.filter(member=alice):
        Consent.objects.create(member=robin, text=given.text)
"""
        names: list[str] = self.run(code, count=count)
        return names

    def fresh_session(self, name: str, *, proven: bool = True) -> str:
        """Return a Cookie header with a new session of this person; of staff one that has used the second factor, if `proven`."""
        code = """
from django.conf import settings
from tests.cast import fresh_session
result = settings.SESSION_COOKIE_NAME + "=" + fresh_session(person(name), proven=proven)
"""
        return str(self.run(code, name=name, proven=proven))


class Stage:
    """A running site with its backstage, and the cast's sessions."""

    def __init__(self, kind: Kind = "sqlite", **environment: str) -> None:
        self.site = Site(kind, **(UNHURRIED | environment))
        self._cookies: dict[str, str] = {}

    def __enter__(self) -> "Stage":
        self.site.__enter__()
        try:
            self.back = Backstage(self.site)
        except BaseException:
            self.site.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.back.close()
        self.site.close()

    @property
    def last(self) -> int:
        """The number of the last process: another one than 0, where there is another."""
        return len(self.site.ports) - 1

    def cookie(self, name: str) -> str:
        """The Cookie header of this person's one shared session."""
        if name not in self._cookies:
            self._cookies[name] = self.back.fresh_session(name)
        return self._cookies[name]

    def client(self, name: str, n: int = 0, *, roaming: bool = False, **options: Any) -> Client:
        """A client of process `n`; a roaming one goes to the others where that one is gone."""
        others = tuple(self.site.url(m) for m in range(len(self.site.ports)) if m != n) if roaming else ()
        return Client(self.site.url(n), self.cookie(name), name=f"{name}@{n}", other_urls=others, **options)

    @asynccontextmanager
    async def clients(self, *names: str, roaming: bool = False) -> AsyncIterator[list[Client]]:
        """Each of these persons at each process, connected: alice at 0, alice at 1, bob at 0 …"""
        async with AsyncExitStack() as stack:
            yield [
                await stack.enter_async_context(self.client(name, n, roaming=roaming))
                for name in names
                for n in range(len(self.site.ports))
            ]

    # ------------------------------------------------------------- waiting for what can be seen

    async def checked(self, n: int = 0) -> None:
        """Wait until process `n` has run another liveness check: it closes a connection whose session ends now."""
        cookie = await aside(self.back.fresh_session, "charlie")
        async with wire(self.site.url(n), cookie) as witness:
            await aside(self.site.sql, "DELETE FROM django_session WHERE session_key = %s", cookie.split("=", 1)[1])
            assert await witness.closing(within=PROMISED + MARGIN) == 4401

    async def logs(self, words: str, *, times: int, n: int = 0) -> None:
        """Wait until the log of process `n` has these words so many times."""
        async with asyncio.timeout(10):
            while self.site.log(n).count(words) < times:
                await asyncio.sleep(0.02)  # nothing signals that a file has grown

    async def agree(
        self, clients: list[Client], channel: str, *, reader: str = "alice", within: float = PROMISED + MARGIN, whole: bool = True
    ) -> list[dict[str, Any]]:
        """Check that all clients show within that time what is stored, though nobody writes; return what is stored in the end.

        Then each of them writes once more. That comes after whatever was still on its way, and must be all that changed.
        """
        stored = await aside(read_history, self.site.url(), self.cookie(reader), channel)

        async def sees(client: Client) -> bool:
            return await client.until(lambda: client.has_loaded() and not screen(stored, client, channel, whole=whole), within=within)

        await asyncio.gather(*(sees(client) for client in clients))
        check(stored, clients, channel, whole=whole)
        rows = await asyncio.gather(*(client.say(channel, f"The last message of {client.name}") for client in clients))
        for client in clients:
            assert all([await client.shows(channel, row["client_id"], within=PROMISED + MARGIN) for row in rows])
            await client.so_far()
        stored = await aside(read_history, self.site.url(), self.cookie(reader), channel)
        check(stored, clients, channel, whole=whole)
        return stored
