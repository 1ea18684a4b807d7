"""Deny by default, held for every route there is: an address that nobody classified, or that answers the wrong person, fails here."""

import uuid
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.members.models import Cohort, Device, Invitation
from community.safety.actions import report
from groups.chat.actions import send
from tests.answers import told
from tests.cms.shelf import paper, picture, with_document, with_picture, write
from tests.house.doors import DOORS, EVERYONE, MEMBERS, Route, routes

ROUTES = {route.name: route for route in routes()}
NAMED = [name for name in DOORS if name in ROUTES and not name.startswith("^") and name != "wagtail_serve"]
WITH_ID = [name for name in NAMED if DOORS[name].hidden]
STAFF = [name for name in NAMED if DOORS[name].who not in (EVERYONE, MEMBERS)]
ANY = {"uuid": lambda: uuid.uuid4(), "slug": lambda: f"nothing-{uuid.uuid4().hex[:6]}", "int": lambda: 987654321}


def anything(route: Route) -> dict[str, Any]:
    """Values for the route's parameters that name nothing."""
    if route.name == "account_reset_password_from_key":
        return {"uidb36": "0", "key": "nothing"}
    return {name: "message" if name == "kind" else ANY.get(kind, lambda: str(uuid.uuid4()))() for name, kind in route.parameters.items()}


def address(name: str, **values: Any) -> str:
    return reverse(name, kwargs=anything(ROUTES[name]) | values)


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


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_pages_are_for_the_roles_of_the_table(name, method, client_of, alice, faye, pat, mo, ada):
    """A desk that a member, a facilitator or another role of the staff can open or write through."""
    for person in (alice, faye, pat, mo, ada):
        if person.has_role(*DOORS[name].who):
            continue
        answer = getattr(client_of(person), method)(address(name))
        assert answer.status_code in (403, 404, 405), f"{person}: {answer.status_code}"


@pytest.fixture
def hidden_things(hidden_group: Any, alice: Any, faye: Any, ada: Any) -> dict[str, dict[str, Any]]:
    """Things that Charlie must not know of, as the parameters of their routes."""
    channel = hidden_group.channels.get()
    message = send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Only for us.")
    invitation = Invitation.objects.create(email="newcomer@example.org", invited_by=ada, key_hash="0" * 64)
    article = write("Only for the quiet corner", "groups", groups=(hidden_group,))
    things = {
        "group": {"group": hidden_group.pk},
        "channel": {"channel": channel.pk},
        "message": {"channel": channel.pk, "message": message.id},
        "reported": {"kind": "message", "target": message.id},
        "report": {"report": report(member=faye, kind="message", target_id=message.id, reason="other").pk},
        "member": {"member": alice.pk},
        "membership": {"group": hidden_group.pk, "member": alice.pk},
        "invitation": {"invitation": invitation.pk},
        "cohort": {"cohort": Cohort.objects.create(name="Finished in May").pk},
        "passkey": {"pk": Authenticator.objects.create(pk=123456789, user=alice, type="webauthn", data={"name": "Phone"}).pk},
        "device": {"device": Device.objects.create(member=alice, session_key="of alice", words="Phone", seen_at=timezone.now()).pk},
        "article": {"slug": article.slug},
    }
    image, leaflet = picture(), paper()
    write("With files", "groups", groups=(hidden_group,), body=with_picture(image) + with_document(leaflet))
    return things | {
        "picture": {"key": image.get_rendition("max-1056x1400").key},
        "document": {"key": leaflet.key},
    }


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
    joining = {"members:invitation", "members:join_name", "members:join_password"}
    letters = {"account_reset_password_from_key", "members:confirm_address", "members:stop_address"}
    free = joining | letters  # their keys are secrets, not ids of things
    with_id = {name for name, route in ROUTES.items() if route.parameters and not name.startswith("^")} - free
    assert with_id == set(WITH_ID)
