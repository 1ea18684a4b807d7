"""What a centre sets in the environment, made canonical.

What cannot be meant ends the program with one sentence, before anything is half started. No sentence repeats what may hold a password.
"""

import contextlib
import ipaddress
import os
import pwd
import re
import secrets
import shlex
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import dj_database_url
import dj_email_url

from . import lock

MAX_NUMBER = 1_000_000
NO = ("0", "n", "no", "f", "false", "False", "off")
USUAL = {"http": 80, "https": 443}
OF_A_SITE = re.compile(r"db\.sqlite3.*|secret\.key.*|serving\.lock|media|static|backups|lost\+found")  # what a data folder holds
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
WANTED_KEY = "A public site needs a secret key of 50 random characters or more: set MAINSTAY_SECRET_KEY."
SHORTEST_KEY, WHOLE_KEY = 20, 40  # what is shorter is no former key, and what is as long on both sides of a comma is two
LOCAL = ("localhost", "local", "lan", "home", "internal", "home.arpa", "test")  # ends of names that nobody outside can look up
ENCODED = "in a name, password or key # is %23, / is %2F, ? is %3F, @ is %40, + is %2B and % is %25."
MAIL_EXAMPLE = "EMAIL_URL=submission://name:password@mail.example.org"
URL_EXAMPLE = "MAINSTAY_URL=https://community.example.org"
REDIS_EXAMPLE = "REDIS_URL=redis://127.0.0.1:6379/0"
DATABASE_EXAMPLE = "DATABASE_URL=postgres://user:password@host/name"
BUCKET_EXAMPLE = "MAINSTAY_S3_URL=https://access-key:secret-key@s3.example.org/bucket?region=eu-1"
SMS_EXAMPLE = "MAINSTAY_SMS_URL=https://sms.example.org/send"
_made: list[Path] = []  # keys, by this process


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
    if not least <= found < MAX_NUMBER:
        stop(f"{name}={text} cannot be meant: it must be {least:g} or more, and less than {MAX_NUMBER:,}.")
    return found


def whole(name: str, default: int, *, least: int = 0) -> int:
    """Return the whole number that the variable `name` holds, or `default` where it is empty."""
    found = number(name, default, least=least)
    if found != int(found):
        stop(f"{name}={found:g} is no whole number.")
    return int(found)


def yes(name: str) -> bool:
    """Return whether the variable `name` says 1; it says 0, or nothing, where it does not."""
    text = os.environ.get(name, "").strip()
    if text not in ("", "0", "1"):
        stop(f"{name}={text} is neither 1 nor 0.")
    return text == "1"


def preload(*, https: bool) -> bool:
    """Return whether browsers are to be given the host for good (MAINSTAY_HSTS_PRELOAD), which only a site with https can ask of them."""
    asked = yes("MAINSTAY_HSTS_PRELOAD")
    if asked and not https:
        stop("MAINSTAY_HSTS_PRELOAD=1 asks for what only a site with https has: set MAINSTAY_URL=https://… or leave it out.")
    return asked


def port(folder: Path) -> int:
    """Return the port that PORT names; else the one at which the data in `folder` is served just now, where its address follows from that.

    A link that a command or a worker writes leads there, also where the server alone was told of another port. Else it is 8000.
    """
    text = os.environ.get("PORT", "").strip()
    if not text and not os.environ.get("MAINSTAY_URL", "").strip():
        served = urlsplit(lock.holder(folder))
        if (served.scheme, served.hostname) == ("http", "localhost"):
            return served.port or 80
    if text and not (text.isdecimal() and is_port(int(text))):
        stop(f"PORT={text} is not a port. Write a number from 1 to 65535: PORT=8001")
    return int(text or 8000)


def is_port(number: int) -> bool:
    return 0 < number < 65536


def site_url(port: int) -> SplitResult:
    """Return MAINSTAY_URL the way browsers write it in an Origin header, else that of this machine at `port`."""
    text = os.environ.get("MAINSTAY_URL", "").strip() or f"http://localhost:{port}"
    if "://" not in text:
        stop(f"MAINSTAY_URL={text} does not say how the site is reached: begin it with https:// (or http:// to try it on this machine).")
    parts, host, at = _split("MAINSTAY_URL", text, f"Write {URL_EXAMPLE}")
    if parts.scheme not in USUAL or "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment:
        stop(f"MAINSTAY_URL must be http or https, a host and perhaps a port, and nothing more. Write {URL_EXAMPLE}")
    place = _host_of(host)
    if parts.scheme == "http" and not _is_local(place):
        stop(f"MAINSTAY_URL={text} would send passwords and cookies through the internet for all to read: write https:// before {host}.")
    return SplitResult(parts.scheme, place if at in (None, USUAL[parts.scheme]) else f"{place}:{at}", "", "", "")


