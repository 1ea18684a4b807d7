"""Help now: for everybody, always, and the same."""

import re
import time
from contextlib import contextmanager

import pytest
from django.db import OperationalError
from django.test import Client

from community.centre.models import Centre, OwnLine, forget


@pytest.fixture
def centre(db):
    centre = Centre.objects.first() or Centre()
    centre.country = "US"
    centre.lines.add(OwnLine(name="The night desk", number="+1 (202) 555-0142"))
    centre.save()
    return centre


@contextmanager
def no_database():
    """Every query fails, as when the database server is away."""

    def away(*args, **kwargs):
        raise OperationalError("away")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", away)
        yield


def test_help_is_the_same_bytes_for_a_guest_and_a_member(client, client_of, alice, centre):
    """A name or a token in it would end up in the caches of a phone that several people use."""
    guest, member = client.get("/help/"), client_of(alice).get("/help/")
    assert guest.status_code == 200 and guest.content == member.content
    for answer in (guest, member):
        assert not answer.cookies and "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_help_shows_the_numbers_as_links_that_a_phone_dials(client, centre):
    page = client.get("/help/").content.decode()
    for dialled in ("tel:911", "tel:988", "tel:+18006624357", "tel:+12025550142"):
        assert f'href="{dialled}"' in page
    assert "The night desk" in page and "not yet reviewed by a clinician" in page.lower()


@pytest.mark.parametrize("path", ["/help/", "/"])
def test_a_line_that_takes_calls_and_texts_shows_both(client, centre, path):
    """Who cannot speak where they are would find a number to call alone."""
    page = client.get(path).content.decode()
    assert 'href="tel:988"' in page and 'href="sms:988"' in page and 'href="tel:+12025550142"' in page


def test_home_shows_the_centre_s_own_line_where_no_country_is_chosen(client, centre):
    """The one number that a centre has given would be hidden for want of another."""
    centre.country = ""
    centre.save()
    page = client.get("/").content.decode()
    assert 'href="tel:+12025550142"' in page and "tel:911" not in page and "emergency number of the country you're in" in page


def test_help_names_no_country_s_numbers_where_none_is_chosen(client, db):
    """988 and 911 are of the United States: shown elsewhere they lead nowhere."""
    page = client.get("/help/").content.decode()
    assert "tel:" not in page and "emergency number of the country you're in" in page


def test_help_gives_no_doses(client, centre):
    page = client.get("/help/").content.decode().lower()
    assert "naloxone" in page and not re.search(r"\bdoses?\b|\d ?mg\b", page)


def test_help_works_for_a_member_while_the_database_is_away(client_of, alice, centre):
    """The last known numbers are shown, and nobody is asked who they are."""
    member = client_of(alice)
    member.get("/today/")
    with no_database():
        answer = member.get("/help/")
        member.raise_request_exception = False
        assert member.get("/today/").status_code == 503
    assert answer.status_code == 200 and b"tel:911" in answer.content


def test_a_process_that_never_reached_the_database_still_shows_help(client, db):
    forget()
    with no_database():
        assert client.get("/help/").status_code == 200


def test_help_does_not_wait_for_the_database_where_the_numbers_are_known(client, centre, monkeypatch, django_assert_num_queries):
    """A pool waits ten seconds for a server that is away: too long for somebody who needs a number."""
    client.get("/help/")
    now = time.monotonic()
    for seconds, queries in ((60, 0), (400, 2)):  # the centre and its lines
        monkeypatch.setattr("community.centre.models.time.monotonic", lambda at=now + seconds: at)
        with django_assert_num_queries(queries):
            client.get("/help/")


def test_nothing_can_be_posted_to_help(db):
    assert Client(enforce_csrf_checks=True).post("/help/", {"a": "b"}).status_code == 405
