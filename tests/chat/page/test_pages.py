"""The conversation as plain pages: what a browser without JavaScript reads and posts, and who may."""

import json
import re
import uuid
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.members.models import User
from community.members.settings.actions import set_conversation
from community.safety.actions import block
from groups.chat import actions
from groups.chat.models import Channel, Message, Participant
from groups.peers.actions import leave
from tests.chat.pages import ClientOf, say, text_of, url

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ who may


def requests_of(channel: UUID, message: UUID) -> list[tuple[str, str]]:
    base = f"/chat/{channel}/"
    own = f"{base}{message}/"
    posts = [f"{base}send/", f"{base}draft/", f"{base}read/", f"{own}edit/", f"{own}delete/", f"{own}bring-back/", f"{own}react/"]
    return [
        ("get", base),
        ("get", f"{base}history/"),
        ("get", f"{own}edit/"),
        ("get", f"{own}delete/"),
        ("get", f"{own}react/"),
        *(("post", each) for each in posts),
    ]


@pytest.mark.parametrize("number", range(12))
def test_an_outsider_gets_the_answer_of_a_channel_that_is_not(
    number: int, alice: User, charlie: User, channel: Channel, client_of: ClientOf
) -> None:
    """A page that opens for a stranger, or that answers otherwise for a real id than for a random one."""
    message = say(alice, channel, "Only for us")
    client = client_of(charlie)
    data = {"body": "hello", "seq": 1, "emoji": "heart", "on": "on"}
    (verb, real), (_, random) = requests_of(channel.pk, message.pk)[number], requests_of(uuid.uuid4(), uuid.uuid4())[number]
    answers = [getattr(client, verb)(path, data if verb == "post" else {}) for path in (real, random)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert text_of(answers[0]) == text_of(answers[1])
    message.refresh_from_db()
    assert message.body == "Only for us" and message.deleted_at is None and not message.reactions.exists()


@pytest.mark.parametrize("number", range(12))
def test_a_guest_is_asked_to_sign_in(number: int, alice: User, channel: Channel, client: Client) -> None:
    """A view that forgot that only members may look."""
    verb, path = requests_of(channel.pk, say(alice, channel, "Only for us").pk)[number]
    answer = getattr(client, verb)(path)
    if path.endswith("history/"):
        assert answer.status_code == 401 and "Sign in" in answer.json()["detail"]
    else:
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def test_who_was_removed_finds_nothing(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A page that goes on serving the conversation to somebody who has left."""
    say(alice, channel, "Only for us")
    client = client_of(bob)
    assert client.get(url(channel)).status_code == 200
    leave(member=bob, group=channel.groups.get())
    assert client.get(url(channel)).status_code == client.get(url(channel, "history/")).status_code == 404


@pytest.mark.parametrize("what", ["edit", "delete"])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_only_who_wrote_it_may_change_it(what: str, verb: str, alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A form through which one changes another's message."""
    message = say(alice, channel, "Mine")
    assert getattr(client_of(bob), verb)(url(channel, f"{message.pk}/{what}/"), {"body": "His"}).status_code == 403
    message.refresh_from_db()
    assert message.body == "Mine" and message.deleted_at is None


def test_a_message_of_another_channel_is_not_found_here(alice: User, channel: Channel, hidden_group: Any, client_of: ClientOf) -> None:
    """An address that joins one channel with another's message."""
    elsewhere = say(alice, hidden_group.channels.get(), "There")
    assert client_of(alice).get(url(channel, f"{elsewhere.pk}/edit/")).status_code == 404


@pytest.mark.parametrize("path", ["send/", "draft/", "read/"])
def test_writing_needs_a_post(path: str, alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A link that, merely followed, changes something."""
    assert client_of(alice).get(url(channel, path)).status_code == 405


# ------------------------------------------------------------------ reading


def test_the_page_shows_the_conversation_in_order_and_by_runs(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A page with messages out of order, without their author, or with the name on every line of a run."""
    for member, body in ((bob, "One"), (bob, "Two"), (alice, "Three"), (bob, "Four")):
        say(member, channel, body)
    page = client_of(alice).get(url(channel))
    lines = [line for line in page.context["rows"] if line.row["kind"] == "text"]
    assert [(line.name, line.first) for line in lines] == [("Bob", True), ("Bob", False), ("You", True), ("Bob", True)]
    assert re.search("One.*Two.*Three.*Four", text_of(page))


def test_the_title_says_nothing_of_whose_conversation_it_is(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A group's name in the browser's history."""
    title = re.search("<title>(.*?)</title>", client_of(alice).get(url(channel)).content.decode(), re.DOTALL)
    assert title and title[1].startswith("Conversation – ") and "Tuesday" not in title[1]


def test_who_can_read_this_is_said_beside_the_box(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A box that does not say who will read what is written in it."""
    page = client_of(alice).get(url(channel))
    assert "Who can read this: The 3 people in Tuesday evening" in text_of(page)
    assert f'href="/groups/{channel.about}/"' in page.content.decode()


def test_the_mark_stands_at_the_first_message_that_is_new(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A line that is missing, twice, or above what was read before; and a look at the page that counts as reading."""
    seen = say(bob, channel, "Seen")
    actions.mark_read(member=alice, channel=channel.pk, seq=seen.seq)
    say(bob, channel, "Fresh")
    say(bob, channel, "Fresher")
    client = client_of(alice)
    for _ in range(2):
        shown = text_of(client.get(url(channel)))
        assert shown.count("New since you were here") == 1
        assert re.search("Seen.*New since you were here.*Fresh.*Fresher", shown)


def test_own_messages_draw_no_mark(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """What one wrote oneself on another device, called new."""
    Participant.objects.filter(channel=channel, member=alice).update(read_seq=0)
    Message.objects.filter(channel=channel, kind="notice").delete()
    say(alice, channel, "Mine")
    assert "New since" not in text_of(client_of(alice).get(url(channel)))


def test_older_pages_reach_the_beginning(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """History that cannot be reached without a script, or that leaves out or repeats a message between two pages."""
    for number in range(120):
        say(bob, channel, f"Number {number}.")
    actions.mark_read(member=alice, channel=channel.pk, seq=10_000)
    seen: list[str] = []
    client, path = client_of(alice), url(channel)
    while path:
        page = client.get(path)
        seen = [*re.findall(r"Number (\d+)\.", text_of(page)), *seen]
        older = re.search(r'href="[^"]*(\?before=\d+)">Earlier', page.content.decode())
        path = url(channel, older[1]) if older else ""
    assert seen == [str(number) for number in range(120)]


def test_what_was_removed_leaves_a_trace_in_words(alice: User, bob: User, mo: User, channel: Channel, client_of: ClientOf) -> None:
    """A removed or hidden text that can still be read in the page or in what it hands to the script."""
    actions.delete(member=bob, message=say(bob, channel, "Secret one").pk)
    actions.hide(actor=mo, message=say(bob, channel, "Secret two").pk)
    page = client_of(alice).get(url(channel))
    assert "Message removed by its author" in text_of(page) and "Hidden by a moderator" in text_of(page)
    assert "Secret" not in page.content.decode()


def test_somebody_blocked_is_folded_away(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A block that the page does not know of."""
    say(bob, channel, "Loud words")
    block(member=alice, other=bob)
    page = client_of(alice).get(url(channel)).content.decode()
    assert re.search(r"<details class=\"chat-blocked\"><summary>A message from someone you blocked.*?Loud words", page, re.DOTALL)


def test_who_reports_comes_back_to_the_conversation(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A way back that leads to the list of all groups, with the position in the conversation lost; without scripts, or with them."""
    message = say(bob, channel, "Loud words")
    page = client_of(alice).get(url(channel)).content.decode()
    assert f'href="/report/message/{message.pk}/?back={url(channel)}"' in page
    menu = re.search(r'<template id="template-menu-other">(.*?)</template>', page, re.DOTALL)
    assert menu and re.search(rf'href="/report/message/[0-]+/\?back={url(channel)}"', menu[1])
    report = client_of(alice).get(f"/report/message/{message.pk}/?back={url(channel)}")
    assert f'href="{url(channel)}">Not now' in report.content.decode()


def test_html_of_a_member_is_text(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A message that becomes a part of the page."""
    say(bob, channel, "<script>alert(1)</script> </textarea><img src=x onerror=alert(1)>")
    page = client_of(alice).get(url(channel)).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;alert(1)" in page


def test_the_list_asks_the_database_as_often_for_many_messages_as_for_one(
    alice: User, bob: User, channel: Channel, client_of: ClientOf
) -> None:
    """A query a message."""
    client = client_of(alice)
    say(bob, channel, "One")
    client.get(url(channel))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url(channel))
    for _ in range(30):
        say(bob, channel, "More")
    with CaptureQueriesContext(connection) as many:
        client.get(url(channel))
    assert len(many) == len(few)


# ------------------------------------------------------------------ history as JSON


def test_history_gives_the_page_that_is_asked_for(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A page that is off by one: `before` and `after` leave out their own row."""
    for number in range(6):
        say(bob, channel, f"Number {number}")
    client = client_of(alice)

    def seqs(query: str) -> list[int]:
        return [row["seq"] for row in client.get(url(channel, f"history/{query}")).json()["rows"]]

    newest = seqs("")
    assert newest == list(range(1, newest[-1] + 1))
    assert seqs("?before=4&limit=2") == [2, 3]
    assert seqs("?after=4&limit=2") == [5, 6]
    assert 4 in seqs("?around=4&limit=3")


def test_history_says_what_people_and_version_it_has(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """Rows whose authors the client cannot name, or a cursor that it cannot trust."""
    message = say(bob, channel, "Hello")
    answer = client_of(alice).get(url(channel, "history/")).json()
    assert {person["name"] for person in answer["people"]} >= {"Alice", "Bob", "Faye"}
    assert answer["version"] == message.version and answer["more"] is False


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "limit=0", "limit=101", "limit=ten", "before=1&after=2", "around=1e9", f"after={2**60}"]
)
def test_a_number_that_is_none_gets_a_plain_sentence(query: str, alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A bad number that ends in a server error, or is taken for another."""
    answer = client_of(alice).get(url(channel, f"history/?{query}"))
    assert answer.status_code == 400 and "whole number" in answer.json()["detail"]


def test_a_bad_number_tells_a_stranger_nothing(charlie: User, channel: Channel, client_of: ClientOf) -> None:
    """An error that gives away that the channel exists."""
    assert client_of(charlie).get(url(channel, "history/?before=x")).status_code == 404


def test_the_list_of_keys_says_what_enter_does(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A list that promises another key than the one that sends."""
    rows = {
        "device": "Enter Send; on a phone a new line Shift Enter New line",
        "sends": "Enter Send Shift Enter New line",
        "new_line": "Enter New line Ctrl Enter Send",
    }
    for enter_key, said in rows.items():
        set_conversation(member=alice, aloud="all", enter_key=enter_key, shows_writing=True)
        page = client_of(alice).get(url(channel))
        assert f"In the box {said} @" in text_of(page) and 'href="/me/#conversation"' in page.content.decode()


# ------------------------------------------------------------------ the hand-over to the script


def test_what_the_script_gets_is_what_the_page_shows(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A live page that begins with other rows than the server's, or that cannot resume from them."""
    message = say(bob, channel, "Hello </script>")
    page = client_of(alice).get(url(channel)).content.decode()
    found = re.search(r'<script id="handover" type="application/json">(.*?)</script>', page)
    assert found
    handed = json.loads(found[1])
    assert handed["rows"][-1]["body"] == "Hello </script>" and handed["version"] == message.version
    assert handed["me"] == str(alice.pk) and set(handed["members"]) == set(map(str, Participant.objects.values_list("member", flat=True)))


def test_the_headings_of_a_conversation_begin_with_its_name(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A list of groups as the first heading, and the conversation's name in a section under it, which checkers read wrongly."""
    say(bob, channel, "Hello")
    page = client_of(alice).get(url(channel)).content.decode()
    assert re.findall(r"<h([1-6])", page.split("<dialog")[0]) == ["1", "2", "2"]
    assert "<section" not in page.split("<h1")[0].split("<main")[1]
    assert not re.findall(r'datetime="[^"]*\.[^"]*"', page)
