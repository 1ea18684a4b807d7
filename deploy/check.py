"""Everything that a change must pass beside the tests: style, types, scripts, the import order, migrations, and a site for the public.

With `quick`, only what needs no database.

Each command runs, whatever the one before it said; the exit code is 1 if any failed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
# djade ends each file with a line's end. A piece of a sentence ends without one, which would stand before a comma on the page; mails keep
# their lines as they are.
TEMPLATES = sorted(str(path) for path in (ROOT / "templates").rglob("*.html") if path.read_text(encoding="utf-8").endswith("\n"))
DEPLOY = ["check", "--deploy", "--fail-level=WARNING", "--database=default"]


def clean_environment() -> dict[str, str]:
    """The environment without what this machine sets for a site of its own."""
    ours = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PORT", "WEB_CONCURRENCY")
    return {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("MAINSTAY_")}


def production(folder: str) -> dict[str, str]:
    """The environment of a site that is ready for the public, so that `check --deploy` has nothing left to say."""
    return {
        "MAINSTAY_DATA": folder,
        "MAINSTAY_URL": "https://www.example.org",
        "MAINSTAY_SECRET_KEY": "".join(chr(33 + 7 * n % 90) for n in range(64)),
        "EMAIL_URL": "smtp://mail.example.org:587/?tls=True",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "MAINSTAY_PROXIES": "1",
        "MAINSTAY_BACKUP_KEYS": "age1zdudv68vq6kvjnhw25zun65f4gy8lwhg85hpyr4srw5npm9t6yqqv6qzk0",
    }


def says(name: str, command: list[str], **environment: str) -> bool:
    """Run one command and report it in a line; show what it printed only where it failed."""
    done = subprocess.run(
        command, cwd=ROOT, env=clean_environment() | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name}", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def scripts() -> bool:
    """The lint and the types of JavaScript, by tools that need Node: CI insists on them, other machines ask them where they have it."""
    if shutil.which("npm") is None and not os.environ.get("MAINSTAY_REQUIRE_ALL"):
        print("skip  scripts: this needs Node 18 or newer, with npm", flush=True)
        return True
    return says("scripts", [sys.executable, "-m", "tests.scripts"])


def with_lines(folder: str) -> bool:
    """Make the small database that a ready site has: migrated, with the country and its lines set."""
    code = (
        "from community.centre.models import Centre; centre = Centre.objects.first() or Centre(); "
        "centre.country, centre.no_line = 'US', True; centre.save()"
    )
    return says("migrations run", [*MANAGE, "migrate", "--verbosity=0"], MAINSTAY_DATA=folder) and says(
        "a centre's lines are set", [*MANAGE, "shell", "--verbosity=0", "-c", code], MAINSTAY_DATA=folder
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        results = [
            says("lint", [str(BIN / "ruff"), "check", "."]),
            says("format", [str(BIN / "ruff"), "format", "--check", "."]),
            says("format of templates", [str(BIN / "djade"), "--check", "--target-version=5.2", *TEMPLATES]),
            says("types", [str(BIN / "mypy")], MAINSTAY_DATA=folder),
            scripts(),
            says("import order", [str(BIN / "lint-imports"), "--no-cache"]),
            says("no migration is missing", [*MANAGE, "makemigrations", "--check", "--dry-run"], MAINSTAY_DATA=folder),
        ]
        if sys.argv[1:] != ["quick"]:
            results += [with_lines(folder), says("ready for the public", [*MANAGE, *DEPLOY], **production(folder))]
    shutil.rmtree(ROOT / ".import_linter_cache", ignore_errors=True)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
