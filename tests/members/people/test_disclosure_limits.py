"""Who asks whether somebody is here is told ten times an hour, whatever the door, and whatever of themselves they change."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.kit import limits, tasks
from community.kit.errors import Refused
from community.kit.models import Told
from community.kit.web import disclosures
from community.members.invitations.actions import invite
from community.members.models import Cohort, Invitation, User
from community.members.settings.actions import change_profile
from groups.peers.join import requests
from tests.joining import reach

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

WAIT = "You can try again in"


def a_link(ada, email="robin@example.org"):
    _invitation, key = invite(actor=ada, email=email)
    return reverse("members:invitation", args=[key])


def try_name(link, name, client=None, **fields):
    client = client or Client()
    page = client.post(reach(client, link, "name/"), {"name": name, "drawing": ""} | fields)
    return page.content.decode() if page.status_code == 200 else page["Location"]


def told(page):
    return "Somebody here has that name" in page or "could be taken for staff" in page


@pytest.fixture
def link(ada):
    return a_link(ada)


def test_who_holds_an_invitation_is_told_ten_times_an_hour(link, ada, alice):
    """One unused link that lists who is here: in a fresh browser each time, from another network each time."""
    names = ["Alice", "ALICE", "Al1ce", "Ada", "Ada B.", "Alice", "Alice", "A d a", "Alice", "Alice", "Alice", "Robin Free"]
    pages = [try_name(link, name, Client(REMOTE_ADDR=f"192.0.2.{n}")) for n, name in enumerate(names)]
    assert [told(page) for page in pages] == [True] * 10 + [False] * 2
    assert all(WAIT in page for page in pages[10:]), "a free name must answer like one that is taken"
    assert 'value="Robin Free"' in pages[-1] and Invitation.objects.open().count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert try_name(link, "Robin Free") == link + "password/"


def test_names_that_are_free_or_unreadable_cost_nothing(link):
    """Who cannot decide between twenty names must not have to wait."""
    pages = [try_name(link, f"Robin {n}" if n % 2 else "Staff") for n in range(24)]
    assert not any(WAIT in page for page in pages) and pages[-1] == link + "password/"


def test_going_back_tells_nothing(link, alice):
    """A second way to the same answer that nobody counts: the name is kept, and then the password's page opens or not."""
    client = Client()
    try_name(link, "Robin", client, back="1")
    assert client.get(link + "password/")["Location"] == link + "name/" and 'value="Robin"' in client.get(link + "name/").content.decode()
    assert not Told.objects.exists()


def test_a_network_is_told_so_often_by_all_its_links(ada, alice, monkeypatch):
    """Ten links in one hand."""
    monkeypatch.setattr(limits, "MAX_DISCLOSURES_PER_NETWORK", 12)
    links = [a_link(ada, f"robin{n}@example.org") for n in range(3)]
    pages = [try_name(each, "Alice", Client(REMOTE_ADDR="2001:db8::1" + str(n))) for each in links for n in range(5)]
    assert [told(page) for page in pages] == [True] * 12 + [False] * 3
    assert told(try_name(links[2], "Alice", Client(REMOTE_ADDR="192.0.2.9")))


def test_a_facilitator_is_told_ten_times_that_nobody_has_a_name(group, faye, charlie, ada, client_of):
    """The form that invites by name, asked for one name after another; and what is typed stays."""
    path = reverse("peers:people", args=[group.pk])
    pages = [client_of(faye).post(path, {"name": f"Invented {n}"}).content.decode() for n in range(12)]
    assert ["Nobody here goes by that name" in page for page in pages] == [True] * 10 + [False] * 2
    assert WAIT in pages[10] and 'value="Invented 10"' in pages[10]
    assert (
        WAIT in client_of(faye).post(path, {"name": "Charlie"}).content.decode() and not group.join_requests.filter(member=charlie).exists()
    )
    pages = [client_of(ada).post(path, {"name": f"Invented {n}"}).content.decode() for n in range(12)]
    assert not any(WAIT in page for page in pages), "who sees the list of people asks nothing new"
    assert client_of(ada).post(path, {"name": "Charlie"}).status_code == 302


