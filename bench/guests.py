"""How many requests a second guests' pages take, beside the first page of a plain `wagtail start` site. See README.md."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.extend([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
from room import ROOT, free_port, serving

CONNECTIONS = 8
SECONDS = 2.0
TURNS = 3
SEED = """
from cms.admin.tree import ensure_tree
from tests.cms.articles import write
ensure_tree()
for number in range(20):
    body = [part for n in range(6) for part in (("heading", f"Part {n}"), ("text", "<p>" + "Words of an evening. " * 40 + "</p>"))]
    write(f"Evening {number}", "public", body=body)
"""
PLAIN = """
from plain.settings.base import *
DEBUG, SECRET_KEY, ALLOWED_HOSTS = False, "for measuring", ["localhost"]
"""
SERVED = """
from django.core.asgi import get_asgi_application
application = get_asgi_application()
"""


class Guest(asyncio.Protocol):
    """One connection that asks for a page again as soon as it has it."""

    def __init__(self, request: bytes) -> None:
        self.request, self.buffer, self.answers = request, b"", 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        if b" 200 " not in head[:20]:
            raise RuntimeError(head.decode())
        self.buffer, self.answers = b"", self.answers + 1
        self.transport.write(self.request)


async def rate(port: int, path: str) -> float:
    """Answers a second to guests whose browsers take compressed pages."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    guests = [(await loop.create_connection(lambda: Guest(request), "localhost", port))[1] for _ in range(CONNECTIONS)]
    start, before = time.perf_counter(), sum(guest.answers for guest in guests)
    await asyncio.sleep(SECONDS)
    answered, took = sum(guest.answers for guest in guests) - before, time.perf_counter() - start
    for guest in guests:
        guest.transport.abort()
    return answered / took


def plain_site(folder: Path) -> dict[str, str]:
    """Make a site of Wagtail's own template, with its first page; return the environment that serves it."""
    folder.mkdir()
    subprocess.run([str(Path(sys.executable).with_name("wagtail")), "start", "plain", str(folder)], check=True, capture_output=True)
    (folder / "measured.py").write_text(PLAIN)
    (folder / "served.py").write_text(SERVED)  # Wagtail's template has a module for WSGI alone
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "measured", "PYTHONPATH": str(folder)}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], cwd=folder, env=env, check=True)
    return env


def main() -> None:
    ours, theirs = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "MAINSTAY_DATA": folder, "PORT": str(ours)}
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
        subprocess.run([*manage, "shell", "-v0", "-c", SEED], cwd=ROOT, env=env, check=True)
        plain = [sys.executable, "-m", "uvicorn", "served:application", "--port", str(theirs)]
        plain = [*plain, "--lifespan", "off", "--log-level", "critical", "--no-access-log"]
        pages = {"home": "/", "library": "/library/", "article": "/library/evening-7/"}
        doors = {"a plain first page": (theirs, "/")} | {name: (ours, path) for name, path in pages.items()}
        with serving(plain, plain_site(Path(folder) / "site"), theirs), serving([*manage, "serve", "--without-work"], env, ours):
            found: dict[str, list[float]] = {name: [] for name in doors}
            for turn in range(TURNS + 1):  # in turns, so that what else the machine does hits all alike
                for name, (port, path) in doors.items():
                    measured = asyncio.run(rate(port, path))
                    if turn:
                        found[name].append(measured)
    base = statistics.median(found["a plain first page"])
    for name, rates in found.items():
        print(f"{name}: {statistics.median(rates):,.0f} requests a second, {statistics.median(rates) / base:.1f} times the plain one")


if __name__ == "__main__":
    main()
