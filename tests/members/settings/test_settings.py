"""Me: one's own name, zone and consent, and nobody else's."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from community.members import seams
from community.members.models import User


@pytest.fixture
def renamed():
    heard = []

    def hear(sender, member, **kwargs):
        heard.append(member.name)

    seams.renamed.connect(hear)
    yield heard
    seams.renamed.disconnect(hear)


def test_a_guest_is_asked_to_sign_in(db, client):
    assert client.get("/me/")["Location"] == "/accounts/login/?next=/me/"


def test_a_new_name_and_zone_are_kept_and_told(alice, client_of, renamed):
    """Open conversations show names by id: they must hear of the new one."""
    client = client_of(alice)
    assert client.post("/me/", {"name": " Robin ", "time_zone": "America/Chicago"})["Location"] == "/me/"
    alice = User.objects.get(pk=alice.pk)
    assert (alice.name, alice.name_key, alice.time_zone) == ("Robin", "robln", "America/Chicago")
    client.post("/me/", {"name": "Robin", "time_zone": "UTC"})
    assert renamed == ["Robin"]


def test_a_new_picture_is_kept_and_told(alice, client_of, renamed):
    """Open conversations would show the old one until they are reloaded."""
    client = client_of(alice)
    for drawing in ("cup", "cup", ""):
        client.post("/me/", {"name": "Alice", "time_zone": "UTC", "drawing": drawing})
    assert User.objects.get(pk=alice.pk).drawing == "" and renamed == ["Alice", "Alice"]


@pytest.mark.parametrize("name", ["B0b", "Admin", "", "x" * 31])
def test_a_name_is_changed_under_the_same_rules(alice, bob, client_of, name, renamed):
    page = client_of(alice).post("/me/", {"name": name, "time_zone": "UTC"})
    assert page.status_code == 200 and "There is a problem" in page.content.decode()
    assert User.objects.get(pk=alice.pk).name == "Alice" and not renamed
    assert "Signed in as Alice" in page.content.decode()


def test_nothing_but_name_and_zone_can_be_set(alice, client_of):
    client_of(alice).post(
        "/me/", {"name": "Robin", "time_zone": "UTC", "email": "x@example.org", "is_active": "", "groups": "1", "id": "7"}
    )
    after = User.objects.get(pk=alice.pk)
    assert after.email == "alice@example.org" and not after.roles


def test_a_zone_that_is_none_is_refused(alice, client_of):
    """A zone that Python does not know would break every page of theirs."""
    client_of(alice).post("/me/", {"name": "Alice", "time_zone": "../../etc/passwd"})
    assert User.objects.get(pk=alice.pk).time_zone == "UTC"


def test_what_was_agreed_to_can_be_read_again(alice, client_of):
    page = client_of(alice).get("/me/").content.decode()
    assert "Version 1, agreed on" in page and "Who sees what" in page


def rename(client, name, time_zone="UTC"):
    return client.post("/me/", {"name": name, "time_zone": time_zone})


def test_names_are_tried_five_times_an_hour(alice, bob, client_of, time_machine, renamed):
    """A member who reads out of "somebody has that name" who is here, and a talk whose people are called something else by the minute."""
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    client = client_of(alice)
    for name in ("Bob", "B0b", "Admin", "Robin", "Rowan"):
        rename(client, name)
    page = rename(client, "Bob").content.decode()
    assert "try another name in 60 minutes" in page and 'value="Bob"' in page, "what was typed stays in its field"
    assert "has that name" not in page
    assert rename(client, "Juniper").status_code == 200 and renamed == ["Robin", "Rowan"]
    time_machine.move_to(start + timedelta(minutes=60, seconds=1), tick=False)
    assert rename(client, "Juniper").status_code == 302 and renamed[-1] == "Juniper"


def test_a_zone_can_be_set_when_no_name_may_be_tried_any_more(alice, client_of):
    """A traveller whose times stay wrong, because the form carries the name too."""
    client = client_of(alice)
    for name in ("Robin", "Rowan", "Rory", "Ren", "River"):
        rename(client, name)
    assert rename(client, " River ", "America/Chicago").status_code == 302
    assert User.objects.get(pk=alice.pk).time_zone == "America/Chicago"


def test_ones_tries_do_not_count_for_another(alice, bob, client_of):
    """A limit that one member uses up for all."""
    for name in ("Robin", "Rowan", "Rory", "Ren", "River", "Reed"):
        rename(client_of(alice), name)
    assert rename(client_of(bob), "Bo").status_code == 302


# ---------------------------------------------------------------- in conversations

CHOSEN = {"aloud": "mentions", "enter_key": "new_line"}


def conversation_settings(person):
    person = User.objects.get(pk=person.pk)
    return person.aloud, person.enter_key, person.shows_writing


def test_how_conversations_are_read_and_written_in_is_the_member_s_choice(alice, bob, client_of):
    """A choice that is not kept, is not shown again, or is made for somebody else too."""
    client = client_of(alice)
    assert conversation_settings(alice) == ("all", "device", True)
    assert client.post("/me/conversation/", CHOSEN)["Location"] == "/me/#conversation"
    assert conversation_settings(alice) == ("mentions", "new_line", False)
    page = client.get("/me/").content.decode()
    assert '<option value="mentions" selected>' in page and '<option value="new_line" selected>' in page
    assert "checked" not in re.findall(r'<input[^>]*name="shows_writing"[^>]*>', page)[0]
    client.post("/me/conversation/", CHOSEN | {"shows_writing": "on"})
    assert conversation_settings(alice) == ("mentions", "new_line", True)
    assert conversation_settings(bob) == ("all", "device", True)


@pytest.mark.parametrize(("field", "value"), [("aloud", "some"), ("aloud", ""), ("enter_key", "shouts"), ("enter_key", "")])
def test_a_choice_that_is_none_is_refused_at_its_field(alice, client_of, field, value):
    """A value that the page of a conversation does not know, and that would break it."""
    page = client_of(alice).post("/me/conversation/", {**CHOSEN, "aloud": "none", field: value}).content.decode()
    assert "There is a problem" in page and f'href="#id_{field}"' in page and "<title>Error:" in page
    other = '<option value="none" selected>' if field == "enter_key" else '<option value="new_line" selected>'
    assert other in page, "what was chosen beside it stays chosen"
    assert conversation_settings(alice) == ("all", "device", True)


def test_a_form_of_the_page_leaves_the_others_alone(alice, client_of):
    """A name that is lost, or a cover that is switched off, because another form was sent."""
    client = client_of(alice)
    client.post("/me/conversation/", CHOSEN | {"name": "Robin", "cover_after": "-1", "leave_by_keys": ""})
    after = User.objects.get(pk=alice.pk)
    assert (after.name, after.cover_after, after.leave_by_keys) == ("Alice", 60, True)
    client.post("/me/discretion/", {"cover_after": "300"})
    assert conversation_settings(alice) == ("mentions", "new_line", False)
