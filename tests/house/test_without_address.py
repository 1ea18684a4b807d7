"""A member may have no e-mail address: no page shows that as "None", and what is e-mailed to members goes through one function."""

import re
from collections import Counter
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from community.members.models import User
from tests.house.asking import NAMED, ROUTES, anything
from tests.house.doors import DOORS
from tests.house.tree import ROOMS, ours

FUNCTION = "community/members/emails.py"
# Whose address is one they have: it was invited, or is the new one of a change.
SURE = {"invitation.email", "change.email", "locked.email"}
WRITES = re.compile(r"\bto=\[?([\w.]*\bemail)\b")


def test_no_page_shows_none_for_an_address(hidden_things: Any, client_of: Any, alice: User, ada: User) -> None:
    """Compared with the same pages of somebody who has one, since "None" is also a word."""
    with_one = pages(hidden_things, client_of(alice), client_of(ada))
    EmailAddress.objects.filter(user=alice).delete()
    alice.email = None
    alice.sign_in_by("Tea at dawn")
    alice.save()
    without = pages(hidden_things, client_of(alice), client_of(ada))
    assert not {where: how_many for where, how_many in without.items() if how_many > with_one[where]}
    assert len(without) > 60, "the pages themselves must be among the answers"


def pages(things: Any, alice: Client, ada: Client) -> Counter[str]:
    """How often each page that opens for Alice, or for Ada, says None, in its words or its fields."""
    found: Counter[str] = Counter()
    for name in NAMED:
        values = things[DOORS[name].hidden] if DOORS[name].hidden else anything(ROUTES[name])
        for who, client in (("alice", alice), ("ada", ada)):
            answer = client.get(reverse(name, kwargs=values))
            if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
                found[f"{who} at {name}"] = len(re.findall(r"\bNone\b", answer.content.decode()))
    return found


def test_members_are_e_mailed_by_one_function() -> None:
    """Another caller would break where a member has no address."""
    found = {path: set(WRITES.findall(text)) - SURE for path, text in ours(".py", *ROOMS)}
    assert {path: whose for path, whose in found.items() if whose} == {FUNCTION: {"member.email"}}
