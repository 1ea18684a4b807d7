"""Tools from npm, which the project asks and never serves: locked in a folder of the tests, kept in the machine's cache."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NEEDS = {"node": "Node 18 or newer", "npm": "npm"}


def missing(needs: dict[str, str] = NEEDS) -> list[str]:
    """What this machine lacks of these programs, each by what people call it."""
    return [name for program, name in needs.items() if shutil.which(program) is None]


def installed(folder: Path) -> Path:
    """Install what the folder's lock names, unless just that is there, and return the folder that holds the packages."""
    locked = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / f"mainstay-{folder.name}"
    whole = cache / locked
    if not whole.exists():
        cache.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=cache))  # what was cut off, or is under way beside us, is not taken for whole
        try:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, made)
            subprocess.run(["npm", "ci", "--loglevel=error", "--no-audit", "--no-fund"], cwd=made, stdout=subprocess.DEVNULL, check=True)
            with contextlib.suppress(OSError):  # somebody was first
                made.rename(whole)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return whole / "node_modules"