def _is_local(host: str) -> bool:
    """Whether a host is this machine or one of a private network, by its address or by a name that the internet does not have."""
    with contextlib.suppress(ValueError):
        return not ipaddress.ip_address(host.strip("[]")).is_global
    return "." not in host or host.endswith(tuple(f".{end}" for end in LOCAL))


def _host_of(typed: str) -> str:
    """Return a host as browsers and Django's ALLOWED_HOSTS write it."""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(typed)
        return f"[{address}]" if address.version == 6 else str(address)
    host = typed.removesuffix(".")
    if not host.isascii():
        import idna

        with contextlib.suppress(idna.IDNAError):
            host = idna.encode(host, uts46=True).decode()
    if not HOST.fullmatch(host) or len(host) > 253:
        stop(f"MAINSTAY_URL names the host {typed}, which cannot be one: a host has letters, digits, hyphens and dots.")
    return host


def _split(name: str, text: str, how: str) -> tuple[SplitResult, str, int | None]:
    """Return the parts of an address, its host and its port; none of them is written with capitals, where those do not count."""
    try:
        parts = urlsplit(text)
        host, at = parts.hostname or "", parts.port
    except ValueError:  # a port that is no number, most often the half of a password
        stop(f"{name} cannot be read. {how}")
    if at == 0 or any(c.isspace() for c in parts.netloc):
        stop(f"{name} cannot be read. {how}")
    return parts, host, at


def redis_url() -> str:
    """Return REDIS_URL as redis-py reads it, "" where it is empty."""
    text = os.environ.get("REDIS_URL", "").strip()
    if not text:
        return ""
    how = f"Write {REDIS_EXAMPLE}, or with a password redis://:password@host:6379/0; {ENCODED}"
    parts, host, _at = _split("REDIS_URL", text, how)
    if parts.scheme not in ("redis", "rediss", "unix") or "://" not in text:
        stop(f"REDIS_URL must begin with redis://, rediss:// or unix://. {how}")
    whole = bool(parts.path) if parts.scheme == "unix" else bool(host and re.fullmatch(r"(/\d*)?", parts.path))
    if not whole or parts.fragment:
        stop(f"REDIS_URL is not whole. {how}")
    url = parts.scheme + text[len(parts.scheme) :]  # in small letters, which redis-py asks for
    _try_redis(url, parts.query, how)
    return url


def _try_redis(url: str, query: str, how: str) -> None:
    """Have redis-py read the address, without asking anybody: what it does not know would fail at the first page."""
    import redis

    try:
        redis.ConnectionPool.from_url(url).make_connection()
    except (ValueError, TypeError, redis.RedisError):
        stop(f"REDIS_URL asks for what Redis does not know. {how}")
    if any("timeout" in name for name, _value in parse_qsl(query)):
        stop(f"REDIS_URL sets a timeout: how long anybody waits for Redis is for this site to say. {how}")


