"""`make test` and `make check-all`: every part of the suite, the parts that mostly wait beside those that mostly count.

What keeps deadlines (sites, Chromium, chaos) goes first; what keeps none runs beside it and gives way. Prints what each part said when it
has ended, and at last once more the end of what failed, and a table of what took how long; the exit code is 1 if any part failed.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# The tests of a file share what is slow to make, so they stay on one worker. The files come in the order of `tests/conftest.py`: the one
# of xdist puts those with few tests last, and some of these take minutes, in which the other workers would have nothing to do.
PYTEST = [PYTHON, "-m", "pytest", "-q", "--dist", "loadfile", "--no-loadscope-reorder"]
POSTGRESQL = {"MAINSTAY_TEST_ON": "postgresql"}
GIVES_WAY = 19  # niceness
PATIENT = [*PYTEST, "--timeout", "300"]  # seconds for a test that gives way: on a busy machine the longest would take more than 120
LAST_LINES = 60  # of a part that failed, said again at the end: a log is often shown by its end alone


@dataclass
class Part:
    """One command of the suite, and what came of it."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    niceness: int = 0
    code: int | None = None
    seconds: float = 0.0
    processor: float = 0.0  # seconds
    said: str = ""

    def run(self, printing: threading.Lock) -> None:
        started = time.monotonic()
        with tempfile.TemporaryFile() as out:
            command = ["nice", "-n", str(self.niceness), *self.command]
            child = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
            _pid, status, usage = os.wait4(child.pid, 0)
            child.returncode = self.code = os.waitstatus_to_exitcode(status)
            self.seconds, self.processor = time.monotonic() - started, usage.ru_utime + usage.ru_stime
            out.seek(0)
            self.said = out.read().decode(errors="replace")
            with printing:
                print(f"\n=== {self.name}: {self.seconds:.0f} s\n{self.said}", flush=True)


def parts(*, on_both: bool) -> list[list[Part]]:
    """Return the lanes: what stands in one list runs one after the other, the lists beside one another."""
    waiting = Part("sites", [*PYTEST, "-n", "4", "-m", "sites and not browser"])
    browser = Part("browser", [*PYTEST, "-n", "2", "-m", "browser", "tests/browser"])
    lint = Part("lint", [PYTHON, "deploy/check.py"], niceness=GIVES_WAY)
    code = Part("code", [*PATIENT, "-n", "3", "-m", "not sites and not browser"], niceness=GIVES_WAY)
    # To look for its tests in all files takes each worker as long as a hundred of them.
    marked = [str(file) for file in sorted((ROOT / "tests").rglob("test_*.py")) if "mark.postgresql" in file.read_text(encoding="utf-8")]
    differs = Part("code on PostgreSQL, what may differ", [*PATIENT, "-n", "2", "-m", "postgresql", *marked], POSTGRESQL, GIVES_WAY)
    all_code = Part("code on PostgreSQL", [*PATIENT, "-n", "2", "-m", "not sites and not browser"], POSTGRESQL, GIVES_WAY)
    all_browser = Part("browser on PostgreSQL and Redis", [*PYTEST, "-n", "2", "-m", "browser", "tests/browser"], POSTGRESQL)
    chaos = [Part("chaos", [PYTHON, "-m", "tests.chaos", "1", "7"]), Part("chaos, self-test", [PYTHON, "-m", "tests.chaos", "selftest"])]
    # What is short goes beside the longest part, so that nobody waits for it alone at last.
    if on_both:
        return [[waiting, browser, all_browser], [code], [*chaos, lint, all_code]]
    return [[waiting, browser], [code], [*chaos, lint, differs]]


def migrate() -> None:
    """Run all migrations once, into the databases that every worker copies: all at once they would each run them, and some too late."""
    making = ("databases.sqlite_template()", "services.postgresql().migrated()")
    both = [subprocess.Popen([PYTHON, "-c", f"from tests import databases, services; {one}"], cwd=ROOT) for one in making]
    for one in both:
        one.wait()  # what fails here is said by the tests that need it


def main() -> int:
    started, printing = time.monotonic(), threading.Lock()
    migrate()
    lanes = parts(on_both=sys.argv[1:] == ["all"])

    def follow(lane: list[Part]) -> None:
        for part in lane:
            part.run(printing)

    threads = [threading.Thread(target=follow, args=[lane]) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = [part for lane in lanes for part in lane]
    for part in ended:
        if part.code:
            print(f"\n=== {part.name} failed:", *part.said.splitlines()[-LAST_LINES:], sep="\n")
    print(f"\n{'part':40} {'s':>6} {'CPU s':>6}")
    for part in ended:
        print(f"{part.name:40} {part.seconds:6.0f} {part.processor:6.0f}{'' if part.code == 0 else '  FAILED'}")
    print(f"{'all':40} {time.monotonic() - started:6.0f} {sum(part.processor for part in ended):6.0f}", flush=True)
    return int(any(part.code for part in ended))


if __name__ == "__main__":
    sys.exit(main())
