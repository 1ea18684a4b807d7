"""Where the strangers come from: two packages of npm, pinned in package.json and kept in the machine's cache, away from the project."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

PINNED = Path(__file__).with_name("package.json")
NEEDS = {"node": "Node 20 or newer", "npm": "npm", "java": "Java 17 or newer"}


def missing() -> list[str]:
    """What this machine lacks for them."""
    return [name for program, name in NEEDS.items() if shutil.which(program) is None]


def installed() -> Path:
    """Install the packages, unless these very versions are there, and return the folder that holds them."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "mainstay-strangers" / hashlib.sha256(PINNED.read_bytes()).hexdigest()[:16]
    packages = folder / "node_modules"
    if not packages.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(PINNED, folder)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return packages
