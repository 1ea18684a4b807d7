"""What strangers who try doors get, and what they leave behind: nothing that is kept, and no line in the log."""

import pytest
from django.test import Client

HOST = {"host": "elsewhere.example"}
TRIES = {
    "another host": lambda guest: guest.get("/", headers=HOST),
    "a form without its token": lambda guest: guest.post("/accounts/login/", {"login": "a@example.org", "password": "b"}),
    "a form from another site": lambda guest: guest.post("/accounts/login/", {}, headers={"origin": "https://elsewhere.example"}),
    "a folder above": lambda guest: guest.get("/static/..%2f..%2fetc/passwd"),
    "a path that is nowhere": lambda guest: guest.get("/wp-admin/setup.php"),
    "a verb that is not taken": lambda guest: guest.delete("/help/"),
    "a session that was made up": lambda guest: guest.get("/today/", headers={"cookie": "sessionid=" + "x" * 32}),
    "more fields than a form has": lambda guest: guest.post("/accounts/login/", {f"field-{number}": "x" for number in range(1100)}),
    "a NUL": lambda guest: guest.get("/library/search/?q=%00"),
}


@pytest.mark.parametrize("attempt", TRIES.values(), ids=TRIES)
def test_strangers_write_nothing_into_the_log(db, caplog, attempt):
    """Whoever scans the web would otherwise fill a disk, and bury the line that a person should see."""
    answer = attempt(Client(enforce_csrf_checks=True))
    assert 200 <= answer.status_code < 500
    assert [record.getMessage() for record in caplog.records] == []


def test_a_failure_still_stands_in_the_log(client, db, caplog, monkeypatch):
    """Catches a log that is quiet because it is switched off."""

    def fail(*args, **kwargs):
        raise ValueError

    client.raise_request_exception = False
    monkeypatch.setattr("community.views.public", fail)
    assert client.get("/").status_code == 500
    assert caplog.records


def test_a_style_may_be_kept_and_its_absence_may_not(client, db):
    """A 404 that a cache keeps hides the file when a newer version brings it."""
    there = client.get("/static/community/css/tokens.css")
    assert there.status_code == 200 and "max-age" in there.headers["Cache-Control"] and "no-store" not in there.headers["Cache-Control"]
    gone = client.get("/static/community/css/none.css")
    assert gone.status_code == 404
    assert "no-store" in gone.headers["Cache-Control"] and "noindex" in gone.headers["X-Robots-Tag"]
