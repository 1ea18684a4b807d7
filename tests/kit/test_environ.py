"""What people type into the environment: taken as it is meant, or refused in one sentence that gives no password away."""

import json
import os
import subprocess
import sys

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from community.kit.ops import environ
from tests.databases import ROOT, clean_environment

SECRET = "kestrel"


def refused(work, *words):
    """Return the one sentence with which `work()` ends the program."""
    with pytest.raises(SystemExit) as end:
        work()
    said = str(end.value)
    assert len(said.splitlines()) == 1 and SECRET not in said and all(word in said for word in words), said


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("http://Site.localhost:8212", "http://site.localhost:8212"),
        ("HTTPS://Community.Example.org/", "https://community.example.org"),
        ("https://community.example.org:443", "https://community.example.org"),
        ("http://localhost:80", "http://localhost"),
        (" https://community.example.org. ", "https://community.example.org"),
        ("https://community.example.org:8443/", "https://community.example.org:8443"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("https://MÜNCHEN.example:443", "https://xn--mnchen-3ya.example"),
        ("https://ｅxample.org", "https://example.org"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("http://192.168.1.5:08000", "http://192.168.1.5:8000"),
        ("", "http://localhost:8001"),
    ],
)
def test_the_public_address_is_what_browsers_call_it(monkeypatch, typed, meant):
    """Pages that open, and a socket that is refused for ever since its origin is spelled another way."""
    monkeypatch.setenv("MAINSTAY_URL", typed)
    assert environ.site_url(8001).geturl() == meant


@pytest.mark.parametrize(
    "typed, word",
    [
        ("community.example.org", "https://"),
        ("localhost:8000", "http://"),
        ("https:/community.example.org", "https://"),
        ("ftp://community.example.org", "http or https"),
        ('"https://community.example.org"', "http or https"),
        ("https://community.example.org/alumni", "nothing more"),
        ("https://community.example.org/?a=b", "nothing more"),
        ("https://community.example.org/#top", "nothing more"),
        (f"https://me:{SECRET}@community.example.org", "nothing more"),
        ("https://community.example.org:port", "cannot be read"),
        ("https://community.example.org:0", "cannot be read"),
        ("https://community.example.org:99999", "cannot be read"),
        ("https://", "cannot be one"),
        ("https://our_site.example.org", "cannot be one"),
        ("https://-x.example.org", "cannot be one"),
        ("https://*.example.org", "cannot be one"),
        ("https://a.example.org,b.example.org", "cannot be one"),
        ("https://a.example.org b.example.org", "cannot be read"),
    ],
)
def test_what_is_no_public_address_is_refused(monkeypatch, typed, word):
    """Production's checks that are silently off, for who forgot the scheme."""
    monkeypatch.setenv("MAINSTAY_URL", typed)
    refused(lambda: environ.site_url(8000), "MAINSTAY_URL", word)


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("", ""),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("REDIS://cache.example.org", "redis://cache.example.org"),
        ("rediss://:p%23w@cache.example.org:6380/2?ssl_cert_reqs=none", "rediss://:p%23w@cache.example.org:6380/2?ssl_cert_reqs=none"),
        ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=1"),
    ],
)
def test_an_address_of_redis_is_taken(monkeypatch, typed, meant):
    monkeypatch.setenv("REDIS_URL", typed)
    assert environ.redis_url() == meant


@pytest.mark.parametrize(
    "typed",
    [
        "127.0.0.1:6379", "localhost", f":{SECRET}@127.0.0.1:6379", "valkey://127.0.0.1", "http://127.0.0.1:6379", "redis://",
        "redis:127.0.0.1", "redis://127.0.0.1:port", "redis://127.0.0.1/main", "unix://", f"redis://:kes#trel{SECRET}@127.0.0.1",
        f"redis://:{SECRET}@127.0.0.1/0?nonsense=1", "redis://127.0.0.1?socket_timeout=60", "redis://127.0.0.1?db=x",
        "redis://127.0.0.1,redis://127.0.0.2", "redis://127.0.0.1:6379/0#x",
    ],
)  # fmt: skip
def test_what_is_no_address_of_redis_is_refused(monkeypatch, typed):
    """A site that starts, and gives a 500 to the first who signs in."""
    monkeypatch.setenv("REDIS_URL", typed)
    refused(environ.redis_url, "REDIS_URL", "redis://")


