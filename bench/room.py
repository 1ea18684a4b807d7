"""One room of 100 members: latency when quiet, deliveries a second when busy, beside a bare server. See README.md."""

import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from load import Member, quiet, saturated

ROOT = Path(__file__).parent.parent
MEMBERS = 100
SEED = """
import json
from django.contrib.auth.models import Group
from community.members.models import User
from community.members.roles import Role
from groups.peers import actions
from tests.cast import fresh_session
people = [User.objects.create_user(email=f"m{n}@example.org", name=f"Member {n}x", password=None) for n in range(%d)]
people[0].groups.add(Group.objects.get(name=Role.ADMIN))
rules = {"join_policy": "open", "history_visibility": "all"}
group = actions.make_group(actor=people[0], name="Room", purpose="p", agreement="a", facilitator=people[0], **rules)
people[0].groups.clear()  # staff without a second factor get no socket
for person in people[1:]:
    actions.join(member=person, group=group, agreed_version=group.agreement_version)
print("SEED" + json.dumps([str(group.channels.get().pk), [fresh_session(person) for person in people]]))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """True once the server answers a request; its port may be open before that."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 30) as probe:
        probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        probe.recv(1)  # the bare server closes without a word
        return True
    return False


@contextmanager
def serving(command: list[str], env: dict[str, str], port: int) -> Iterator[float]:
    """Run a server until the block ends; gives the seconds that it took to answer."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - start > 60:
                raise RuntimeError("The server did not start.")
            time.sleep(0.02)
        yield time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()


async def measure(port: int, channel: str, keys: list[str], *, hello: bool) -> tuple[list[float], float]:
    members = [await Member.connect(port, key) for key in keys]
    for member in members if hello else []:
        await member.greet()
    listening = [asyncio.create_task(member.listen()) for member in members]
    await asyncio.sleep(1)
    took = await quiet(members, channel)
    rates = [await saturated(members, channel) for _ in range(3)]
    for task in listening:
        task.cancel()
    return took, statistics.median(rates)


def report(name: str, took: list[float], rate: float) -> None:
    p99 = took[int(len(took) * 0.99)]
    print(f"{name}: quiet p50 {statistics.median(took):.1f} ms, p99 {p99:.1f} ms; busy {rate:,.0f} deliveries a second")


def main() -> None:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ,
            "MAINSTAY_DATA": folder,
            "PORT": str(port),
            "MAINSTAY_SENDS_AT_ONCE": "100000",
            "MAINSTAY_SENDS_PER_SECOND": "100000",
        }
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
        seeded = subprocess.run(
            [*manage, "shell", "-v0", "-c", SEED % MEMBERS], cwd=ROOT, env=env, check=True, capture_output=True, text=True
        )
        channel, keys = json.loads(seeded.stdout.split("SEED", 1)[1])
        with serving([*manage, "serve"], env, port) as started:
            first = time.perf_counter()
            urllib.request.urlopen(f"http://localhost:{port}/help/").read()
            page = time.perf_counter() - first
            ours, rate = asyncio.run(measure(port, channel, keys, hello=True))
        port = free_port()
        options = [
            "--port",
            str(port),
            "--lifespan",
            "off",
            "--log-level",
            "critical",
            "--no-access-log",
            "--ws-per-message-deflate",
            "false",
        ]
        bare = [sys.executable, "-m", "uvicorn", "bench.bare:application", *options]
        with serving(bare, env, port):
            base, base_rate = asyncio.run(measure(port, channel, keys, hello=False))
    print(f"start-up {started:.1f} s, first page {page * 1000:.0f} ms")
    report("Mainstay", ours, rate)
    report("bare ASGI, no database", base, base_rate)
    print(f"ratio: {rate / base_rate:.2f} of the bare server's deliveries")


if __name__ == "__main__":
    main()
