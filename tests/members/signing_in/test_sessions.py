"""How long a session lives, and what a browser is told when one is over."""

import re
from datetime import timedelta
from unittest.mock import Mock

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.centre.models import Centre
from community.members.people.actions import give_role
from community.members.roles import Role
from tests.cast import PASSWORD, code_of

CLEARED = '"cache", "storage"'
HOURS = {"alice": 2, "ada": 1}


def sign_in(name, **more):
    client = Client()
    answer = client.post("/accounts/login/", {"login": f"{name}@example.org", "password": PASSWORD, **more})
    if answer["Location"].startswith("/accounts/second-step/"):
        client.post("/accounts/second-step/", {"code": code_of(name)})
    return client


def is_in(client):
    return client.get("/me/").status_code == 200


@pytest.fixture
def at(time_machine):
    start = timezone.now().replace(minute=10)  # a device is noted anew with each hour, which is another write

    def move(**after):
        time_machine.move_to(start + timedelta(**after), tick=False)

    move()
    return move


@pytest.mark.parametrize("name", HOURS)
def test_a_session_ends_when_nothing_is_done(request, at, name):
    """A browser left open in a library; the pages of staff show other people's affairs, so theirs ends sooner."""
    request.getfixturevalue(name)
    client = sign_in(name)
    assert is_in(client)
    at(hours=HOURS[name], minutes=-1)
    assert is_in(client), "what was done moves the end on"
    at(hours=2 * HOURS[name], minutes=-2)
    assert is_in(client)
    at(hours=3 * HOURS[name], minutes=-1)
    assert not is_in(client)


def test_a_session_that_was_to_be_remembered_lives_on(alice, at):
    client = sign_in("alice", remember="on")
    at(days=13)
    assert is_in(client) and client.session.left is None


@pytest.mark.parametrize("remember", [{"remember": "on"}, {}])
def test_staff_are_signed_out_after_twelve_hours_whatever_they_do(ada, at, remember):
    """A laptop of staff that a thief finds a week later, still signed in."""
    client = sign_in("ada", **remember)
    for minutes in range(40, 12 * 60, 40):
        at(minutes=minutes)
        assert client.post("/session/").status_code == 200 and is_in(client)
    at(hours=12, minutes=-1)
    assert client.post("/session/").json() | {"who": 0, "token": 0} == {"left": 60, "last": True, "who": 0, "token": 0}
    assert Session.objects.get(pk=client.session.session_key).expire_date <= timezone.now() + timedelta(minutes=1), "sockets ask the row"
    at(hours=12, seconds=1)
    assert not is_in(client)
    assert is_in(sign_in("ada", **remember)), "and can sign in again"


@pytest.mark.parametrize(("hours", "stays"), [(3, True), (11, True), (13, False)])
def test_who_becomes_staff_is_held_to_it_too(alice, ada, at, hours, stays):
    """A member's session of two weeks that goes on as one of staff, on a page that is open or at the next one."""
    client = sign_in("alice", remember="on")
    client.get("/me/")
    at(hours=hours)
    give_role(actor=ada, member=alice, role=Role.MODERATOR)
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={"secret": ""})
    row = Session.objects.get(pk=client.session.session_key)
    assert row.expire_date == timezone.now() + timedelta(hours=12)
    assert (client.get("/privacy/").wsgi_request.user.is_authenticated) is stays
    at(hours=12, seconds=1)
    assert not client.get("/privacy/").wsgi_request.user.is_authenticated


def test_a_session_of_before_this_rule_is_held_to_it(ada, at):
    client = sign_in("ada", remember="on")
    session = client.session
    del session["until"]
    session.save()
    at(hours=11)
    assert is_in(client)
    at(hours=13)
    assert not is_in(client)


def test_staying_costs_one_write_a_minute_at_most(alice, at):
    """A write with every page would queue all readers behind one another."""

    def writes():
        with CaptureQueriesContext(connection) as queries:
            client.get("/me/")
        return sum(query["sql"].startswith("UPDATE") for query in queries)

    client = sign_in("alice")
    client.get("/me/")
    counts = []
    for seconds in (1, 30, 59, 70, 100):
        at(seconds=seconds)
        counts.append(writes())
    assert counts == [0, 0, 0, 1, 0]


def test_asking_how_long_it_lives_does_not_keep_it_alive_and_saying_so_does(alice, at):
    """A page that is open in a corner would otherwise keep its own session for ever."""
    client = sign_in("alice")
    at(minutes=100)
    assert client.get("/session/").json()["left"] == 20 * 60
    at(minutes=110)
    told = client.get("/session/").json()
    assert (told["left"], told["who"]) == (10 * 60, str(alice.pk)) and told["token"]
    assert client.post("/session/").json()["left"] == 120 * 60
    at(minutes=229)
    assert is_in(client)
    at(minutes=400)
    assert client.get("/session/").status_code == 401


def test_a_page_that_renews_itself_does_not_keep_its_session_alive(alice, at):
    """A list in a corner that changes with each message of a lively group, and with each is "used" by somebody who has long gone."""
    client = sign_in("alice")
    at(minutes=110)
    assert client.get("/today/", headers={"X-By-Itself": "1"}).status_code == 200
    assert client.get("/session/").json()["left"] == 10 * 60


def test_a_page_knows_the_end_of_its_session(alice, at):
    client = sign_in("alice")
    assert 'data-left="7200"' in client.get("/me/").content.decode()
    assert "data-left" not in sign_in("alice", remember="on").get("/me/").content.decode()


def run_out(client, alice):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    return client.get("/me/")


