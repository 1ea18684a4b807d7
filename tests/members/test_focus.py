"""Where a page that is there for one form begins: in its first field, in the one that is wrong, or in the list of what is wrong."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from community.members.invitations.actions import invite
from community.members.signing_in.allauth_internals import default_token_generator
from tests.cast import PASSWORD
from tests.joining import STEPS, reach

pytestmark = pytest.mark.django_db

LOGIN, SECOND, RESET = "/accounts/login/", "/accounts/second-step/", "/accounts/password/reset/"


def begins(answer):
    """The name of the field that has the focus when the page opens, "" where none has."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    fields = [field for field in re.findall(r"<(?:input|select|textarea)[^>]*>", main) if " autofocus" in field]
    assert len(fields) <= 1
    return re.search(r' name="(\w+)"', fields[0])[1] if fields else ""


def past_the_password(person):
    client = Client()
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    return client


def test_a_page_that_is_there_for_one_form_begins_in_it(client, client_of, alice, ada):
    """Whoever signs in had to find the field first, each time."""
    assert begins(client.get(LOGIN)) == "login"
    assert begins(client.get(RESET)) == "email"
    assert begins(past_the_password(ada).get(SECOND)) == "code"
    assert begins(client_of(alice).get("/accounts/again/")) == "password"
    assert begins(client_of(ada).get("/accounts/again/code/")) == "code"
    key = f"{alice.pk.hex}-{default_token_generator.make_token(alice)}"
    assert begins(client.get(f"{RESET}key/{key}/", follow=True)) == "password1"


def test_a_step_of_joining_begins_in_its_field_and_not_below_what_is_to_be_read(client, ada):
    """A focus that skips what one would agree to, and none where a name is all that is asked for."""
    _invitation, key = invite(actor=ada, email="robin@example.org")
    link = reverse("members:invitation", args=[key])
    assert [begins(client.get(reach(client, link, step))) for step, _fields in STEPS] == ["", "name", "password"]


def test_what_is_wrong_has_the_focus(client, ada):
    """A focus in the first field that skips what is wrong with another, and a way back to the only one that is."""
    assert begins(client.post(RESET, {"email": "nowhere"})) == "email"
    assert begins(client.post(LOGIN, {"login": ada.email, "password": ""})) == "password"
    assert begins(client.post(LOGIN, {"login": "", "password": ""})) == "", "the list of both"
    assert begins(client.post(LOGIN, {"login": ada.email, "password": "not this"})) == "", "which half it was, is not said"
    assert begins(past_the_password(ada).post(SECOND, {"code": "000000"})) == "code"
