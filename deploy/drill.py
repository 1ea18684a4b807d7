"""`make restore-drill`: proves on this machine that a backup of a running site becomes that site again, and that a broken one does not.

A demo world with a picture and a document is served in a temporary folder and backed up while a member writes. The backup is restored
into an empty folder and served there; the member signs in and finds the conversation and the picture. Rows are compared by SQLite alone,
without the code that wrote the backup. Then the backup is broken in several ways, and each must be refused.
"""

import contextlib
import http.cookiejar
import json
import os
import random
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = "For the restore drill"
STARTUP_SECONDS = 90.0
ALREADY = 10  # messages that were sent before the backup begins
# What a restored site has not, makes anew or adds to; and rows that it or the first one changes, of which only the number is compared.
APART = re.compile(
    r"django_(session|migrations|tasks_)|members_device|sqlite_|wagtailsearch_|cms_search|wagtailcore_referenceindex"
    r"|kit_(auditentry|schedule|letter|serving)|notifications_(delivery|notificationevent)"
)
MOVING = {
    "chat_channel", "chat_notificationcursor", "chat_participant", "members_invitation", "members_user",
    "notifications_notification", "notifications_preferences",
}  # fmt: skip


class Failed(Exception):
    """The drill found what must not be; the sentence says what."""


def insist(holds: object, sentence: str) -> None:
    if not holds:
        raise Failed(sentence)


@dataclass
class Proof:
    """What the drill has proved, in numbers."""

    size: int = 0
    tables: int = 0
    rows: int = 0
    files: int = 0
    messages: int = 0
    written_before: int = 0
    written_during: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def timed(self, step: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.seconds[step] = time.monotonic() - start


class Site:
    """A site of ours in a data folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        ours = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "WEB_CONCURRENCY", "DJANGO_SETTINGS_MODULE")
        kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("MAINSTAY_")}
        self.environment = kept | {
            "MAINSTAY_DATA": str(folder), "PORT": str(self.port), "MAINSTAY_SENDS_AT_ONCE": "10000", "MAINSTAY_SENDS_PER_SECOND": "1000",
        }  # fmt: skip

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "db.sqlite3"

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, str(ROOT / "manage.py"), *map(str, command)]
        return subprocess.run(
            program, cwd=ROOT, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    def manage(self, *command: str | Path) -> str:
        done = self.run(*command)
        insist(done.returncode == 0, f"manage.py {command[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    @contextlib.contextmanager
    def served(self) -> Iterator[None]:
        program = [sys.executable, str(ROOT / "manage.py"), "serve"]
        with (self.folder / "log").open("wb") as log:
            child = subprocess.Popen(program, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._wait(child)
            yield
        finally:
            child.terminate()
            child.wait(30)

    def _wait(self, child: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + STARTUP_SECONDS
        while child.poll() is None and time.monotonic() < end:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                return
            time.sleep(0.1)
        raise Failed(f"The site did not start:\n{(self.folder / 'log').read_text()}")


class Visitor:
    """A member with a browser of the simplest kind."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies)).open

    def get(self, path: str) -> bytes:
        with self.open(self.site.url + path, timeout=20) as answer:
            page: bytes = answer.read()
            return page

    def post(self, path: str, page: str, **fields: str) -> str:
        """Send a form as the page `page` holds it; return the path where that leads."""
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page))
        insist(token, f"{page} holds no form.")
        assert token
        form = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token[1].decode()}).encode()
        headers = {"Origin": self.site.url, "Referer": self.site.url + page}
        with self.open(urllib.request.Request(self.site.url + path, form, headers), timeout=20) as answer:
            return urllib.parse.urlsplit(answer.url).path

    def sign_in(self) -> None:
        people = tomllib.loads((ROOT / "community" / "demo" / "data" / "people.toml").read_text())
        alumnus = next(one for one in people.values() if isinstance(one, dict) and "sign_in" in one and "role" not in one)
        led_to = self.post("/accounts/login/", "/accounts/login/", login=alumnus["email"], password=people["password"])
        insist(led_to == "/today/", "The member could not sign in.")

    def conversation(self) -> str:
        """The path of the first conversation that the member's groups lead to."""
        for group in sorted(set(re.findall(r"/groups/[0-9a-f-]{36}/", self.get("/groups/").decode()))):
            if found := re.search(r"/chat/[0-9a-f-]{36}/", self.get(group).decode()):
                return found[0]
        raise Failed("The member is in no conversation.")

    def files(self) -> dict[str, bytes]:
        """The picture of the drill's article in all its sizes, and its document, by their addresses."""
        listed = self.get("/library/").decode()
        found = re.search(rf'href="(/library/[\w-]+/)"[^>]*>\s*(?:<[^>]+>\s*)*{ARTICLE}', listed)
        insist(found, "The article is not in the library.")
        assert found
        addresses = set(re.findall(r"/(?:pictures/[0-9a-f-]{36}/\d+|documents/[0-9a-f-]{36})/", self.get(found[1]).decode()))
        insist({address.split("/")[1] for address in addresses} == {"pictures", "documents"}, "The article does not show both its files.")
        return {address: self.get(address) for address in sorted(addresses)}


