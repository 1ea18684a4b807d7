"""How soon a conversation shows its newest message, with 300 and with 100,000 in it, beside the Help page. See README.md."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.extend([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
from room import ROOT, free_port, serving

from tests.browser.chromium import find_chromium, flags

SEED = """
import json
from uuid import uuid4
from django.contrib.auth.models import Group
from community.members.models import Consent, ConsentText, User
from community.members.roles import Role
from groups.chat.models import Message
from groups.peers import actions
from tests.cast import fresh_session
people = [User.objects.create_user(email=f"m{n}@example.org", name=f"Member {n}x", password=None) for n in range(20)]
people[0].groups.add(Group.objects.get(name=Role.ADMIN))
channels = {}
for name, length in (("short", 300), ("long", 100_000)):
    rules = {"join_policy": "open", "history_visibility": "all"}
    group = actions.make_group(actor=people[0], name=name, purpose="p", agreement="a", facilitator=people[0], **rules)
    for person in people[1:]:
        actions.join(member=person, group=group, agreed_version=group.agreement_version)
    channel = group.channels.get()
    first = channel.seq + 1
    Message.objects.bulk_create([
        Message(channel=channel, seq=seq, version=channel.version + seq - first + 1, author=people[seq % 20], client_id=uuid4(),
                body="x" * 100, html="<p>" + "x " * 50 + "</p>", body_fingerprint=str(seq))
        for seq in range(first, first + length)
    ], batch_size=500)
    channel.seq, channel.version = channel.seq + length, channel.version + length
    channel.save()
    channel.participants.update(read_seq=channel.seq)
    channels[name] = str(channel.pk)
Consent.objects.create(member=people[1], text=ConsentText.objects.order_by("-version").first())
print("SEED" + json.dumps([channels, fresh_session(people[1])]))
"""
# When the last message (or, where there is none, the heading) is first in sight, in milliseconds since the address was opened.
WATCH = """
(() => {
  const look = () => {
    const sought = document.querySelector("#log") ? "#rows > .chat-message" : "main h1";
    const found = [...document.querySelectorAll(sought)].at(-1);
    const box = found?.getBoundingClientRect();
    if (box && box.height && box.top < innerHeight && box.bottom > 0) window.seenAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
# Slow 4G and a middling phone, as Lighthouse has them: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back, a quarter of this CPU.
THIN = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
TIMES = 5


@contextmanager
def fresh_page(browser: Browser, port: int, session: str, *, thin: bool):
    """A phone with an empty cache."""
    context = browser.new_context(base_url=f"http://localhost:{port}", viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "sessionid", "value": session, "domain": "localhost", "path": "/"}])
    page = context.new_page()
    page.add_init_script(WATCH)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    if thin:
        wire.send("Network.emulateNetworkConditions", THIN)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    yield page, wire
    context.close()


def opened(page: Page, path: str) -> tuple[float, float]:
    """Open a page; returns the milliseconds until its newest message was in sight, and until it was live."""
    page.goto(path)
    page.wait_for_function("() => window.seenAt")  # a bare expression would need eval, which the policy forbids
    if page.query_selector("#log"):
        page.wait_for_selector("[data-connection=live]", state="attached")
    return page.evaluate("window.seenAt"), page.evaluate("performance.now()")


def earlier(page: Page) -> float:
    """Scroll up to the oldest message on the page, four times; returns the median of the milliseconds until older ones stood there."""
    took = []
    for _ in range(4):
        took.append(
            page.evaluate(
                """async () => {
                    const first = () => document.querySelector("#rows > .chat-message").dataset.id;
                    const was = first(), start = performance.now();
                    document.querySelector("#log").scrollTop = -document.querySelector("#log").scrollHeight;
                    while (first() === was) await new Promise(requestAnimationFrame);
                    return performance.now() - start;
                }"""
            )
        )
    return statistics.median(took)


def weight(browser: Browser, port: int, session: str, path: str) -> str:
    """What a first visit fetches: kilobytes on the wire by kind."""
    bytes_of: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    with fresh_page(browser, port, session, thin=False) as (page, wire):
        wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
        wire.on("Network.loadingFinished", lambda event: bytes_of.update({kinds[event["requestId"]]: event["encodedDataLength"]}))
        opened(page, path)
        page.wait_for_load_state("networkidle")
    text = sum(size for kind, size in bytes_of.items() if kind != "Font")
    parts = ", ".join(f"{kind} {size / 1000:.0f}" for kind, size in bytes_of.most_common())
    return f"{text / 1000:.0f} kB on the wire without fonts, in {len(kinds)} requests ({parts})"


def times(browser: Browser, port: int, session: str, pages: dict[str, str], *, thin: bool) -> dict[str, list[tuple[float, float, float]]]:
    """Open each page in turn, so that what else the machine does hits all alike; gives what `opened` and `earlier` say of each."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in pages}
    for turn in range(TIMES + 1):
        for name, path in pages.items():
            with fresh_page(browser, port, session, thin=thin) as (page, _wire):
                seen, live = opened(page, path)
                older = earlier(page) if page.query_selector("#log") else 0.0
            if turn:  # the server compiles its templates at the first
                found[name].append((seen, live, older))
    return found


def report(found: dict[str, list[tuple[float, float, float]]]) -> None:
    base = 0.0
    for name, rows in found.items():
        seen, live, older = (statistics.median(column) for column in zip(*rows, strict=True))
        base = base or seen
        rest = f", live after {live:.0f} ms, earlier messages {older:.0f} ms" if older else ""
        print(f"  {name}: first message in sight after {seen:.0f} ms, {seen / base:.1f} times the Help page{rest}")


def seed(folder: str, env: dict[str, str]) -> tuple[dict[str, str], str]:
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    done = subprocess.run([*manage, "shell", "-v0", "-c", SEED], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    channels, session = json.loads(done.stdout.split("SEED", 1)[1])
    return channels, session


def main() -> None:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        env: dict[str, Any] = {**os.environ, "MAINSTAY_DATA": folder, "PORT": str(port)}
        channels, session = seed(folder, env)
        pages = {"Help page": "/help/"} | {f"{name} conversation": f"/chat/{channel}/" for name, channel in channels.items()}
        browser = player.chromium.launch(executable_path=find_chromium(), args=flags(), chromium_sandbox=False)
        with serving([sys.executable, "manage.py", "serve"], env, port):
            for thin in (False, True):
                print("slow 4G, a phone:" if thin else "this machine:")
                report(times(browser, port, session, pages, thin=thin))
            for name, path in pages.items():
                print(f"{name}: {weight(browser, port, session, path)}")
        browser.close()


if __name__ == "__main__":
    main()
