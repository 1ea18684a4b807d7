"""Deny by default, held for every route there is: an address that nobody classified, or that answers the wrong person, fails here."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.answers import told
from tests.house.asking import NAMED, ROUTES, WITH_ID, address, anything
from tests.house.doors import DOORS, EVERYONE


def test_every_route_is_classified():
    """A view that somebody forgot to think about, or a row of the table that promises what is gone."""
    assert set(ROUTES) - set(DOORS) == set(), "routes that tests/house/doors.py does not list"
    assert set(DOORS) - set(ROUTES) == set(), "rows of tests/house/doors.py whose route is gone"


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_guest_gets_what_the_table_says(name, method):
    """A view marked public by mistake."""
    door = DOORS[name]
    answer = getattr(Client(), method)(address(name))
    if door.who == EVERYONE:
        expected = {door.guest or 200} if method == "get" else {200, 302, 400, 403, 404, 405, door.guest}
        assert answer.status_code in expected
    elif door.guest:
        assert answer.status_code in (door.guest, 405)
    else:
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), answer.status_code


@pytest.mark.parametrize("name", WITH_ID)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_hidden_thing_answers_charlie_like_none(name, method, hidden_things, client_of, charlie):
    """An address by which an outsider could tell a hidden group, message, article or person from nothing."""
    hidden = hidden_things[DOORS[name].hidden]
    nothing = {key: hidden[key] if key == "kind" else value for key, value in anything(ROUTES[name]).items()}
    ask = getattr(client_of(charlie), method)
    answers = [told(ask(reverse(name, kwargs=values)), *values.values()) for values in (hidden, nothing)]
    assert answers[0] == answers[1]
    assert answers[0][0] in (403, 404, 405)


def test_every_route_with_an_id_is_asked_as_charlie():
    """A route with an id that the test above does not know of."""
    joining = {"members:invitation", "members:join_name", "members:join_sign_in", "members:join_password"}
    links_in_emails = {"account_reset_password_from_key", "members:confirm_address", "members:stop_address", "notifications:unsubscribe"}
    secrets = joining | links_in_emails | {"members:do_not_write"}  # their keys are no ids of things
    for_all = {
        "look",
        "logo",
        "icon",
        "icon_masked",
        "members:consent_version",
    }  # hashes of what everybody sees, and the numbers of a text for all members
    with_id = {name for name, route in ROUTES.items() if route.parameters and not name.startswith("^")} - secrets - for_all
    assert with_id == set(WITH_ID)
