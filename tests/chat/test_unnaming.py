"""Taking the name of somebody whose account closes out of what others wrote: all of theirs, and nobody else's."""

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from community.centre.tasks import forget_old
from community.members.models import User
from community.members.people import actions as people
from community.members.people.closing_models import EarlierName
from community.members.settings import actions as settings
from community.members.settings import closing_actions
from community.safety import actions as safety
from community.safety.models import Report
from groups.chat import actions as chat
from groups.chat.models import Channel, Message, Participant
from groups.peers import actions as peers
from groups.peers.models import PeerGroup
from tests.cast import bring_in, make_group, make_person
from tests.chat.pages import say

pytestmark = pytest.mark.postgresql


def rename(member: User, name: str) -> None:
    settings.change_profile(member=member, name=name, time_zone="UTC", drawing="")


def close(ada: User, member: User) -> None:
    people.close_account(actor=ada, member=User.objects.get(pk=member.pk))


def body(message: Message) -> str:
    return Message.objects.get(pk=message.pk).body


def html(message: Message) -> str:
    return Message.objects.get(pk=message.pk).html


def test_whoever_is_asked_for_while_they_leave_is_named_nowhere_afterwards(
    alice: User, bob: User, channel: Channel, time_machine: Any, client_of: Callable[..., Any]
) -> None:
    """The week in which the others miss somebody is when they call them; and a name that no mention goes with."""
    older = say(bob, channel, "@Alice, hello")
    closing_actions.ask_for_closing(member=alice, empties_messages=False)
    newer = say(bob, channel, "＠alice, are you there?")
    chat.edit(member=bob, message=older.pk, body="@Alice, hello again")
    time_machine.move_to(timezone.now() + dt.timedelta(days=8), tick=False)
    forget_old()
    assert (body(older), body(newer)) == ("@Former member, hello again", "@Former member, are you there?")
    page = client_of(bob).get(f"/chat/{channel.pk}/").content.decode()
    assert "lice" not in page.replace("Mainstay", "")


def test_so_is_whoever_had_left_the_group_and_whom_an_admin_had_paused(
    ada: User, alice: User, bob: User, charlie: User, faye: User, channel: Channel, group: PeerGroup
) -> None:
    bring_in(actor=faye, group=group, member=charlie)
    peers.leave(member=alice, group=group)
    people.suspend(actor=ada, member=charlie)
    said = say(bob, channel, "@Alice and @Charlie, we miss you")
    for person in (alice, charlie):
        close(ada, person)
    assert body(said) == "@Former member and @Former member, we miss you" and "lice" not in html(said)


def test_nobody_else_loses_a_part_of_their_name(ada: User, alice: User, bob: User, faye: User, channel: Channel, group: PeerGroup) -> None:
    """Of "@Jo Ann" only "@Jo" is the leaver's as letters go."""
    rename(alice, "Jo")
    ann = make_person("ann")
    rename(ann, "Jo Ann")
    bring_in(actor=faye, group=group, member=ann)
    both = say(bob, channel, "@Jo and @Jo Ann, hello. @jo?")
    people.suspend(actor=ada, member=ann)
    paused = say(bob, channel, "@Jo Ann, are you there?")
    safety.report(member=faye, kind="message", target_id=both.pk, reason="other")
    close(ada, alice)
    assert body(both) == "@Former member and @Jo Ann, hello. @Former member?" == Report.objects.get().snapshot["text"]
    assert "<strong>@Jo Ann</strong>" in html(both) and Message.objects.get(pk=both.pk).mentions == [str(ann.pk)]
    assert body(paused) == "@Jo Ann, are you there?"


def test_a_name_that_another_took_over_is_theirs(ada: User, alice: User, bob: User, faye: User, channel: Channel) -> None:
    rename(alice, "Quillonia")
    first = say(faye, channel, "@Quillonia, welcome")
    rename(alice, "Zephyrine")
    rename(bob, "Quillonia")
    second = say(faye, channel, "@Quillonia and @Zephyrine, hello")
    close(ada, alice)
    assert (body(first), body(second)) == ("@Former member, welcome", "@Quillonia and @Former member, hello")
    assert html(second).count("<strong>") == 2


