"""The codes of the demo's staff: no bypass, only an app that everybody may look at, and nothing of it on a real site."""

import re

import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from community.demo import codes, world
from community.kit import limits
from community.members.models import User
from tests.joining import join_by_card

PAGE = "/demo/codes/"
STAFF = ["admin@demo.example", "coordinator@demo.example", "moderator@demo.example", "publisher@demo.example", "reviewer@demo.example"]
CARD = re.compile(r"\b[B-Z]{4} [B-Z]{4}\b")


def test_the_page_shows_what_signs_in(demo: str, client: Client) -> None:
    """A visitor who reads a code that is too old to be taken could only start the demo again."""
    client.post("/accounts/login/", {"login": STAFF[0], "password": "morning-kettle"})
    page = Client().get(PAGE).content.decode()
    assert re.findall(r"\w+@demo\.example", page) == sorted(STAFF, key=lambda email: User.objects.get(email=email).name)
    code = re.search(rf"{STAFF[0]}.*?(\d{{6}})", page, re.S)
    assert code and client.post("/accounts/second-step/", {"code": code[1]})["Location"] == "/today/"
    assert client.get("/staff/people/").status_code == 200


def test_the_demos_staff_get_nowhere_without_their_code(demo: str, client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": STAFF[0], "password": "morning-kettle"})
    assert answer["Location"] == "/accounts/second-step/" and "_auth_user_id" not in client.session


def test_a_demo_from_before_there_were_codes_gets_them(demo: str) -> None:
    Authenticator.objects.all().delete()
    world.make()
    assert sorted(code.login for code in codes.current()) == STAFF


def test_the_page_shows_the_cards_that_still_let_somebody_in(demo: str, client: Client) -> None:
    """A code that was used or taken back, which leads whoever tries the demo nowhere; or none at all."""
    shown = CARD.findall(client.get(PAGE).content.decode())
    assert len(shown) == 3
    for code in shown:
        assert Client().post("/card/", {"code": code})["Location"] == "/invitation/card/"
    join_by_card(client, client.post("/card/", {"code": shown[0]})["Location"])
    assert User.objects.get(name="Robin").is_demo
    assert CARD.findall(client.get(PAGE).content.decode()) == shown[1:]
    later = timezone.now() + limits.CARD_LIFETIME
    with time_machine.travel(later):
        assert not CARD.findall(Client().get(PAGE).content.decode())


def test_the_secrets_lie_sealed_here_too(demo: str) -> None:
    assert all(app.data["secret"].startswith("gAAAA") for app in Authenticator.objects.all())


def test_a_real_persons_code_is_not_shown_in_a_demo(demo: str, ada: User) -> None:
    assert ada.email not in {code.login for code in codes.current()}
