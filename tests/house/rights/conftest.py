"""Every door is asked in one world, made once for the tests of a file: the cast, and a group with things that Charlie must not know of."""

from collections.abc import Iterator
from typing import Any

import pytest

from groups.peers.models import PeerGroup
from tests.cast import NAMES, ROLES, make_group, make_person
from tests.house.conftest import Things, hide_things
from tests.worlds import from_the_world, lasting


def make_house() -> Things:
    people = {name: make_person(name, ROLES.get(name)) for name in NAMES}
    alice, bob, faye, ada = (people[name] for name in ("alice", "bob", "faye", "ada"))
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Quiet corner", join_policy="hidden")
    return hide_things(group, alice, bob, faye, ada)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Things]:
    with lasting(django_db_blocker, make_house) as things:
        yield things


@pytest.fixture
def hidden_things(made: Things, db: None) -> Things:
    """Things that Charlie must not know of, as the parameters of their routes."""
    return made


@pytest.fixture
def hidden_group(made: Things, db: None) -> PeerGroup:
    return PeerGroup.objects.get(pk=made["group"]["group"])


alice, bob, charlie, faye, pat, rena, mo, cora, ada = map(from_the_world, NAMES)
