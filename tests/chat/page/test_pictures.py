"""The picture that a member chose goes along with their name, on the page and on the wire, and nowhere else."""

import re
import uuid
from pathlib import Path

import pytest

from community.kit.errors import Refused
from community.members.people.avatars import Drawing
from community.members.settings.actions import change_profile
from groups.chat import actions
from groups.chat.models import Reaction

DRAWN = Path(__file__).parents[3] / "community/static/community/icons/drawings.svg"


def choose(member, drawing):
    change_profile(member=member, name=member.name, time_zone="UTC", drawing=drawing)


def test_a_page_of_history_names_the_picture_of_who_has_one(client_of, alice, bob, channel):
    choose(bob, "boat")
    people = {person["name"]: person for person in client_of(alice).get(f"/chat/{channel.pk}/history/").json()["people"]}
    assert people["Bob"]["picture"] == "boat" and "picture" not in people["Alice"]


def test_the_conversation_and_the_roster_show_it(client_of, alice, bob, channel, group):
    choose(bob, "boat")
    actions.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Good morning.")
    page = client_of(alice).get(f"/chat/{channel.pk}/").content.decode()
    head = page[: page.index("<b>Bob</b>")].rsplit('<p class="chat-head">', 1)[1]
    assert "drawings.svg#boat" in head
    assert client_of(alice).get(f"/groups/{group.pk}/").content.decode().count("drawings.svg#boat") == 1


def test_who_chose_none_is_a_person(client_of, alice, bob, channel, group):
    """A gap instead of a picture, or one that stays when it was taken off."""
    choose(bob, "boat")
    choose(bob, "")
    actions.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Good morning.")
    for path in (f"/chat/{channel.pk}/", f"/groups/{group.pk}/", "/me/"):
        page = client_of(alice).get(path).content.decode()
        assert "drawings.svg#person" in page and "drawings.svg#boat" not in page.replace('value="boat"', "").split('class="drawings"')[0]


def test_only_our_own_drawings_can_be_chosen(bob, client_of):
    """A key of somebody's own making would go into every page that shows their name."""
    with pytest.raises(Refused) as refusal:
        choose(bob, "../x#y")
    assert refusal.value.code == "bad_drawing"
    page = client_of(bob).post("/me/", {"name": "Bob", "time_zone": "UTC", "drawing": "../x#y"}).content.decode()
    assert "There is a problem" in page


def test_every_drawing_is_drawn():
    """A key that can be chosen and shows as an empty place."""
    drawn = set(re.findall(r'<symbol id="(\w+)"', DRAWN.read_text()))
    assert drawn == {*Drawing.values, "person"}


def test_every_sign_is_drawn():
    """A reaction that shows as an empty place."""
    drawn = set(re.findall(r'<symbol id="sign-(\w+)"', (DRAWN.parent / "sprite.svg").read_text()))
    assert drawn == set(Reaction.Emoji.values)