@pytest.mark.parametrize(
    "typed, name",
    [
        ("", "/data #1/db.sqlite3"),
        ("sqlite:////srv/site.sqlite3", "/srv/site.sqlite3"),
        ("POSTGRES://me:word@db.example.org/site", "site"),
        ("postgresql:///site", "site"),
        ("postgres://me@db.example.org:5433/site?sslmode=verify-full&connect_timeout=5", "site"),
    ],
)
def test_an_address_of_a_database_is_taken(monkeypatch, tmp_path, typed, name):
    monkeypatch.setenv("DATABASE_URL", typed)
    assert environ.database(tmp_path / "data #1")["NAME"].endswith(name)


@pytest.mark.parametrize(
    "typed",
    [
        "mysql://me:kestrel@db/site", "127.0.0.1/site", "db.sqlite3", "postgres:site", "postgres://me:kestrel@db.example.org",
        "postgres://me:kes#trelkestrel@db/site", "postgres://me:kestrel@db:port/site", "postgres://me:kestrel@db/site?nonsense=1",
        "sqlite://", "sqlite://:memory:", "sqlite:///", "sqlite://site.sqlite3", "sqlite:///site.sqlite3?timeout=5", "postgis://me@db/site",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_database_is_refused(monkeypatch, tmp_path, typed):
    """A traceback, with the password in it; or a site in memory that forgets everybody at its end."""
    monkeypatch.setenv("DATABASE_URL", typed)
    refused(lambda: environ.database(tmp_path), "DATABASE_URL", "postgres://")


@pytest.mark.parametrize(
    "typed, meant",
    [("", "127.0.0.1"), ("*", "*"), ("::1", "::1"), ("10.0.0.5/8", "10.0.0.0/8"), ("127.0.0.1, 10.0.0.0/8", "127.0.0.1,10.0.0.0/8")],
)
def test_addresses_of_proxies_are_taken(monkeypatch, typed, meant):
    """A network written with a host in it is text to the server, and no proxy is ever believed."""
    monkeypatch.setenv("MAINSTAY_PROXY_ADDRESS", typed)
    assert environ.addresses("MAINSTAY_PROXY_ADDRESS", "127.0.0.1") == meant


@pytest.mark.parametrize("typed", ["localhost", "nginx", "127.0.0.1:80", "10.0.0.0/33", "http://127.0.0.1"])
def test_what_is_no_address_of_a_proxy_is_refused(monkeypatch, typed):
    monkeypatch.setenv("MAINSTAY_PROXY_ADDRESS", typed)
    refused(lambda: environ.addresses("MAINSTAY_PROXY_ADDRESS", "127.0.0.1"), "MAINSTAY_PROXY_ADDRESS", typed)


@pytest.mark.parametrize("typed", ["Mainstay <post@example.org>", "post", "post@", "a@example.org, b@example.org", "post@exa mple.org"])
def test_a_sender_is_one_plain_address(monkeypatch, typed):
    """Letters that no server takes, since the centre's name is put before a name."""
    monkeypatch.setenv("MAINSTAY_MAIL_FROM", typed)
    refused(lambda: environ.sender("post@localhost"), "MAINSTAY_MAIL_FROM")


def test_a_sender_is_taken(monkeypatch):
    monkeypatch.setenv("MAINSTAY_MAIL_FROM", " post@example.org ")
    assert environ.sender("post@localhost") == "post@example.org"


@pytest.mark.parametrize("typed", ["1.5", "two", "-1", "nan", "1e9", "1,5"])
def test_a_number_that_cannot_be_meant_is_refused(monkeypatch, typed):
    """Half a proxy, which counted as none."""
    monkeypatch.setenv("MAINSTAY_PROXIES", typed)
    refused(lambda: environ.whole("MAINSTAY_PROXIES", 0), "MAINSTAY_PROXIES")


@pytest.mark.parametrize("query", ["?starttls=1", "?tls=kestrel", "?ssl=1&tls=1", "?ssl"])
def test_a_mail_server_is_not_asked_for_what_nobody_knows(monkeypatch, query):
    """An option that is passed over, and a password in the clear."""
    monkeypatch.setenv("EMAIL_URL", f"smtp://me:{SECRET}@mail.example.org:587/{query}")
    refused(environ.mail_server, "EMAIL_URL")


def test_a_home_is_a_home(monkeypatch, tmp_path):
    """A folder named ~ beside the code, where a file of settings says ~/mainstay."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MAINSTAY_DATA", "~/mainstay")
    assert environ.data_folder(tmp_path) == tmp_path / "mainstay"
    monkeypatch.setenv("MAINSTAY_DATA", "~nobody-of-that-name/mainstay")
    refused(lambda: environ.data_folder(tmp_path), "MAINSTAY_DATA")


def modes(folder):
    """The permissions of everything below a folder that others have."""
    return {path.name: oct(path.stat().st_mode & 0o077) for path in [folder, *folder.rglob("*")] if path.stat().st_mode & 0o077}


@pytest.fixture
def open_folder(tmp_path, monkeypatch):
    """A folder that every account of the machine can look into, as `mkdir` makes it, and a process that opens what it makes."""
    folder = tmp_path / "site"
    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setenv("MAINSTAY_DATA", str(folder))
    before = os.umask(0)
    yield folder
    os.umask(before)


@pytest.mark.parametrize("inside", [(), ("db.sqlite3", "db.sqlite3-wal", "secret.key", "serving.lock"), ("lost+found",)])
def test_a_data_folder_that_was_open_is_closed(open_folder, inside):
    """Everybody on the machine reads the database, what was just written to it, and the key."""
    for name in inside:
        (open_folder / name).touch(0o644)
    environ.data_folder(open_folder)
    (open_folder / "new").touch()
    (open_folder / "media").mkdir()
    assert modes(open_folder) == {}


def test_what_is_uploaded_is_its_owner_s_alone(open_folder):
    """Django opens uploads to all on purpose, so that a web server can serve them."""
    environ.data_folder(open_folder)
    storage = FileSystemStorage(location=open_folder / "media")
    storage.save("pictures/one.txt", ContentFile(b"a face"))
    assert modes(open_folder) == {}


def test_a_folder_that_holds_other_things_is_refused_and_left_alone(open_folder):
    """The whole machine's /tmp or /srv shut to everybody else, by one line of settings."""
    (open_folder / "somebody-elses").touch()
    refused(lambda: environ.data_folder(open_folder), "MAINSTAY_DATA", "chmod 700")
    assert open_folder.stat().st_mode & 0o777 == 0o755


def test_who_may_not_make_the_folder_reads_what_root_runs(monkeypatch, tmp_path):
    """README's own path, and a sentence that leads nowhere."""

    def not_allowed(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setenv("MAINSTAY_DATA", str(tmp_path / "new"))
    monkeypatch.setattr("pathlib.Path.mkdir", not_allowed)
    refused(lambda: environ.data_folder(tmp_path), "MAINSTAY_DATA", "install -d -m 700 -o", str(tmp_path / "new"))


LOAD = """
import importlib, json, os, sys
from community import settings
found = {}
for url in sys.argv[1:]:
    os.environ["MAINSTAY_URL"] = url
    read = importlib.reload(settings)
    found[url] = [read.ORIGINS, read.ALLOWED_HOSTS[0], read.PRODUCTION]
print(json.dumps(found))
"""


def test_origins_and_hosts_follow_from_the_address(tmp_path):
    """A site that is asked under its own address and does not know it."""
    environment = clean_environment() | {"MAINSTAY_DATA": str(tmp_path), "MAINSTAY_SECRET_KEY": "k" * 50}
    urls = ["http://LOCALHOST:80", "https://localhost:8443", "HTTPS://A.example:443/", "http://[::1]:8000"]
    done = subprocess.run([sys.executable, "-c", LOAD, *urls], env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert list(json.loads(done.stdout).values()) == [
        [["http://localhost", "http://127.0.0.1"], "localhost", False],
        [["https://localhost:8443", "https://127.0.0.1:8443"], "localhost", True],
        [["https://a.example"], "a.example", True],
        [["http://[::1]:8000"], "[::1]", False],
    ]


LONG, OTHER = "k" * 30 + "-" + "e" * 30, "y" * 25 + "," + "z" * 25


@pytest.mark.parametrize(
    "typed, meant", [("", []), ("   ", []), (LONG, [LONG]), (f" {LONG}  {OTHER}\n", [LONG, OTHER]), (f"{OTHER}\t{LONG}", [OTHER, LONG])]
)
def test_former_keys_are_separated_by_spaces_and_may_hold_a_comma(monkeypatch, typed, meant):
    """Everybody signed out, since a key with a comma in it was taken for two."""
    monkeypatch.setenv("MAINSTAY_SECRET_KEY_FALLBACKS", typed)
    assert environ.former_keys() == meant


@pytest.mark.parametrize(
    "typed",
    [
        f"{LONG}, {LONG}", f"{LONG},{LONG}", f"{LONG},", f",{LONG}", f"{LONG},,{LONG}", f"{LONG} , {LONG}", ",", f"{LONG} kestrel",
        "kestrel and two more",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_as_former_keys_is_refused(monkeypatch, typed):
    """Two keys with a comma between them, taken for one that nothing was ever signed with; or a word with which anybody signs."""
    monkeypatch.setenv("MAINSTAY_SECRET_KEY_FALLBACKS", typed)
    refused(environ.former_keys, "MAINSTAY_SECRET_KEY_FALLBACKS", "spaces")


@pytest.mark.parametrize(
    "name, address, read",
    [
        ("DATABASE_URL", "postgres://me:kes#trel@db/site", lambda: environ.database(ROOT)),
        ("DATABASE_URL", "postgres://me:kes/trel@db/site", lambda: environ.database(ROOT)),
        ("DATABASE_URL", "postgres://me:kes[trel@db/site", lambda: environ.database(ROOT)),
        ("REDIS_URL", "redis://:kes/trel@db", environ.redis_url),
        ("REDIS_URL", "redis://:kes?trel@db:6379/0", environ.redis_url),
        ("REDIS_URL", "redis://:kes#trel@db:6379/0", environ.redis_url),
        ("EMAIL_URL", "smtp://me:kes/trel@mail.example.org", environ.mail_server),
        ("EMAIL_URL", "smtp://me:kes?trel@mail.example.org", environ.mail_server),
        ("MAINSTAY_S3_URL", "https://me:kes/trel@s3.example.org/bucket", environ.bucket),
        ("MAINSTAY_S3_URL", "https://me:kes#trel@s3.example.org/bucket", environ.bucket),
    ],
)
def test_a_password_with_a_sign_that_means_something_is_told_how_to_write_it(monkeypatch, name, address, read):
    """ "Cannot be read", to somebody whose address is right but for one # in its password."""
    monkeypatch.setenv(name, address)
    refused(read, name, "# is %23, / is %2F, ? is %3F")


@pytest.mark.parametrize("typed, meant", [("", 8000), ("80", 80), (" 8001 ", 8001), ("65535", 65535)])
def test_a_port_is_taken(monkeypatch, tmp_path, typed, meant):
    monkeypatch.setenv("PORT", typed)
    assert environ.port(tmp_path) == meant


@pytest.mark.parametrize("typed", ["0", "65536", "-1", "eighty", "80.5"])
def test_what_is_no_port_is_told_what_one_is(monkeypatch, tmp_path, typed):
    """ "Between 1024 and 65535", while 80 is served."""
    monkeypatch.setenv("PORT", typed)
    refused(lambda: environ.port(tmp_path), f"PORT={typed}", "from 1 to 65535")


@pytest.mark.parametrize(
    "typed", ["http://localhost", "http://127.0.0.1:81", "http://[fd00::1]", "http://10.1.2.3", "http://mainstay:8000", "http://box.lan", "http://box.local."]
)  # fmt: skip
def test_http_is_taken_on_this_machine_and_in_a_private_network(monkeypatch, typed):
    monkeypatch.setenv("MAINSTAY_URL", typed)
    assert environ.site_url(8000).scheme == "http"


@pytest.mark.parametrize(
    "typed", ["http://community.example.org", "HTTP://Community.Example.org:8080/", "http://93.184.215.14", "http://münchen.de"]
)
def test_http_is_refused_where_everybody_could_read_on_the_way(monkeypatch, typed):
    """Passwords, sessions and who is a member, in the clear through the internet, without a word."""
    monkeypatch.setenv("MAINSTAY_URL", typed)
    refused(lambda: environ.site_url(8000), "MAINSTAY_URL", "https://")


@pytest.mark.parametrize("typed", ["0", "1000000", "-3"])
def test_a_number_out_of_its_limits_is_told_both(monkeypatch, typed):
    """ "Too small or too large"."""
    monkeypatch.setenv("MAINSTAY_IDLE_MINUTES", typed)
    refused(lambda: environ.number("MAINSTAY_IDLE_MINUTES", 120, least=1), "1 or more", "less than 1,000,000")


def test_names_are_looked_up_in_a_second(tmp_path):
    """Half a minute before the first page, for a name server that is away: a cache that is optional, and a page that waits for it."""
    code = "import ctypes; libc = ctypes.CDLL(None); libc.__res_init(); state = libc.__res_state; "
    code += "state.restype = ctypes.POINTER(ctypes.c_int); print(state()[0], state()[1])"
    for own, heard in (({}, "1 1"), ({"RES_OPTIONS": "timeout:3 attempts:2"}, "3 2")):
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", code], cwd=ROOT,
            env=clean_environment() | {"MAINSTAY_DATA": str(tmp_path)} | own, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == heard


@pytest.mark.parametrize(
    "url", ["https://sms.example.org/send", "http://127.0.0.1:9000/", "http://[::1]:9000/a?b=c", " https://SMS.example.org "]
)
def test_text_messages_leave_by_a_gateway_that_nobody_listens_in_on(monkeypatch, url):
    monkeypatch.setenv("MAINSTAY_SMS_URL", url)
    monkeypatch.setenv("MAINSTAY_SMS_SECRET", "s" * 40)
    assert environ.text_gateway() == (url.strip(), "s" * 40)


@pytest.mark.parametrize(
    "url",
    ["http://sms.example.org/", "ftp://sms.example.org/", "sms.example.org", f"https://a:{SECRET}@x.org/", "https://", "https://x:y/"],
)
def test_any_other_gateway_is_refused(monkeypatch, url):
    monkeypatch.setenv("MAINSTAY_SMS_URL", url)
    monkeypatch.setenv("MAINSTAY_SMS_SECRET", "s" * 40)
    refused(environ.text_gateway, "MAINSTAY_SMS_URL")


def test_a_gateway_wants_a_secret(monkeypatch):
    """Text messages that anybody could hand to it, at the center's cost."""
    monkeypatch.setenv("MAINSTAY_SMS_URL", "https://sms.example.org/")
    for secret in ("", SECRET):
        monkeypatch.setenv("MAINSTAY_SMS_SECRET", secret)
        refused(environ.text_gateway, "MAINSTAY_SMS_SECRET", "40 random characters")
    monkeypatch.setenv("MAINSTAY_SMS_URL", "")
    assert environ.text_gateway() == ("", "")
