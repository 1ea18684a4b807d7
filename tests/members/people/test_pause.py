"""A paused member sees that they are paused, help, and the way out."""

import pytest
from django.test import Client

from community.kit.errors import Refused
from community.members.people.actions import reinstate, suspend
from community.members.roles import Role
from tests.cast import PASSWORD, make_person


@pytest.fixture
def paused(ada, alice):
    suspend(actor=ada, member=alice)
    alice.refresh_from_db()
    return alice


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "path", ["/today/", "/me/", "/groups/", "/library/", "/cms/", "/staff/people/", "/accounts/password/change/", "/", "/nothing-here/"]
)
def test_every_page_is_the_paused_page(paused, client_of, method, path):
    """Also for who was signed in before the pause, and for pages that do not exist."""
    answer = getattr(client_of(paused), method)(path)
    assert answer.status_code == 403 and "Your account is paused" in answer.content.decode()


@pytest.mark.parametrize("path", ["/help/", "/privacy/", "/accounts/logout/", "/manifest.webmanifest", "/sw.js", "/healthz", "/readyz"])
def test_help_our_promises_and_what_a_browser_fetches_by_itself_stay_open(paused, client_of, path):
    """A pause must take neither the help lines from somebody nor the offline page that their browser keeps of them."""
    assert client_of(paused).get(path).status_code == 200


def test_the_way_out_stays_open(paused, client_of):
    client = client_of(paused)
    assert client.post("/accounts/logout/").status_code == 302 and "_auth_user_id" not in client.session


def test_a_paused_member_can_sign_in_to_read_why_nothing_works(paused):
    client = Client()
    answer = client.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD}, follow=True)
    assert answer.status_code == 403 and "Your account is paused" in answer.content.decode()


def test_a_paused_admin_has_no_desk(ada, client_of):
    suspend(actor=make_person("omar", Role.ADMIN), member=ada)
    ada.refresh_from_db()
    assert client_of(ada).get("/staff/people/").status_code == 403


def test_who_may_not_pause_pauses_nobody(mo, paused, alice, bob):
    """A form of an admin's page, sent by somebody whose right has ended."""
    for actor in (mo, paused):
        with pytest.raises(Refused, match="can no longer pause accounts"):
            suspend(actor=actor, member=bob)


def test_who_is_let_back_is_back(paused, ada, client_of):
    client = client_of(paused)
    assert client.get("/me/").status_code == 403
    reinstate(actor=ada, member=paused)
    assert client.get("/me/").status_code == 200


def test_the_paused_page_shows_whom_to_ring(paused, client_of):
    from community.centre.models import Centre, OwnLine

    centre = Centre(country="US")
    centre.lines.add(OwnLine(name="Our line", number="+1 (312) 555-0100", hours="day and night"))
    centre.save()
    page = client_of(paused).get("/today/").content.decode()
    assert 'href="tel:911"' in page and 'href="tel:988"' in page and 'href="tel:+13125550100"' in page