@pytest.mark.parametrize(
    "text", ["**@everyone**: @Quillonia is back", "`@Quillonia` and **@Bob**", "＠Quillonia, ﹫QUILLONIA", "@Quillonia @Bob `@Bob`"]
)
def test_a_former_name_goes_wherever_it_stands(ada: User, alice: User, bob: User, faye: User, channel: Channel, text: str) -> None:
    """In code, beside an author's own bold, behind a wide @: there the HTML doesn't tell whose it was."""
    rename(alice, "Quillonia")
    said = say(faye, channel, text)
    safety.report(member=bob, kind="message", target_id=said.pk, reason="other")
    near = say(bob, channel, "Who is @quillonia?")
    safety.report(member=faye, kind="message", target_id=near.pk, reason="other")
    rename(alice, "Zephyrine")
    close(ada, alice)
    for kept in (body(said), html(said), str(list(Report.objects.values("snapshot")))):
        assert "quillonia" not in kept.lower() and "ｑ" not in kept
    assert "@Former member" in body(said) and not EarlierName.objects.exists()


def test_a_name_with_another_kind_of_space_goes_from_the_html_and_from_links(ada: User, alice: User, bob: User, channel: Channel) -> None:
    rename(alice, "Ana María")
    said = say(bob, channel, "@ana\u00a0maría, [there](https://example.org/@Ana\u00a0María)")
    close(ada, alice)
    assert "mar" not in html(said).lower().replace("former", "") and "mar" not in body(said).lower()


def test_drafts_of_others_lose_it_too(ada: User, alice: User, bob: User, channel: Channel) -> None:
    """Sent the next day, with the name in it."""
    chat.save_draft(member=bob, channel=channel.pk, body="@Alice, I meant")
    close(ada, alice)
    mine = Participant.objects.get(member=bob, channel=channel)
    assert mine.draft == "@Former member, I meant" and mine.drafted_at


def test_copies_in_reports_of_a_group_that_is_gone_lose_it(ada: User, alice: User, bob: User, faye: User, channel: Channel) -> None:
    """Nobody can tell anymore who was in it."""
    said = say(bob, channel, "@Alice and @Faye, hello")
    safety.report(member=faye, kind="message", target_id=said.pk, reason="other")
    chat.remove_channel(channel=channel.pk)
    close(ada, alice)
    assert Report.objects.get().snapshot["text"] == "@Former member and @Faye, hello"


def test_copies_of_a_conversation_that_they_were_not_in_are_left(ada: User, alice: User, mo: User, faye: User) -> None:
    """Evidence in which somebody else, of whom others speak so, would become a former member."""
    elsewhere = make_group(actor=ada, facilitator=faye, members=(mo,), name="Elsewhere").channels.get()
    said = say(faye, elsewhere, "@Alice has nothing to do with it")
    safety.report(member=mo, kind="message", target_id=said.pk, reason="other")
    close(ada, alice)
    assert Report.objects.get().snapshot["text"] == "@Alice has nothing to do with it" == body(said)


def test_names_that_people_had_before_this_release_are_read_from_what_others_wrote(
    ada: User, alice: User, bob: User, channel: Channel
) -> None:
    rename(alice, "Quillonia")
    said = say(bob, channel, "**Well**, @quillonia: hello, @Bob")
    rename(alice, "Zephyrine")
    EarlierName.objects.all().delete()
    import_module("groups.chat.migrations.0008_earlier_names").read_from_messages(apps, None)
    assert list(EarlierName.objects.values_list("member", "name")) == [(alice.pk, "quillonia")]
    close(ada, alice)
    assert body(said) == "**Well**, @Former member: hello, @Bob"
