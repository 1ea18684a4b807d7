"""A group of 1,000: whether being notified costs who writes anything, and what it costs the worker. See README.md."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from load import Member, message
from room import ROOT, free_port, serving

MEMBERS, ROUNDS, AT_ONCE = 1000, 5, 20
SEED = """
import json
from django.contrib.auth.models import Group
from community.members.models import User
from community.members.roles import Role
from groups.chat.models import Participant
from groups.peers import actions
from tests.cast import fresh_session
ada = User.objects.create_user(email="ada@example.org", name="Ada", password=None)
ada.groups.add(Group.objects.get(name=Role.ADMIN))
people = [User(email=f"m{n}@example.org", name=f"Member {n}x", name_key=f"member{n}x") for n in range(%d)]
User.objects.bulk_create(people)
channels = []
for involvement in ("everything", "nothing"):
    rules = {"join_policy": "open", "history_visibility": "all"}
    group = actions.make_group(actor=ada, name=involvement, purpose="p", agreement="a", facilitator=people[0], **rules)
    channels.append(group.channels.get())
    Participant.objects.bulk_create(Participant(channel=channels[-1], member=person, involvement=involvement) for person in people[1:])
print("SEED" + json.dumps([*(str(channel.pk) for channel in channels), fresh_session(people[0])]))
"""
WORK = """
import time, uuid
from django.db import connection
from django.utils import timezone
from community.kit.models import QueuedEmail
from community.members.models import User
from community.notifications import expansion
from community.notifications.email import sending
from community.notifications.models import Delivery, Notification
from groups.chat import actions
expansion.run()
Notification.objects.all().delete()
writer = User.objects.get(email="m0@example.org")
def timed(what, work):
    queries, start, used = [], time.perf_counter(), time.process_time()
    def counted(execute, *query):
        queries.append(1)
        return execute(*query)
    with connection.execute_wrapper(counted):
        work()
    print(f"{what}: {time.perf_counter() - start:.2f} s, {time.process_time() - used:.2f} of the processor, {len(queries)} queries")
def send():
    actions.send(member=writer, channel=uuid.UUID(%r), client_id=uuid.uuid4(), body="Hello")
send()
timed("the first message to each", expansion.run)
send()
timed("the next, of which each has one unread", expansion.run)
Delivery.objects.update(due=timezone.now())
def digest():
    while Delivery.objects.filter(state="waiting", transport="email").exists():
        sending.send_due()
timed("the digest of all", digest)
print(f"{QueuedEmail.objects.filter(template='notification').count()} e-mails")
"""


async def acknowledged(member: Member, channel: str) -> list[float]:
    """Return, for some messages sent one at a time, the milliseconds until each was acknowledged."""
    took = []
    for _ in range(AT_ONCE):
        rows = member.rows
        start = time.perf_counter()
        member.send(message(channel))
        while member.rows == rows:
            member.heard.clear()
            await asyncio.wait_for(member.heard.wait(), 10)
        took.append((member.last - start) * 1000)
        await asyncio.sleep(0.1)  # so that the worker's turns fall among them
    return took


async def measure(port: int, told: str, untold: str, key: str) -> tuple[list[float], list[float]]:
    """Return how long messages took of which 999 were notified, and nobody."""
    took: dict[str, list[float]] = {told: [], untold: []}
    for n in range(ROUNDS):
        member = await Member.connect(port, key)  # for a round: it answers no ping, and is closed after some time
        await member.greet()
        listening = asyncio.create_task(member.listen())
        for channel in (told, untold) if n % 2 else (untold, told):
            took[channel] += await acknowledged(member, channel)
            await asyncio.sleep(3)  # until the worker has told all of them
        listening.cancel()
    return sorted(took[told]), sorted(took[untold])


def main() -> None:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        many = {"MAINSTAY_SENDS_AT_ONCE": "100000", "MAINSTAY_SENDS_PER_SECOND": "100000"}
        env = {**os.environ, "MAINSTAY_DATA": folder, "PORT": str(port), **many}
        manage = [sys.executable, "manage.py"]
        shell = [*manage, "shell", "-v0", "-c"]
        subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
        seeded = subprocess.run([*shell, SEED % MEMBERS], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
        told, untold, key = json.loads(seeded.stdout.split("SEED", 1)[1])
        with serving([*manage, "serve"], env, port):
            on, off = asyncio.run(measure(port, told, untold, key))
        for name, took in (("on", on), ("off", off)):
            print(f"notifications {name}: acknowledged in p50 {statistics.median(took):.1f} ms, p95 {took[int(len(took) * 0.95)]:.1f} ms")
        print(f"ratio of the medians: {statistics.median(on) / statistics.median(off):.2f}", flush=True)
        subprocess.run([*shell, WORK % told], cwd=ROOT, env=env, check=True)


if __name__ == "__main__":
    main()
