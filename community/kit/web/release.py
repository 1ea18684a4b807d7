"""Which release runs, as far as browsers see it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from community import VERSION


def fingerprint(base: Path, apps: Iterable[str]) -> str:
    """Return a name for the styles, scripts and pictures of `apps`: ours by what they hold, those of packages by what is locked."""
    found = hashlib.sha256(VERSION.encode() + (base / "requirements.txt").read_bytes())
    for app in apps:
        for path in sorted((base / app.replace(".", "/") / "static").rglob("*")):
            if path.is_file():
                found.update(f"\0{path.relative_to(base)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:12]