def closed(client, alice):
    alice.is_active = False
    alice.save()
    return client.get("/me/")


def password_changed(client, alice):
    alice.set_password("the coat on the chair")
    alice.save()
    return client.get("/me/")


ENDS = {
    "signed out": lambda client, alice: client.post("/accounts/logout/"),
    "left quickly": lambda client, alice: client.post("/leave/", headers={"origin": "http://localhost:8000"}),
    "run out": run_out,
    "account closed": closed,
    "password changed elsewhere": password_changed,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_whatever_ends_a_session_clears_the_browser(alice, end):
    """What the site kept in a browser must not outlive the session, whichever way that ended.

    Where a page is opened its worker hands on the answer, and would wait for its own end: the sign-in page forgets the rest.
    """
    client = sign_in("alice")
    assert "Clear-Site-Data" not in client.get("/me/").headers
    assert not client.cookies["csrftoken"]["max-age"] and not client.cookies["csrftoken"]["expires"]
    key = client.session.session_key
    answer = end(client, alice)
    assert answer["Clear-Site-Data"] == (CLEARED if answer.wsgi_request.method == "POST" else '"cache"')
    assert not client.cookies.pop("sessionid").value
    assert not client.cookies.pop("csrftoken").value, "the token of its forms is no keepsake"
    assert not Session.objects.filter(session_key=key, expire_date__gt=timezone.now()).exists()
    assert "Clear-Site-Data" not in client.get("/").headers, "once is enough: help is being kept again"


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_whoever_comes_next_can_use_the_forms(alice, end):
    """A cookie that is taken away together with the page that needs it."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = sign_in("alice").cookies
    old = client.cookies["csrftoken"].value
    if end in (ENDS["signed out"], ENDS["left quickly"]):
        end(Client(headers={"cookie": client.cookies.output(header="", sep=";")}), alice)
    elif end is not run_out:
        end(Mock(), alice)
    else:
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    page = client.get("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    assert client.cookies["csrftoken"].value not in ("", old)
    given = {"login": "alice@example.org", "password": "not the one", "csrfmiddlewaretoken": token}
    assert client.post("/accounts/login/", given).status_code == 200


def test_a_guest_s_browser_is_left_alone(client, db):
    """It holds the help page alone, which would have to be fetched again with every page."""
    for path in ("/", "/help/", "/accounts/login/", "/me/"):
        assert "Clear-Site-Data" not in client.get(path).headers


# ---------------------------------------------------------------- leaving quickly


def leave(client, origin="http://localhost:8000"):
    return client.post("/leave/", headers={"origin": origin} if origin else {})


def test_leaving_leads_to_the_country_s_weather_and_takes_nothing_along(client_of, alice):
    """Without scripts the answer itself must lead away: a form may not lead to another host."""
    Centre(country="US").save()
    answer = leave(client_of(alice))
    assert answer.status_code == 200 and answer["Refresh"] == "0; url=https://www.weather.gov/"
    assert answer["Referrer-Policy"] == "no-referrer" and "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "<title>Notes</title>" in page and "Mainstay" not in page and 'rel="noreferrer noopener"' in page


@pytest.mark.parametrize(
    ("fields", "away"),
    [({}, "https://www.wikipedia.org/"), ({"country": "US", "leave_to": "https://example.com/news"}, "https://example.com/news")],
)
def test_a_centre_may_choose_where_to(client, db, fields, away):
    Centre(**fields).save()
    assert leave(client)["Refresh"] == f"0; url={away}"
    for path in ("/", "/help/", "/leaving/"):
        assert f'data-leave="{away}"' in client.get(path).content.decode()


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://localhost:8001", "null", ""])
def test_another_site_cannot_sign_anybody_out(client_of, alice, origin):
    client = client_of(alice)
    assert leave(client, origin).status_code == 200 and is_in(client)


def test_opening_the_address_changes_nothing(client_of, alice):
    client = client_of(alice)
    assert client.get("/leave/")["Location"] == "/leaving/" and is_in(client)


def test_one_can_leave_while_the_database_is_away(client_of, alice, monkeypatch):
    """Of all things this must not fail: the cookie goes, even if the session cannot."""
    client = client_of(alice)
    client.get("/me/")
    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", Mock(side_effect=OperationalError("away")))
    answer = leave(client)
    assert answer.status_code == 200 and answer["Refresh"] and answer["Clear-Site-Data"] == CLEARED


def test_a_note_that_was_not_read_yet_does_not_greet_the_next_person(client_of, ada, alice):
    client = client_of(ada)
    client.post(f"/staff/people/{alice.pk}/suspend/")
    assert client.cookies["messages"].value
    leave(client)
    assert "Alice" not in client.get("/").content.decode()


# ---------------------------------------------------------------- what a member chooses


def test_the_cover_and_the_shortcut_are_the_member_s_choice(client_of, alice):
    client = client_of(alice)
    page = client.get("/today/").content.decode()
    assert 'data-cover-after="60"' in page and "data-no-keys" not in page
    assert client.post("/me/discretion/", {"cover_after": "300"})["Location"] == "/me/#discretion"
    page = client.get("/today/").content.decode()
    assert 'data-cover-after="300"' in page and "data-no-keys" in page


@pytest.mark.parametrize("value", ["7", "", "-2", "soon"])
def test_a_time_that_is_no_choice_is_refused_at_its_field(client_of, alice, value):
    page = client_of(alice).post("/me/discretion/", {"cover_after": value}).content.decode()
    assert "There is a problem" in page and 'href="#id_cover_after"' in page and 'value="Alice"' in page