class Writing(threading.Thread):
    """Sends one message after the other until it is told to stop; `sent` holds those that the site took."""

    def __init__(self, member: Visitor, conversation: str) -> None:
        super().__init__(daemon=True)
        self.member, self.conversation = member, conversation
        self.sent: list[str] = []
        self.stopped = threading.Event()
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while not self.stopped.is_set():
                body = f"Drill message {len(self.sent) + 1}."
                self.member.post(f"{self.conversation}send/", self.conversation, body=body)
                self.sent.append(body)
        except Exception as error:
            self.error = error

    def wait_for(self, more: int) -> None:
        """Wait until so many more have been sent."""
        wanted, end = len(self.sent) + more, time.monotonic() + STARTUP_SECONDS
        while len(self.sent) < wanted:
            insist(self.error is None and time.monotonic() < end, f"The member could not write: {self.error!r}")
            time.sleep(0.02)

    def stop(self) -> None:
        self.stopped.set()
        self.join(30)
        insist(self.error is None, f"The member could not write: {self.error!r}")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def furnish() -> None:
    """Give the demo an article with a picture and a document. Run inside the site, by `manage.py shell`."""
    import io

    from django.core.files.base import ContentFile
    from PIL import Image

    from cms.admin.tree import ensure_tree
    from cms.library.audience import Audience
    from cms.models import ArticlePage, LibraryDocument, Picture

    drawn = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(drawn, "JPEG")
    picture = Picture.objects.create(title="Noise", file=ContentFile(drawn.getvalue(), "noise.jpg"))
    picture.draw_sizes()  # now, and not by the queue while the backup is made
    document = LibraryDocument.objects.create(title="Noise", file=ContentFile(os.urandom(3 << 19).hex().encode(), "noise.txt"))
    described = {"image": picture, "alt_text": "Noise", "decorative": False}
    body = [("picture", {"image": described, "caption": ""}), ("document", {"document": document, "title": "Noise"})]
    page = ArticlePage(title=ARTICLE, summary="It proves that files come back.", audience=Audience.MEMBERS, body=body, live=False)
    ensure_tree().add_child(instance=page)
    page.save_revision().publish()


def rows_of(path: Path) -> dict[str, Counter[str]]:
    """Every row of a SQLite file by its table, as text; JSON with its keys in order."""
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if not APART.match(name)]
        found = {}
        for name in names:
            columns = sorted(row[1] for row in connection.execute(f'PRAGMA table_info("{name}")'))
            listed = ", ".join(f'"{column}"' for column in columns)
            found[name] = Counter(repr([_in_order(value) for value in row]) for row in connection.execute(f'SELECT {listed} FROM "{name}"'))
        return found


