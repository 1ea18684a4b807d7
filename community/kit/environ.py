"""What a centre sets in the environment. What cannot be meant ends the program with one sentence, before anything is half started."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

import dj_email_url

NO_KEY = "A public site needs its own secret key: set MAINSTAY_SECRET_KEY to a long random text."
MAIL_EXAMPLE = "EMAIL_URL=submission://name:password@mail.example.org"
BUCKET_EXAMPLE = "MAINSTAY_S3_URL=https://access-key:secret-key@s3.example.org/bucket?region=eu-1"


def stop(sentence: str) -> NoReturn:
    """End the program. Any later, and a traceback would hide what is missing."""
    raise SystemExit(sentence)


def number(name: str, default: float, *, least: float = 0) -> float:
    """Return the number that the variable `name` holds, or `default` where it is empty."""
    text = os.environ.get(name, "").strip()
    try:
        found = float(text) if text else default
    except ValueError:
        stop(f"{name}={text} is no number.")
    if not least <= found < 1_000_000:
        stop(f"{name}={text} is too small or too large: it must be {least:g} or more.")
    return found


def port() -> int:
    """Return the port that PORT names, or 8000."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65536):
        stop(f"PORT={text} is no port. Choose one between 1024 and 65535: PORT=8001 make run")
    return int(text)


def data_folder(default: Path) -> Path:
    """Return the folder of MAINSTAY_DATA, else `default`; it is made where it is missing, and then open to its owner alone."""
    folder = Path(os.environ.get("MAINSTAY_DATA") or default).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        stop(f"The data folder {folder} cannot be made: {error.strerror}. Choose another with MAINSTAY_DATA.")
    if not os.access(folder, os.W_OK | os.X_OK):
        stop(f"The data folder {folder} cannot be written by this account. Give it to this account, or set MAINSTAY_DATA.")
    return folder


def secret_key(data_dir: Path, *, production: bool) -> str:
    """Return the key that signs sessions: from the environment, else made once and kept beside the data; never made in production."""
    if key := os.environ.get("MAINSTAY_SECRET_KEY", "").strip():
        return key
    if production:
        stop(NO_KEY)
    path = data_dir / "secret.key"
    if not path.exists():
        mine = data_dir / f"secret.key.{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(50))
        # A link fails where the name exists: of two processes that start at once, both read the first one's key.
        with contextlib.suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path.read_text().strip()


def mail_server() -> dict[str, Any]:
    """Return Django's EMAIL_* settings for EMAIL_URL, {} where it is empty.

    Only what sends: any other address would have letters kept or printed while each page says that they left.
    """
    url = os.environ.get("EMAIL_URL", "").strip()
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        host, at = parts.hostname, parts.port
    except ValueError:  # a port that is no number, most often the half of a password
        stop(f"EMAIL_URL cannot be read. {_how()}")
    if parts.scheme not in ("smtp", "submission"):
        stop(f"EMAIL_URL begins with {parts.scheme or 'nothing'}://, which this site does not know. {_how()}")
    if not host or parts.fragment or (parts.path not in ("", "/")) or at == 0:
        stop(f"EMAIL_URL is not whole. {_how()}")
    return dj_email_url.parse(url)


def bucket() -> dict[str, Any]:
    """Return what community.kit.storage wants to know for MAINSTAY_S3_URL, {} where it is empty."""
    url = os.environ.get("MAINSTAY_S3_URL", "").strip()
    if not url:
        return {}
    how = f"Write {BUCKET_EXAMPLE}; in a key / is %2F, + is %2B and # is %23."
    try:
        parts = urlsplit(url)
        at, host = parts.port, parts.hostname
    except ValueError:
        stop(f"MAINSTAY_S3_URL cannot be read. {how}")
    name = parts.path.strip("/")
    if parts.scheme not in ("http", "https") or not host or not parts.username or not parts.password or not name or "/" in name or at == 0:
        stop(f"MAINSTAY_S3_URL is not whole: it names the place, both keys and one bucket. {how}")
    asked = dict(parse_qsl(parts.query))
    if parts.fragment or asked.keys() - {"region"}:
        stop(f"MAINSTAY_S3_URL holds more than it can. {how}")
    return {
        "access_key": unquote(parts.username), "secret_key": unquote(parts.password), "bucket_name": name,
        "endpoint_url": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", "region_name": asked.get("region", "us-east-1"),
    }  # fmt: skip


def _how() -> str:
    return (
        f"Write {MAIL_EXAMPLE}, or smtp://…:465/?ssl=True where the server asks for TLS from the first byte; "
        "in a name or password # is %23, / is %2F and ? is %3F."
    )