def database(folder: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry for DATABASE_URL, else for the SQLite file in `folder`."""
    text = os.environ.get("DATABASE_URL", "").strip()
    how = f"Write {DATABASE_EXAMPLE}; {ENCODED} Without it the site keeps all in a SQLite file."
    if not text:
        return {**dj_database_url.parse("sqlite:///db.sqlite3"), "NAME": str(folder / "db.sqlite3")}
    parts, _host, _at = _split("DATABASE_URL", text, how)
    if parts.scheme not in ("sqlite", "postgres", "postgresql", "pgsql") or "://" not in text:
        stop(f"DATABASE_URL must begin with postgres:// or sqlite:///. {how}")
    found: dict[str, Any] = dict(dj_database_url.parse(text))
    if found["NAME"] in ("", ":memory:") or parts.fragment or (parts.scheme == "sqlite" and (parts.netloc or parts.query)):
        stop(f"DATABASE_URL is not whole: it names no database that lasts. {how}")
    if parts.scheme != "sqlite":
        _try_options(found.get("OPTIONS", {}), how)
    return found


def _try_options(options: dict[str, Any], how: str) -> None:
    import psycopg

    try:
        psycopg.conninfo.make_conninfo(**options)
    except psycopg.ProgrammingError as error:
        stop(f"DATABASE_URL asks for what PostgreSQL does not know ({str(error).strip()}). {how}")


def bound_lookups() -> None:
    """Have this machine give up on a host's name after a second for each of its name servers, whoever looks it up; its own are thirty."""
    os.environ.setdefault("RES_OPTIONS", "timeout:1 attempts:1")


def addresses(name: str, default: str) -> str:
    """Return the addresses and networks that the variable `name` lists, or `default`; "*" is everybody."""
    text = os.environ.get(name, "").strip() or default
    if text == "*":
        return text
    found = []
    for one in text.replace(",", " ").split():
        try:
            found.append(str(ipaddress.ip_network(one, strict=False) if "/" in one else ipaddress.ip_address(one)))
        except ValueError:
            stop(f"{name} names {one}, which is no address. Write {name}=127.0.0.1, or a network such as 10.0.0.0/8.")
    return ",".join(found)


def sender(default: str) -> str:
    """Return the one plain address of MAINSTAY_MAIL_FROM, or `default`. The center's name is put before it in each e-mail."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    text = os.environ.get("MAINSTAY_MAIL_FROM", "").strip()
    if not text:
        return default
    try:
        validate_email(text)
    except ValidationError:
        stop(f"MAINSTAY_MAIL_FROM={text} is no address. Write it without a name: MAINSTAY_MAIL_FROM=post@example.org")
    return text


def push_hosts() -> tuple[str, ...]:
    """Return what MAINSTAY_PUSH_HOSTS adds to the push services: hosts, ends of hosts such as .push.example.org, or whole origins."""
    found = os.environ.get("MAINSTAY_PUSH_HOSTS", "").replace(",", " ").lower().split()
    for one in found:
        host = re.sub(r"^https?://|(?<=[a-z0-9]):[0-9]+$", "", one) if "://" in one else one.removeprefix(".")
        if not HOST.fullmatch(host):
            stop(f"MAINSTAY_PUSH_HOSTS names {one}, which is no host. Write push.example.org, or https://push.example.org:8443.")
    return tuple(found)


def text_gateway() -> tuple[str, str]:
    """Return MAINSTAY_SMS_URL and MAINSTAY_SMS_SECRET, by which text messages leave; both are empty on a site that sends none."""
    url, secret = (os.environ.get(name, "").strip() for name in ("MAINSTAY_SMS_URL", "MAINSTAY_SMS_SECRET"))
    if not url:
        return "", ""
    how = f"Write {SMS_EXAMPLE}, or http://127.0.0.1:9000/ for a program on this machine."
    parts, host, _at = _split("MAINSTAY_SMS_URL", url, how)
    is_here = host in ("127.0.0.1", "::1", "localhost")
    if not (parts.scheme == "https" or (parts.scheme == "http" and is_here)) or not host or parts.username or parts.fragment:
        stop(f"MAINSTAY_SMS_URL must be an address with https, and without a name or password. {how}")
    if len(secret) < WHOLE_KEY:
        stop("Text messages are signed: set MAINSTAY_SMS_SECRET to 40 random characters or more, which that program knows, too.")
    return url, secret


def data_folder(default: Path) -> Path:
    """Return the folder of MAINSTAY_DATA, else `default`: made where it is missing, and open to its owner alone.

    From here on whatever this process makes is open to its owner alone, too.
    """
    os.umask(0o077)
    given = os.environ.get("MAINSTAY_DATA", "").strip()
    try:
        folder = Path(given or default).expanduser().resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except RuntimeError:
        stop(f"MAINSTAY_DATA={given} names the home of somebody whom this machine does not know.")
    except PermissionError:
        account = pwd.getpwuid(os.geteuid()).pw_name
        root = f"have root run: install -d -m 700 -o {account} {shlex.quote(str(folder))}"
        stop(f"The data folder {folder} cannot be made by this account. Choose another with MAINSTAY_DATA, or {root}")
    except OSError as error:
        stop(f"The data folder {folder} cannot be made: {error.strerror}. Choose another with MAINSTAY_DATA.")
    if not os.access(folder, os.W_OK | os.X_OK):
        stop(f"The data folder {folder} cannot be written by this account. Give it to this account, or set MAINSTAY_DATA.")
    if folder.stat().st_mode & 0o077:
        _close(folder)
    return folder


def _close(folder: Path) -> None:
    """Shut others out of a folder that they can look into, where it holds nothing but a site."""
    inside = list(folder.iterdir())
    try:
        if not all(OF_A_SITE.fullmatch(each.name) for each in inside):
            raise PermissionError
        folder.chmod(0o700)
        for each in inside:
            if each.is_file() and not each.is_symlink():
                each.chmod(0o600)
    except PermissionError:
        stop(
            f"Others on this machine can look into the data folder {folder}. Make it its owner's alone (chmod 700), "
            "or set MAINSTAY_DATA to a folder that holds nothing else."
        )


def secret_key(data_dir: Path, *, production: bool) -> str:
    """Return the key that signs sessions: from the environment, else made once and kept beside the data; never made in production."""
    if key := os.environ.get("MAINSTAY_SECRET_KEY", "").strip():
        return key
    if production:
        stop(WANTED_KEY)
    path = data_dir / "secret.key"
    if path.exists() and (key := path.read_text().strip()):
        return key
    with path.open("a+") as file:
        lock.had(file, waits=True)  # of two processes that start at once, both read the first one's key
        file.seek(0)
        if not (key := file.read().strip()):
            key = secrets.token_urlsafe(50)
            file.write(key)
            _made.append(path)
    return key


def former_keys() -> list[str]:
    """Return the keys of MAINSTAY_SECRET_KEY_FALLBACKS, which spaces separate. A comma belongs to the key in which it stands."""
    name = "MAINSTAY_SECRET_KEY_FALLBACKS"
    keys = os.environ.get(name, "").split()
    for key in keys:
        sides = key.split(",")
        if not all(sides) or (len(sides) > 1 and all(len(side) >= WHOLE_KEY for side in sides)):
            stop(f"{name} has a comma between keys: separate them by spaces alone.")
        if len(key) < SHORTEST_KEY:
            stop(f"{name} holds what is too short for a key: separate keys by spaces. One with a space in it cannot stand there.")
    return keys


def take_back_key() -> None:
    """Remove the key that this very start has made, where nothing came of it."""
    while _made:
        _made.pop().unlink(missing_ok=True)


def mail_server() -> dict[str, Any]:
    """Return Django's EMAIL_* settings for EMAIL_URL, {} where it is empty.

    Only what sends: any other address would have e-mails stored or printed while each page says that they were sent.
    """
    url = os.environ.get("EMAIL_URL", "").strip()
    if not url:
        return {}
    how = f"Write {MAIL_EXAMPLE}, or smtp://…:465/?ssl=True where the server asks for TLS from the first byte; {ENCODED}"
    parts, host, _at = _split("EMAIL_URL", url, how)
    if parts.scheme not in ("smtp", "submission"):
        stop(f"EMAIL_URL begins with {parts.scheme or 'nothing'}://, which this site does not know. {how}")
    if not host or parts.fragment or (parts.path not in ("", "/")):
        stop(f"EMAIL_URL is not whole. {how}")
    asked = parse_qsl(parts.query, keep_blank_values=True)
    # dj_email_url ignores what it does not know, and e-mails would be sent unencrypted.
    if any(name not in ("ssl", "tls") or value not in (*dj_email_url.TRUTHY, *NO) for name, value in asked) or len(asked) > 1:
        stop(f"EMAIL_URL asks for what this site does not know. {how}")
    return dj_email_url.parse(url)


def bucket() -> dict[str, Any]:
    """Return what community.kit.storage wants to know for MAINSTAY_S3_URL, {} where it is empty."""
    url = os.environ.get("MAINSTAY_S3_URL", "").strip()
    if not url:
        return {}
    how = f"Write {BUCKET_EXAMPLE}; {ENCODED}"
    parts, host, _at = _split("MAINSTAY_S3_URL", url, how)
    name = parts.path.strip("/")
    if parts.scheme not in ("http", "https") or not host or not parts.username or not parts.password or not name or "/" in name:
        stop(f"MAINSTAY_S3_URL is not whole: it names the place, both keys and one bucket. {how}")
    asked = dict(parse_qsl(parts.query))
    if parts.fragment or asked.keys() - {"region"}:
        stop(f"MAINSTAY_S3_URL holds more than it can. {how}")
    return {
        "access_key": unquote(parts.username), "secret_key": unquote(parts.password), "bucket_name": name,
        "endpoint_url": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", "region_name": asked.get("region", "us-east-1"),
    }  # fmt: skip
