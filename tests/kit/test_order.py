"""The order in which names stand, in every list that shows some."""

import random
import re
from html import unescape

import pytest
from django.urls import reverse

from community.members.models import User
from community.safety.actions import block
from tests.cast import make_group, make_person
from tests.peers.pages import url

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
PEOPLE = ["anna", "Ås", "Émile", "Eve", "özlem", "Room 2", "Room 10", "Wren", "Ελένη", "Ирина", "דוד", "さくら", "美咲"]
GROUPS = ["after work", "Über uns", "Unit 2", "Unit 10", "Zebra", "Ягоды"]


@pytest.fixture
def people(db):
    """Everybody of PEOPLE, made in another order."""
    mixed = random.Random(5).sample(PEOPLE, len(PEOPLE))
    made = [make_person(f"person{n}") for n in range(len(mixed))]
    for person, name in zip(made, mixed, strict=True):
        User.objects.filter(pk=person.pk).update(name=name, may_welcome=True)
    return list(User.objects.filter(pk__in=[person.pk for person in made]))


@pytest.fixture
def full(ada, faye, people):
    return make_group(actor=ada, facilitator=faye, members=tuple(people))


@pytest.fixture
def several(ada, faye, alice):
    names = random.Random(5).sample(GROUPS, len(GROUPS))
    return [make_group(actor=ada, facilitator=faye, members=(alice,), name=name) for name in names]


def in_order(answer, names):
    """Those of `names` that stand in the main part of an answer, by where each stands first as a whole text."""
    assert answer.status_code == 200
    texts = [unescape(text).strip() for text in re.findall(r">([^<]+)<", answer.content.decode().partition("<main")[2])]
    assert not (missing := [name for name in names if name not in texts]), missing
    return sorted(names, key=texts.index)


def test_people_stand_in_one_order_wherever_they_are_listed(client_of, ada, full, people):
    """ "Wren, anna, Émile, özlem": by bytes, or as whoever made the database had it."""
    member, admin = client_of(people[0]), client_of(ada)
    lists = [
        member.get(url("group", full)),
        member.get(reverse("chat:conversation", args=[full.channels.get().pk])),
        admin.get(url("people", full)),
        admin.get(reverse("members:people")),
        admin.get(reverse("peers:new")),
        admin.get(reverse("members:new_cohort")),
    ]
    assert [in_order(answer, PEOPLE) for answer in lists] == [PEOPLE] * len(lists)


def test_whom_one_has_blocked_stands_in_that_order(client_of, full, people):
    for person in people[1:]:
        block(member=people[0], other=person)
    names = [name for name in PEOPLE if name != people[0].name]
    assert in_order(client_of(people[0]).get(reverse("safety:own")), names) == names


def test_facilitators_stand_in_that_order_beside_their_group(client_of, alice, full):
    """The line that says who looks after a group."""
    full.memberships.filter(member__name__in=PEOPLE).update(role="facilitator")
    page = unescape(client_of(alice).get(reverse("peers:list")).content.decode())
    at = PEOPLE.index("Eve") + 1
    assert ", ".join([*PEOPLE[:at], "Faye", *PEOPLE[at:]]) in " ".join(page.split()).replace(" ,", ",")


def test_groups_stand_in_one_order_wherever_they_are_listed(client_of, ada, alice, several):
    channel = several[0].channels.get().pk
    cohort = client_of(ada).post(reverse("members:new_cohort"), {"name": "Finished in May"})["Location"].split("/")[-2]
    lists = [
        client_of(alice).get(reverse("peers:list")),
        client_of(alice).get(reverse("chat:conversation", args=[channel])),
        client_of(ada).get(reverse("suggestions:cohort", args=[cohort])),
    ]
    assert [in_order(answer, GROUPS) for answer in lists] == [GROUPS] * len(lists)
