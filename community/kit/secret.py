"""The key that signs sessions: from the environment in production, else made once and kept beside the data."""

import contextlib
import os
import secrets
from pathlib import Path

NO_KEY = "A public site needs its own secret key: set MAINSTAY_SECRET_KEY to a long random text."


def secret_key(data_dir: Path, *, production: bool) -> str:
    """Return the site's secret key; in production without one, end the program with one sentence."""
    if key := os.environ.get("MAINSTAY_SECRET_KEY", "").strip():
        return key
    if production:
        # Any later, and Django's own traceback would hide what is missing.
        raise SystemExit(NO_KEY)
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        mine = data_dir / f"secret.key.{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(50))
        # A link fails where the name exists: of two processes that start at once, both read the first one's key.
        with contextlib.suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path.read_text().strip()
