"""Under which names a public site answers, and where `next=` may lead."""

from typing import Any

import pytest
from django.test import Client

from tests import forks
from tests.cast import PASSWORD
from tests.databases import clean_environment

LONG = "a secret key that is made for this test, longer than forty characters"
ELSEWHERE = [
    "http://localhost/x",
    "https://localhost/",
    "http://127.0.0.1:9/",
    "//localhost/x",
    "http://x.example/",
    "https://x.example:8443/",
]


@pytest.fixture
def public(settings: Any) -> None:
    """The names of a public site, as settings.py makes them."""
    settings.ALLOWED_HOSTS, settings.ORIGINS, settings.HTTPS = ["x.example"], ["https://x.example"], True


@pytest.mark.parametrize(
    ("url", "hosts"), [("https://x.example", ["x.example"]), ("", ["localhost", "127.0.0.1"]), ("http://box.lan:81", ["box.lan"])]
)
def test_a_public_site_answers_under_its_own_name(url: str, hosts: list[str], tmp_path: Any) -> None:
    """`Host: localhost` past the proxy is a name that nobody else should reach the site by."""
    environment = (
        {"MAINSTAY_DATA": str(tmp_path), "MAINSTAY_SECRET_KEY": LONG, "MAINSTAY_URL": url} if url else {"MAINSTAY_DATA": str(tmp_path)}
    )
    asked = ["manage.py", "shell", "--verbosity=0", "-c", "from django.conf import settings; print(settings.ALLOWED_HOSTS)"]
    done = forks.run(asked, clean_environment() | environment)
    assert done.stdout.strip() == str(hosts), done.stderr


@pytest.mark.parametrize("where", ELSEWHERE)
def test_next_leads_to_no_local_machine(alice: Any, public: None, where: str) -> None:
    """A link to the sign-in page that leads on to whatever listens on the member's own machine."""
    client = Client(SERVER_NAME="x.example", headers={"X-Forwarded-Proto": "https"})
    assert client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD, "next": where})["Location"] == "/today/"
    assert client.post("/accounts/again/", {"password": PASSWORD, "next": where})["Location"] == "/today/"


@pytest.mark.parametrize("where", ["/me/", "https://x.example/me/"])
def test_it_leads_to_pages_of_this_site(alice: Any, public: None, where: str) -> None:
    client = Client(SERVER_NAME="x.example")
    assert client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD, "next": where})["Location"] == where


def test_what_asks_inside_whether_it_lives_may_name_any_host(db: Any, public: None) -> None:
    """A proxy or a supervisor on the machine itself asks http://localhost:8000/healthz."""
    inside = Client(SERVER_NAME="localhost")
    assert [inside.get(path).status_code for path in ("/healthz", "/readyz", "/", "/today/")] == [200, 200, 400, 400]
