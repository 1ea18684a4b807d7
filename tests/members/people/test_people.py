"""The list of everybody here, in which staff look for somebody."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.kit.text.names import skeleton
from community.members.models import User
from tests.cast import make_person

pytestmark = pytest.mark.django_db
EMILE = "Émile Kern"
DESK = "/staff/people/"


def shown(client, page=1):
    """The names in the list."""
    text = client.get(DESK, {"people": page}).content.decode()
    return re.findall(r'row-title" href="[^"]+">([^<]+)<', text.partition('id="here"')[2])


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


def test_the_list_has_pages_and_asks_no_more_of_the_database_for_two_thousand(client_of, ada):
    """Three buttons for each of hundreds on one page."""
    client = client_of(ada)
    make_person("one")
    client.get(DESK)
    with CaptureQueriesContext(connection) as few:
        client.get(DESK)
    names = [f"Person {n}" for n in range(2000)]
    User.objects.bulk_create([User(email=f"p{n}@example.org", name=name, name_key=skeleton(name)) for n, name in enumerate(names)])
    with CaptureQueriesContext(connection) as many:
        page = client.get(DESK).content.decode()
    assert len(many) == len(few) and page.count('class="menu-sheet"') <= 52
    assert shown(client, 2)[:2] == ["Person 48", "Person 49"] and "Page 1 of 41" in page