def _in_order(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            return json.dumps(json.loads(value), sort_keys=True)
    return value


def compare(first: Site, second: Site, proof: Proof) -> None:
    """Insist that each row of the restored site is one of the first site's, and that none is missing but what was written since."""
    before, after = rows_of(first.database), rows_of(second.database)
    insist(before.keys() == after.keys(), f"The two sites have other tables: {before.keys() ^ after.keys()}")
    for name, rows in after.items():
        if name == "chat_message":
            insist(rows <= before[name], "A message was restored otherwise than it was sent.")
        elif name in MOVING:
            insist(rows.total() == before[name].total(), f"{name} has {rows.total()} rows, and had {before[name].total()}.")
        else:
            insist(rows == before[name], f"What is in {name} is not what was there.")
    proof.tables, proof.rows = len(after), sum(rows.total() for rows in after.values())
    files = {
        site: {p.relative_to(site.folder): p.read_bytes() for p in (site.folder / "media").rglob("*") if p.is_file()}
        for site in (first, second)
    }
    insist(files[first] == files[second], "The files are not the same.")
    proof.files = len(files[second])


def breaks(backup: Path, folder: Path, seed: int) -> Iterator[tuple[str, Path]]:
    """Yield copies of a backup, each broken in a way of its own, with what was done to it."""
    whole = backup.read_bytes()
    chosen = random.Random(seed)
    places = {"its first line": chosen.randrange(20), "its header": chosen.randrange(30, 150), "its last byte": len(whole) - 1}
    places |= {f"byte {at:,}": at for at in sorted(chosen.randrange(400, len(whole)) for _ in range(3))}
    for name, at in places.items():
        yield f"one bit flipped in {name}", _put(folder, whole[:at] + bytes([whole[at] ^ 1 << chosen.randrange(8)]) + whole[at + 1 :])
    for name, kept in {"to half": len(whole) // 2, "by its last byte": len(whole) - 1, "to nothing": 0}.items():
        yield f"cut {name}", _put(folder, whole[:kept])
    yield (
        "two of its pieces exchanged",
        _put(folder, whole[: 1 << 17] + whole[1 << 18 : (1 << 18) + (1 << 16)] + whole[(1 << 17) + (1 << 16) :]),
    )


def _put(folder: Path, content: bytes) -> Path:
    path = folder / "broken.age"
    path.write_bytes(content)
    return path


def refuses(backup: Path, key: Path, folder: Path) -> str:
    """Try to restore what must not be; return the sentence of the refusal, and insist that the place is as empty as it was."""
    site = Site(folder / "never", free_port())
    done = site.run("restore", backup, "--key-file", key)
    lines = done.stderr.strip().splitlines()
    insist(done.returncode == 1 and len(lines) == 1, f"It was not refused in a sentence:\n{done.stdout}{done.stderr}")
    left = {path.name for path in site.folder.iterdir()} - {"secret.key", "serving.lock"}
    insist(not left, f"Something was left of it: {left}")
    return lines[0].removeprefix("CommandError: ")


def drill(say: Callable[[str], None], *, start_from: Path | None = None, seed: int = 1) -> Proof:
    """Run the drill and return what it proved; raises Failed. `start_from` is a migrated database, to be quicker."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        folder, proof = Path(name), Proof()
        port = free_port()  # the same for both, which never run at once: the address is in the database, too
        first, second = Site(folder / "first", port), Site(folder / "second", port)
        backup, key, other = folder / "site.age", folder / "key", folder / "other-key"
        with proof.timed("world"):
            public = _make_world(first, start_from, key, other)
        with first.served():
            member = Visitor(first)
            member.sign_in()
            conversation, files = member.conversation(), member.files()
            _back_up(first, Writing(member, conversation), backup, public, proof)
        proof.size = backup.stat().st_size
        say(f"Backed up {proof.size:,} bytes while {proof.written_during} messages were written.")
        with proof.timed("restore"):
            second.manage("restore", backup, "--key-file", key)
        compare(first, second, proof)
        say(f"Restored and compared: {proof.rows:,} rows of {proof.tables} tables, {proof.files} files.")
        with second.served():
            _look_around(second, conversation, files, proof)
        say(f"The member signed in there and found {proof.messages} messages of the drill, the picture and the document.")
        with proof.timed("refusals"):
            for what, broken in breaks(backup, folder, seed):
                proof.refused[what] = refuses(broken, key, folder)
            proof.refused["another key"] = refuses(backup, other, folder)
        for what, sentence in proof.refused.items():
            say(f"Refused ({what}): {sentence}")
        return proof


def _make_world(site: Site, start_from: Path | None, key: Path, other: Path) -> str:
    if start_from:
        site.folder.mkdir(mode=0o700)
        shutil.copy(start_from, site.database)
    site.manage("migrate", "--verbosity=0")
    site.manage("demo")
    site.manage("shell", "--verbosity=0", "-c", "from deploy.drill import furnish; furnish()")
    site.manage("backup", "--new-key", other)
    found = re.search(r"age1\w+", site.manage("backup", "--new-key", key))
    assert found
    return found[0]


def _back_up(site: Site, writing: Writing, backup: Path, public: str, proof: Proof) -> None:
    writing.start()
    writing.wait_for(ALREADY)
    proof.written_before = len(writing.sent)
    with proof.timed("backup"):
        site.manage("backup", backup, "--to", public)
    proof.written_during = len(writing.sent) - proof.written_before
    writing.wait_for(1)
    writing.stop()
    insist(proof.written_during, "Nothing was written while the backup was made, so it proves nothing of that.")


def _look_around(site: Site, conversation: str, files: dict[str, bytes], proof: Proof) -> None:
    member = Visitor(site)
    member.sign_in()
    insist(member.files() == files, "The picture or the document is not what it was.")
    history = json.loads(member.get(f"{conversation}history/?limit=100"))
    numbers = [int(found[1]) for row in history["rows"] if (found := re.fullmatch(r"Drill message (\d+)\.", row["body"] or ""))]
    insist(numbers and numbers == list(range(numbers[0], numbers[-1] + 1)), f"The messages are not all there, in order: {numbers}")
    proof.messages = numbers[-1]
    insist(proof.messages >= proof.written_before, "A message that was sent before the backup began is not in it.")
    insist(f"Drill message {proof.messages}." in member.get(conversation).decode(), "The page does not show the last message.")


def main() -> int:
    try:
        proof = drill(lambda sentence: print(sentence, flush=True))
    except Failed as failure:
        print(f"The drill failed: {failure}", file=sys.stderr)
        return 1
    times = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in proof.seconds.items())
    print(f"The backup can be relied on: it came back whole, and {len(proof.refused)} broken ones were refused. ({times})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
