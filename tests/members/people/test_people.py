"""The list of everybody here, in which staff look for somebody."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.kit.text.names import skeleton
from community.members.invitations.actions import invite, revoke
from community.members.models import Invitation, User
from groups.chat.models import Message
from tests.cast import bring_in, make_person
from tests.chat.pages import say

pytestmark = pytest.mark.django_db
EMILE = "Émile Kern"
DESK = "/staff/people/"


def shown(client, page=1, show=""):
    """The names in the list."""
    text = client.get(DESK, {"page": page} | ({"show": show} if show else {})).content.decode()
    return re.findall(r'row-title"(?: href="[^"]+")?>([^<]+)<', text.partition('id="here"')[2])


def look_for(client, words):
    answer = client.post(DESK, {"sought": words})
    assert (answer.status_code, answer["Location"]) == (302, f"{DESK}#here"), "the words would stand in the browser's history"
    return shown(client)


@pytest.fixture
def renamed(alice, bob):
    for person, name in ((alice, EMILE), (bob, "özlem")):
        person.name = name
        person.save()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("emile", [EMILE]), ("kern", [EMILE]), ("er", [EMILE]), ("OZLEM", ["özlem"]), ("%", []), ("nobody", []),
        ("alice@example.org", [EMILE]), (" Alice@EXAMPLE.org ", [EMILE]), ("alice@example", []), ("example.org", []),
        ("", ["Ada", EMILE, "özlem"]),
    ],
)  # fmt: skip
def test_somebody_is_found_by_name_however_it_is_written_and_by_their_whole_address(client_of, ada, renamed, words, names):
    """A list of some hundred people without a way to one of them, or one that lets addresses be guessed letter by letter."""
    assert look_for(client_of(ada), words) == names


def test_the_search_lasts_until_it_is_ended_and_is_its_own_session_s(client_of, ada, renamed):
    client, elsewhere = client_of(ada), client_of(ada)
    look_for(client, "emile")
    assert shown(client) == [EMILE] and "Show everybody" in client.get(DESK).content.decode()
    assert len(shown(elsewhere)) == 3
    assert len(look_for(client, "")) == 3


def test_a_closed_account_is_not_found(client_of, ada, renamed, alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert look_for(client_of(ada), "emile") == [] == look_for(client_of(ada), "alice@example.org")


@pytest.mark.parametrize("who", ["alice", "mo", "rena", "pat"])
def test_who_may_not_see_the_list_cannot_ask_it(client_of, request, who):
    answer = client_of(request.getfixturevalue(who)).post(DESK, {"sought": "ada"})
    assert answer.status_code == 404


def chips(client, show=""):
    """The lists that can be chosen, with how many are on each."""
    text = client.get(DESK, {"show": show} if show else {}).content.decode()
    nav = text.partition('aria-label="Which people"')[2].partition("</nav>")[0]
    return dict(re.findall(r">([^<]+) ([0-9]+)</a>", nav))


def flagged(client, name):
    """The chips beside a name."""
    row = client.get(DESK).content.decode().partition(f">{name}</a>")[2].partition("</li>")[0]
    return re.findall(r'chip-new">([^<]+)<', row)


def test_the_next_page_is_reached_from_a_form_that_was_refused(client_of, ada):
    """The form is sent to another address, which shows no list."""
    User.objects.bulk_create(User(email=f"p{n}@example.org", name=f"Person {n}", name_key=f"person{n}") for n in range(60))
    page = client_of(ada).post(f"{DESK}invite/", {"email": "nowhere", "role": "alumnus"}).content.decode()
    assert "There is a problem" in page and f'href="{DESK}?page=2#here"' in page


@pytest.mark.postgresql
def test_each_list_holds_its_people_and_says_how_many(client_of, ada, group, charlie):
    """People who fall through: not reached, or in no group."""
    waiting, lost = (invite(actor=ada, email=f"{who}@example.org")[0] for who in ("wren", "lost"))
    client = client_of(ada)
    assert chips(client) == {"Joined": "5", "Invited": "2", "No group yet": "2", "New": "5"}
    Invitation.objects.filter(pk=lost.pk).update(bounced_at="2026-01-01T00:00Z")
    assert chips(client) == {"Joined": "5", "Invited": "2", "Not reached": "1", "No group yet": "2", "New": "5"}
    assert shown(client) == ["Ada", "Alice", "Bob", "Charlie", "Faye"]
    assert shown(client, show="groupless") == ["Ada", "Charlie"]
    assert shown(client, show="silent") == shown(client)
    assert sorted(shown(client, show="invited")) == ["lost@example.org", "wren@example.org"]
    assert shown(client, show="unreached") == ["lost@example.org"]
    assert shown(client, show="nothing-like-this") == shown(client)
    revoke(actor=ada, invitation=waiting)
    assert "Taken back" in client.get(DESK, {"show": "invited"}).content.decode()


def test_who_has_joined_is_no_longer_invited(client_of, ada, alice):
    invitation = invite(actor=ada, email="wren@example.org")[0]
    Invitation.objects.filter(pk=invitation.pk).update(answered_at="2026-01-01T00:00Z", member=alice)
    assert shown(client_of(ada), show="invited") == []


def test_a_list_stays_chosen_while_one_searches_and_acts(client_of, ada, group):
    invitation = invite(actor=ada, email="wren@example.org")[0]
    client = client_of(ada)
    assert client.post(DESK, {"sought": "alice", "show": "groupless"})["Location"] == f"{DESK}?show=groupless#here"
    assert client.post(DESK, {"sought": "", "show": "https://elsewhere.example"})["Location"] == f"{DESK}#here"
    acted = client.post(f"/staff/invitations/{invitation.pk}/revoke/", {"show": "invited"})
    assert acted["Location"] == f"{DESK}?show=invited"
    client.post(DESK, {"sought": "WREN", "show": "invited"})
    assert shown(client, show="invited") == ["wren@example.org"]
    client.post(DESK, {"sought": "sparrow", "show": "invited"})
    assert shown(client, show="invited") == []


@pytest.mark.postgresql
def test_a_newcomer_is_flagged_until_somebody_has_answered(client_of, ada, group, channel, alice, bob, faye):
    """Somebody says hello into a silence, and nobody who could help sees it. Their own words, a notice or a hidden one are no answer."""
    client = client_of(ada)
    assert flagged(client, "Alice") == ["New"] and "No answer yet" not in chips(client)
    say(alice, channel, "Hello, I am new.")
    say(alice, channel, "Is anybody here?")
    assert flagged(client, "Alice") == ["No answer yet"] and chips(client)["No answer yet"] == "1"
    assert shown(client, show="unanswered") == ["Alice"]
    page = client.get(DESK, {"show": "unanswered"}).content.decode()
    assert "Is anybody here?" not in page and group.name not in page
    removed = say(bob, channel, "Hm.")
    Message.objects.filter(pk=removed.pk).update(hidden=True)
    assert flagged(client, "Alice") == ["No answer yet"]
    bring_in(actor=faye, group=group, member=make_person("gus"))  # a notice says that he has joined
    assert flagged(client, "Alice") == ["No answer yet"]
    say(faye, channel, "Welcome, Alice.")
    assert flagged(client, "Alice") == [] and shown(client, show="unanswered") == ["Faye"]
    say(alice, channel, "Thank you.")
    assert flagged(client, "Faye") == [] and "No answer yet" not in chips(client)
    User.objects.update(joined_at="2026-01-01T00:00Z")
    assert flagged(client, "Gus") == []


def test_who_says_nothing_stays_new_beyond_the_first_week(client_of, ada, group, channel, alice):
    """Who came and found no words was out of sight just when they got lost."""
    client = client_of(ada)
    User.objects.filter(pk=alice.pk).update(joined_at=timezone.now() - timedelta(days=60))
    assert flagged(client, "Alice") == ["New"] and "Alice" in shown(client, show="silent")
    assert "written nothing yet" in client.get(DESK, {"show": "silent"}).content.decode()
    say(alice, channel, "Hello.")
    assert "Alice" not in shown(client, show="silent") and shown(client, show="unanswered") == ["Alice"]


def test_an_empty_list_of_invitations_is_one(client_of, ada):
    """An empty page of them counted as none: the search asked for a name, and the list had no sentence of its own."""
    client = client_of(ada)
    page = client.get(DESK, {"show": "invited"}).content.decode()
    assert "Find someone: Address or cohort" in page and "Nobody at the moment." not in page
    invite(actor=ada, email="wren@example.org")
    client.post(DESK, {"sought": "sparrow", "show": "invited"})
    assert "Find someone: Address or cohort" in client.get(DESK, {"show": "invited"}).content.decode()
    assert "Find someone: Name or whole" in client.get(DESK).content.decode()


def test_groups_are_offered_for_those_who_are_here_alone(client_of, ada, alice, bob, group):
    """A menu with an item that leads to no page."""
    User.objects.filter(pk=alice.pk).update(suspended_at=timezone.now())
    page = client_of(ada).get(DESK).content.decode()
    assert [reverse("suggestions:person", args=[person.pk]) in page for person in (alice, bob)] == [False, True]


def test_the_list_has_pages_and_asks_no_more_of_the_database_for_five_thousand(client_of, ada, channel):
    """Three buttons for each of hundreds on one page; or a question for each of them to the conversations."""
    client = client_of(ada)
    make_person("one")
    first = say(User.objects.get(name="Alice"), channel, "Hello.").seq + 1
    invite(actor=ada, email="wren@example.org")
    lists = ["", "groupless", "unanswered", "invited"]

    def asked(show):
        client.get(DESK, {"show": show})
        with CaptureQueriesContext(connection) as queries:
            client.get(DESK, {"show": show})
        return len(queries)

    few = [asked(show) for show in lists]
    people = [User(email=f"p{n}@example.org", name=f"Person {n}", name_key=skeleton(f"Person {n}")) for n in range(5000)]
    User.objects.bulk_create(people)
    words = {"channel": channel, "body": "Hello.", "html": "<p>Hello.</p>", "body_fingerprint": "x"}
    Message.objects.bulk_create(
        Message(seq=first + n, version=first + n, author=person, client_id=uuid.uuid4(), **words) for n, person in enumerate(people)
    )
    Invitation.objects.bulk_create(Invitation(email=f"i{n}@example.org", invited_by=ada, key_hash=f"{n:064}") for n in range(300))
    assert [asked(show) for show in lists] == few
    page = client.get(DESK).content.decode()
    assert page.count('class="menu-sheet"') <= 52 and "Page 1 of 101" in page
    assert shown(client, 2)[:2] == ["Person 45", "Person 46"] and shown(client, show="unanswered") == ["Person 4999"]
    assert "Page 1 of 7" in client.get(DESK, {"show": "invited"}).content.decode()
