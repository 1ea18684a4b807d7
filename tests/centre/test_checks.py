"""A public site that lacks what it needs is refused in one sentence."""

import pytest
from django.core import checks
from pyrage.x25519 import Identity

from community.centre.models import Centre, OwnLine
from tests import forks
from tests.databases import clean_environment

PUBLIC = str(Identity.generate().to_public())
LONG = "k" * 30 + "-a key that is long enough-" + "0123456789"


def manage(*command, **environment):
    """Run a command under these settings alone, forked: a real start costs two seconds, and tests/house/test_serve has some."""
    done = forks.run(["manage.py", *command], clean_environment() | environment)
    return done.returncode, done.stdout + done.stderr


def test_a_public_site_without_a_secret_key_is_refused_in_one_sentence(tmp_path):
    """Not by a traceback, and not by a key that is made up and lost with the machine."""
    code, told = manage("check", MAINSTAY_URL="https://x.example", MAINSTAY_DATA=str(tmp_path))
    assert code == 1 and told.strip() == "A public site needs a secret key of 50 random characters or more: set MAINSTAY_SECRET_KEY."
    assert not (tmp_path / "secret.key").exists()


def test_a_public_site_without_mail_server_and_long_key_is_refused(tmp_path):
    code, told = manage("check", MAINSTAY_URL="https://x.example", MAINSTAY_DATA=str(tmp_path), MAINSTAY_SECRET_KEY="short")
    assert code == 1 and "Traceback" not in told and "EMAIL_URL" in told and "50 random characters" in told
    code, told = manage(
        "check", MAINSTAY_URL="https://x.example", MAINSTAY_DATA=str(tmp_path), MAINSTAY_SECRET_KEY=LONG, EMAIL_URL="smtp://m.example"
    )
    assert code == 0, told


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields, fine",
    [
        ({}, False),
        ({"country": "US"}, False),
        ({"country": "US", "no_line": True}, True),
        ({"country": "US", "line": "555 0100"}, True),
    ],
)
def test_a_public_site_without_help_lines_is_refused(settings, fields, fine):
    """Help now with nobody to ring is worse than no site; a site on localhost may be tried without."""
    number = fields.pop("line", "")
    centre = Centre(**fields)
    centre.lines.set([OwnLine(number=number)] if number else [])
    centre.save()

    def found():
        return [error.id for error in checks.run_checks(include_deployment_checks=True, databases=["default"])]

    assert "mainstay.E004" not in found()
    settings.PRODUCTION = True
    assert ("mainstay.E004" not in found()) == fine


@pytest.mark.django_db
def test_the_demo_is_never_served_on_a_public_address(settings, tmp_path):
    """Its passwords are printed: whoever knows the README could sign in as its admin."""
    Centre(country="US", no_line=True, is_demo=True).save()
    settings.PRODUCTION = True
    assert "mainstay.E005" in [error.id for error in checks.run_checks(include_deployment_checks=True, databases=["default"])]
    environment = {"MAINSTAY_URL": "https://x.example", "MAINSTAY_SECRET_KEY": LONG, "EMAIL_URL": "smtp://m.example"}
    code, told = manage("serve", "--demo", MAINSTAY_DATA=str(tmp_path), **environment)
    assert code == 1 and "must not be served on a public address" in told and "Traceback" not in told


def test_the_secret_key_is_made_once(tmp_path):
    from community.kit.ops.environ import secret_key

    first = secret_key(tmp_path, production=False)
    assert first == secret_key(tmp_path, production=False) and len(first) > 40
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "url, says",
    [
        ("smtp+tls://me:kestrel@m.example:587", "does not know"),
        ("m.example:25", "does not know"),
        ("console://", "does not know"),
        ("smtp://me:kes#trel@m.example", "%23"),
        ("smtp://me:kes/trel@m.example", "%2F"),
        ("submission://", "not whole"),
        ("smtp://m.example:port", "cannot be read"),
    ],
)
def test_a_mail_address_that_would_send_nothing_is_refused(tmp_path, url, says):
    """Letters that stay in the database, while each page and each check says that they have left."""
    code, told = manage("check", MAINSTAY_DATA=str(tmp_path), EMAIL_URL=url)
    assert code == 1 and "Traceback" not in told and len(told.strip().splitlines()) == 1
    assert "EMAIL_URL" in told and says in told and "kes" not in told and "trel" not in told


@pytest.mark.parametrize(
    "url, tls, ssl, port",
    [
        ("submission://me:p%23w@m.example", True, False, 587),
        ("smtp://m.example", False, False, 25),
        ("smtp://m.example:465/?ssl=True", False, True, 465),
    ],
)
def test_a_mail_address_that_sends_is_understood(tmp_path, monkeypatch, url, tls, ssl, port):
    from community.kit.ops.environ import mail_server

    monkeypatch.setenv("EMAIL_URL", url)
    found = mail_server()
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"], found["EMAIL_PORT"]) == (tls, ssl, port)
    assert found["EMAIL_HOST"] == "m.example" and found["EMAIL_HOST_PASSWORD"] in (None, "p#w")


def test_a_public_site_knows_of_the_proxy_before_it(tmp_path):
    """All visitors behind one address: a stranger who tries thirty passwords locks everybody out."""
    code = "from django.conf import settings; print('proxies', settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    public = {"MAINSTAY_URL": "https://x.example", "MAINSTAY_SECRET_KEY": LONG, "EMAIL_URL": "smtp://m.example"}
    assert "proxies 1" in manage("shell", "-c", code, MAINSTAY_DATA=str(tmp_path), **public)[1]
    assert "proxies 2" in manage("shell", "-c", code, MAINSTAY_DATA=str(tmp_path), MAINSTAY_PROXIES="2", **public)[1]
    assert "proxies 0" in manage("shell", "-c", code, MAINSTAY_DATA=str(tmp_path))[1]


@pytest.mark.parametrize(
    "key, says",
    [("age1nobody", "holds what is no public key"), ("AGE-SECRET-KEY-1KESTREL", "holds a private key"), ("age1a, age1b", "spaces")],
)
def test_a_key_for_backups_that_cannot_be_read_is_refused_at_the_start(tmp_path, key, says):
    """Found out on the night of the first backup, or by nobody."""
    for command in (["check"], ["serve"]):
        code, told = manage(*command, MAINSTAY_DATA=str(tmp_path), MAINSTAY_BACKUP_KEYS=key)
        assert code == 1 and "MAINSTAY_BACKUP_KEYS holds" in told and says in told and "KESTREL" not in told, told


@pytest.mark.parametrize(
    "given, fine",
    [
        ({}, False),
        ({"MAINSTAY_BACKUP_PASSPHRASE": "short"}, False),
        ({"MAINSTAY_BACKUP_PASSPHRASE": "a lamp and a kettle"}, True),
        ({"MAINSTAY_BACKUP_KEYS": PUBLIC}, True),
        ({"MAINSTAY_BACKUP_KEYS": PUBLIC, "MAINSTAY_BACKUP_PASSPHRASE": "a lamp and a kettle"}, False),
    ],
)
def test_the_check_names_backups_that_nobody_could_make(settings, monkeypatch, given, fine):
    """A public site without a backup, of which its operator hears when it is needed."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    def found():
        return "mainstay.W004" in [each.id for each in checks.run_checks(include_deployment_checks=True)]

    assert not found(), "on localhost anybody may try the site without"
    settings.PRODUCTION = True
    assert found() != fine
