"""What is kept of signing in, and that the member sees it: their own, and without where from."""

import re

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from community.centre.retention import forget
from community.kit.models import AuditEntry
from tests.cast import PASSWORD, code_of, step_now

pytestmark = pytest.mark.postgresql

LOGIN, SECOND, RESET = "/accounts/login/", "/accounts/second-step/", "/accounts/password/reset/"
WRONG = "not the one"
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as traveller:
        yield traveller


def kept(member):
    """The verbs kept about somebody, the oldest first."""
    return [entry.verb.removeprefix("members.") for entry in AuditEntry.objects.filter(target=str(member.pk)).order_by("at", "pk")]


def sign_in(name, password=PASSWORD, client=None):
    client = client or Client(REMOTE_ADDR="192.0.2.77", headers={"User-Agent": "Mozilla/5.0 Gecko"})
    client.post(LOGIN, {"login": f"{name}@Example.org", "password": password})
    return client


def test_sign_ins_and_wrong_passwords_are_kept(alice):
    """Somebody who got in, or tried to, and nobody can ever tell."""
    sign_in("alice", WRONG)
    client = sign_in("alice")
    client.post("/accounts/again/", {"password": WRONG})
    client.post("/accounts/password/change/", {"oldpassword": WRONG, "password1": "the coat on the chair"})
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "the coat on the chair"})
    assert kept(alice) == ["wrong_password", "sign_in", "wrong_password", "wrong_password", "password_changed"]


def test_wrong_codes_are_kept_at_each_step(mo):
    client = sign_in("mo")
    client.post(SECOND, {"code": "000000"})
    client.post(SECOND, {"credential": '{"id": "x"}'})
    client.post(SECOND, {"code": code_of("mo", step_now() - 1)})
    client.post("/accounts/again/code/", {"code": "000000"})
    client.post("/accounts/again/code/", {"code": code_of("mo")})
    assert kept(mo).count("wrong_code") >= 2 and kept(mo).count("sign_in") == 1


def test_new_passwords_by_email_are_kept(alice):
    client = Client()
    client.post(RESET, {"email": "alice@example.org"})
    form = client.get(re.search(r"http://localhost:\d+(/\S+)", mail.outbox[0].body)[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "the coat on the chair"})
    assert kept(alice) == ["reset_asked", "password_reset"]


def test_nothing_else_is_kept(alice):
    """Where somebody was, what they typed, or an address that nobody has here, would lie in every backup."""
    sign_in("alice", WRONG)
    sign_in("alice")
    sign_in("nobody", WRONG)
    Client().post(RESET, {"email": "nobody@example.org"})
    rows = list(AuditEntry.objects.values("actor", "verb", "target"))
    assert rows == [
        {"actor": None, "verb": "members.sign_in", "target": str(alice.pk)},
        {"actor": None, "verb": "members.wrong_password", "target": str(alice.pk)},
    ]


def test_a_wrong_password_takes_the_same_work_for_every_address(alice, settings):
    """One write more for an address that somebody has can be measured."""
    settings.TASKS = settings.QUEUED
    asked = []
    Client().get(LOGIN)
    for name in ("alice", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            sign_in(name, WRONG)
        asked.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries if query["sql"].startswith(WRITES)])
    assert asked[0] == asked[1] != []
    assert "example" not in str(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))


def test_a_member_sees_their_own_and_nobody_elses(alice, bob, client_of, clock):
    """Who was in their account, and who tried: told to them alone."""
    sign_in("alice")
    clock.shift(3600)
    for _try in range(3):
        sign_in("alice", WRONG)
    page = sign_in("alice").get("/me/").content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "The last times you signed in November 25, 2026, 1:00 PM November 25, 2026, 12:00 PM" in words
    assert "Somebody typed a wrong password 3 times, most recently on November 25, 2026, 1:00 PM" in words
    assert "a wrong password" not in client_of(bob).get("/me/").content.decode()


def test_a_flood_of_tries_stays_short(alice, client_of, clock):
    """A list that a stranger can make as long as they like."""
    client = client_of(alice)
    for place in range(20):
        for _try in range(5):
            Client(REMOTE_ADDR=f"198.51.100.{place}").post(LOGIN, {"login": alice.email, "password": WRONG})
    page = " ".join(client.get("/me/").content.decode().split())
    assert page.count("Somebody typed a wrong password") == 1 and "100 times" in page
    clock.shift(31 * 24 * 3600)
    assert "Somebody typed a wrong password" not in sign_in("alice").get("/me/").content.decode()


def test_it_is_forgotten_with_the_list_of_who_did_what(alice, clock):
    sign_in("alice", WRONG)
    sign_in("alice")
    clock.shift(366 * 24 * 3600)
    assert forget()["keep_audit"] == 2 and not kept(alice)