def test_all_doors_share_one_count(group, faye, alice, client_of):
    """Ten answers at each of several forms."""
    client, path = client_of(faye), reverse("peers:people", args=[group.pk])
    mine = {"drawing": "", "time_zone": "UTC"}
    pages = [client.post("/me/", {"name": "Alice"} | mine).content.decode() for _try in range(5)]
    pages += [client.post(path, {"name": f"Invented {n}"}).content.decode() for n in range(6)]
    assert [told(page) or "Nobody here" in page for page in pages] == [True] * 10 + [False] and WAIT in pages[-1]
    same_name = {"name": "Faye", "drawing": "", "time_zone": "Europe/Berlin"}
    assert client.post("/me/", same_name).status_code == 302, "the rest of the form asks nothing"


def test_a_member_who_reached_the_limit_learns_nothing_by_a_new_name(alice, faye):
    """A name that is taken told apart from one that is free, by how it is refused."""
    for n in range(10):
        with pytest.raises(Refused):
            requests.named(actor=faye, name=f"Invented {n}")
    codes = []
    for name in ("Alice", "Somebody New"):
        with pytest.raises(Refused) as refusal:
            change_profile(member=User.objects.get(pk=faye.pk), name=name, time_zone="UTC", drawing="")
        codes.append((refusal.value.code, refusal.value.sentence))
    assert codes[0] == codes[1] and codes[0][0] == "rate_limited"


def test_staff_are_counted_by_their_network_alone(ada, alice, client_of, monkeypatch):
    """An admin's session in the wrong hands."""
    monkeypatch.setattr(limits, "MAX_DISCLOSURES_PER_NETWORK", 12)
    pages = [client_of(ada).post("/staff/people/invite/", {"email": alice.email, "role": "alumnus"}).content.decode() for _try in range(13)]
    assert ["Somebody with this address is here already" in page for page in pages] == [True] * 12 + [False]
    assert WAIT in pages[-1] and f'value="{alice.email}"' in pages[-1]


def test_pasted_lists_have_a_limit_of_their_own_and_lose_nothing(ada, alice, client_of, monkeypatch):
    """300 answers at a time, again and again; and a list that is lost with its corrections when the limit is reached."""
    monkeypatch.setattr(limits, "MAX_LISTS_CHECKED", 3)
    cohort, client = Cohort.objects.create(name="May"), client_of(ada)
    path = reverse("members:invite_cohort", args=[cohort.pk])
    pasted = "\n".join(["new@example.org", alice.email, *(f"x{n}" for n in range(12))])
    pages = [client.post(path, {"pasted": pasted}).content.decode() for _try in range(4)]
    assert ["How the list was read" in page for page in pages] == [True] * 3 + [False]
    assert WAIT in pages[3] and "new@example.org\n" in pages[3]
    good = re.search(r'name="good" value="([^"]*)"', pages[0])[1]
    for button in ({}, {"send": "1"}):
        page = client.post(path, {"good": good, "line-2": alice.email, "line-3": "corrected@example.org"} | button).content.decode()
        assert WAIT in page and "new@example.org" in page and 'value="corrected@example.org"' in page
    assert "here already" not in page and not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_questions_at_once_no_more_are_answered(alice):
    """80 requests at once, of which each finds that nobody has been told yet."""
    outcomes = []

    def ask():
        try:
            with disclosures.counted({"somebody": 5, "network": 100}):
                raise Refused("nobody", "Nobody.")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("nobody"), outcomes.count("rate_limited")) == (5, 7)


def test_what_was_counted_is_forgotten_and_names_no_network(link, alice):
    """A table of who asked from where."""
    try_name(link, "Alice", Client(REMOTE_ADDR="192.0.2.77"))
    assert Told.objects.count() == 2 and not any("192.0.2.77" in row.asker for row in Told.objects.all())
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        tasks.forget_done()
    assert not Told.objects.exists()
