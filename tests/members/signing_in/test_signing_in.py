"""Signing in and out, and new passwords: the same answer for every address, known or not."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from community.members.models import User
from tests.cast import PASSWORD

RESET = "/accounts/password/reset/"


def seen(response):
    """What a stranger can compare: status, headers and words, without the form's own one-time token and the second of the answer."""
    headers = sorted((name, value) for name, value in response.headers.items() if name not in ("Content-Length", "Expires"))
    body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)
    return response.status_code, headers, sorted(response.cookies), body


def test_sign_in_leads_to_today_and_forgets_on_a_shared_device(alice):
    client = Client()
    answer = client.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/today/")
    assert client.session.get_expire_at_browser_close()
    remembered = Client()
    remembered.post("/accounts/login/", {"login": "Alice@Example.org", "password": PASSWORD, "remember": "on"})
    assert not remembered.session.get_expire_at_browser_close()


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_sign_in_leads_to_no_other_site(alice, next_page):
    answer = Client().post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD, "next": next_page})
    assert answer["Location"] == "/today/"


def test_sign_in_answers_alike_for_known_and_unknown_addresses(alice):
    """Else anybody could ask the sign-in page who is here."""
    address = b"alice@example.org", b"nobody@example.org"
    known = Client().post("/accounts/login/", {"login": address[0].decode(), "password": "not the one"})
    unknown = Client().post("/accounts/login/", {"login": address[1].decode(), "password": "not the one"})
    status, headers, cookies, body = seen(known)
    assert (status, headers, cookies, body.replace(address[0], address[1])) == seen(unknown)
    assert b"That sign-in name or address, or the password, isn&#x27;t right." in body


def test_sign_in_tires_of_guesses_alike_for_known_and_unknown_addresses(alice):
    """A limit that is only felt by addresses that exist tells which ones do."""
    for address, place in (("alice@example.org", "192.0.2.1"), ("nobody@example.org", "192.0.2.2")):
        pages = [Client(REMOTE_ADDR=place).post("/accounts/login/", {"login": address, "password": "x"}) for _try in range(6)]
        told = [b"You have tried several times" in page.content for page in pages]
        assert told == [False] * 5 + [True]


def test_asking_for_a_new_password_answers_alike(alice):
    """Status, headers, words and the page that follows tell nobody who is here; only the owner of the address learns it."""
    known, unknown = (Client() for _who in range(2))
    answers = [who.post(RESET, {"email": email}) for who, email in ((known, "alice@example.org"), (unknown, "nobody@example.org"))]
    assert seen(answers[0]) == seen(answers[1])
    assert seen(known.get(answers[0]["Location"])) == seen(unknown.get(answers[1]["Location"]))
    assert [email.to for email in mail.outbox] == [["alice@example.org"]]


def test_asking_for_a_new_password_does_the_same_work(alice, settings):
    """Time tells too: the person is looked up in the background, so both answers cost the same queries and no e-mail is made meanwhile."""
    settings.TASKS = settings.QUEUED
    asked = []
    Client().get(RESET)
    for address in ("alice@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            Client().post(RESET, {"email": address})
        asked.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])
    assert asked[0] == asked[1] and not any("members_user" in sql for sql in asked[0])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT args_kwargs FROM {DBTaskResult._meta.db_table}")
        assert "example.org" not in str(cursor.fetchall())


def test_a_new_password_by_email_works_once(alice):
    Client().post(RESET, {"email": "ALICE@example.org"})
    path = re.search(r"http://localhost:\d+(/\S+)", mail.outbox[0].body)[1]
    client = Client()
    form = client.get(path, follow=True)
    assert path not in form.redirect_chain[-1][0]
    done = client.post(form.redirect_chain[-1][0], {"password1": "the coat on the chair"}, follow=True)
    assert "Your new password is set" in done.content.decode()
    assert Client().login(email="alice@example.org", password="the coat on the chair")
    assert "This link has run out" in Client().get(path, follow=True).content.decode()


@pytest.mark.parametrize("path", ["x-y/", "0-0/", f"{'a' * 32}-b-c/", "zzz-set-password/"])
def test_an_invented_reset_link_has_run_out(db, client, path):
    assert "This link has run out" in client.get("/accounts/password/reset/key/" + path).content.decode()


def test_a_changed_password_signs_out_everywhere_else(alice, client_of):
    here, elsewhere = client_of(alice), client_of(alice)
    wrong = here.post("/accounts/password/change/", {"oldpassword": "nonsense", "password1": "the coat on the chair"})
    assert "That is not your current password" in wrong.content.decode()
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "the coat on the chair"})
    assert here.get("/me/").status_code == 200 and elsewhere.get("/me/").status_code == 302


def test_nobody_signs_up_by_themselves(db, client):
    for answer in (
        client.get("/accounts/signup/"),
        client.post("/accounts/signup/", {"email": "x@example.org", "password1": "the coat on it"}),
    ):
        assert "Joining is by invitation" in answer.content.decode()
    assert not User.objects.exists() and not mail.outbox


def test_signing_out_takes_a_post_and_clears_the_browser(alice, client_of):
    """A picture that points at the page must not sign anybody out; what the browser kept must go."""
    client = client_of(alice)
    assert client.get("/accounts/logout/").status_code == 200 and "_auth_user_id" in client.session
    answer = client.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"' and "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["email/", "3rdparty/", "confirm-email/", "password/set/", "reauthenticate/", "login/code/"])
def test_allauths_other_pages_are_not_reached(alice, client_of, path):
    """Pages without a purpose here, and without our words, are doors left open."""
    assert client_of(alice).get("/accounts/" + path).status_code == 404


def test_a_closed_account_cannot_sign_in(alice):
    alice.is_active = False
    alice.save()
    client = Client()
    answer = client.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD}, follow=True)
    assert "This account is closed" in answer.content.decode() and "_auth_user_id" not in client.session
