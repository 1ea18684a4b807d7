"""The demo world: whole, marked as made up, made once, and never beside real people."""

import datetime as dt
import re
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.centre.models import centre
from community.demo import data, world
from community.members.invitations.actions import invite
from community.members.joining import actions as joining_actions
from community.members.models import Cohort, Consent, ConsentText, InvitationState, User
from community.safety.models import Report
from groups.chat import reading
from groups.chat.models import Channel, Message, Participant, Reaction
from groups.peers.models import Acceptance, JoinRequest, PeerGroup
from tests.demo.rows import everything

pytestmark = pytest.mark.postgresql


def without_codes(words: str) -> str:
    """What the demo says, whatever half minute it is."""
    return re.sub(r"\b\d{6}\b", "······", words)


def test_a_real_member_beside_the_demo_stops_it(demo: str, alice: User) -> None:
    """Somebody turned the demo into their site: its sign-ins must not be printed as if nothing were."""
    with pytest.raises(CommandError, match="Real people are in this database"):
        world.make()


def test_a_second_run_changes_nothing_and_says_the_same(demo: str) -> None:
    """A restart would double the people, wipe what a visitor wrote, or give staff another app than the one that they use."""
    before = everything()
    out = StringIO()
    call_command("demo", stdout=out)
    assert without_codes(out.getvalue().strip()) == without_codes(demo.strip())
    assert everything() == before


def test_who_joins_the_demo_is_of_the_demo(demo: str) -> None:
    """A visitor who tries the invitation would stop the demo from ever starting again."""
    admin = User.objects.get(name="Ingrid")
    invitation, _key = invite(actor=admin, email="visitor@example.org")
    visitor = joining_actions.answer(invitation=invitation, name="Visitor", password="a long password", text=ConsentText.objects.latest())
    assert visitor.is_demo
    assert without_codes(world.make()) == without_codes(demo)


def test_everybody_and_the_centre_are_marked_as_made_up(demo: str) -> None:
    """A page could show a made-up person without saying so; and mail could reach a real address."""
    assert User.objects.count() == 32
    assert User.objects.exclude(drawing="").count() >= 24
    assert not User.objects.filter(is_demo=False).exists()
    assert not User.objects.exclude(email=None).exclude(email__endswith=".example").exists()
    assert centre().is_demo
    assert centre().has_lines
    assert all("-555-01" in line.number for line in centre().own_lines), "a number that is kept free for stories"


def test_everybody_has_agreed_to_the_present_text(demo: str) -> None:
    """A demo person would be sent to the consent page instead of where they wanted to go."""
    newest = ConsentText.objects.latest()
    assert Consent.objects.filter(text=newest).count() == User.objects.count()
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.exclude(email=None).count()


@pytest.mark.parametrize("role", ["Alumnus", "No e-mail", "Facilitator", "Publisher", "Reviewer", "Moderator", "Coordinator", "Admin"])
def test_the_printed_sign_in_of_each_role_signs_in(demo: str, role: str) -> None:
    """What the demo prints would not open it."""
    [person] = [person for person in world.signins() if person.role == role]
    assert person.login in demo
    assert person.password in demo
    assert len(person.password) >= 10
    client = Client()
    answer = client.post(reverse("account_login"), {"login": person.login, "password": person.password})
    if answer["Location"] == reverse("mfa_authenticate"):
        client.post(answer["Location"], {"code": re.search(rf"{person.login}.*(\d{{6}})$", world.words(), re.M)[1]})
    user = User.objects.get(pk=client.session[SESSION_KEY])
    assert user.name == person.name
    assert user.roles == ({role.lower()} if role in ("Publisher", "Reviewer", "Moderator", "Coordinator", "Admin") else set())
    assert (role == "Facilitator") == user.memberships.filter(role="facilitator").exists()


def test_who_is_not_printed_cannot_sign_in(demo: str) -> None:
    """A dozen accounts with a public password, where five are enough."""
    printed = {person.name for person in world.signins()}
    others = User.objects.exclude(name__in=printed)
    assert others
    assert not any(user.has_usable_password() for user in others)


def test_a_demo_from_before_prints_only_who_is_there(demo: str) -> None:
    """A sign-in that opens nothing."""
    User.objects.filter(name="Greta").delete()
    assert "Greta" in demo and "Greta" not in world.make()


def test_one_cohort_was_invited_by_e_mail_and_by_card(demo: str) -> None:
    """Whoever tries the demo as a coordinator would find nothing to look after, and nobody would try a card."""
    cohort = Cohort.objects.get()
    by_email, cards = cohort.invitations.filter(sheet=None), cohort.invitations.exclude(sheet=None)
    assert {invitation.state for invitation in by_email} == set(InvitationState)
    assert [card.state for card in cards.order_by("card_number")] == ["joined", "pending", "revoked", "pending", "pending"]
    assert cards.get(card_number=1).member == User.objects.get(email=None)


def test_every_channel_counts_without_holes(demo: str) -> None:
    """A client would wait for ever for a message that does not exist."""
    assert Channel.objects.count() == 6
    for channel in Channel.objects.all():
        rows = list(channel.messages.order_by("seq").values_list("seq", "version"))
        assert [seq for seq, _version in rows] == list(range(1, channel.seq + 1))
        assert max(version for _seq, version in rows) == channel.version
        changes = channel.messages.exclude(edited_at=None, deleted_at=None).count()
        changes += Reaction.objects.filter(message__channel=channel).count()
        assert channel.version == channel.seq + changes


def test_the_talk_stands_in_the_order_of_time_and_none_of_it_lies_ahead(demo: str) -> None:
    """A message from tomorrow, or an answer before its question."""
    now = timezone.now()
    for channel in Channel.objects.all():
        times = list(channel.messages.order_by("seq").values_list("sent_at", flat=True))
        assert times == sorted(times)
        assert now - dt.timedelta(days=30) < times[0]
        assert times[-1] < now
        assert now - times[-1] < dt.timedelta(days=2)
    for message in Message.objects.exclude(edited_at=None, deleted_at=None):
        assert message.sent_at < (message.edited_at or message.deleted_at) < now
    for answer in Message.objects.exclude(reply_to=None).select_related("reply_to"):
        assert answer.sent_at > answer.reply_to.sent_at


def test_the_talk_shows_what_a_conversation_can_hold(demo: str) -> None:
    """A screen would never be seen with an edit, a deletion, an answer, an unread line or a long page."""
    assert 400 <= Message.objects.filter(kind=Message.Kind.TEXT).count() <= 600
    assert Message.objects.exclude(edited_at=None).count() >= 5
    assert Message.objects.exclude(deleted_at=None).get().body == ""
    assert Message.objects.exclude(reply_to=None).count() >= 15
    assert Message.objects.exclude(mentions=[]).count() >= 5
    assert set(Reaction.objects.values_list("emoji", flat=True)) == set(Reaction.Emoji.values)
    assert set(Message.objects.filter(kind=Message.Kind.NOTICE).values_list("body", flat=True)) >= {"joined", "left"}
    juniper = {view.name: view.unread for view in reading.channels_of(User.objects.get(name="Juniper"))}
    assert juniper["Weeknights"] == 12
    assert set(juniper) == {"Weeknights", "Second shift"}
    assert Participant.objects.exclude(draft="").get().member.name == "Maria"


def test_nobody_is_heard_before_they_came_or_after_they_left() -> None:
    """The file would tell of somebody who is not there, and making the demo would end with a refusal that names no line."""
    for name, group in data.groups().items():
        here = {group["facilitator"]}
        for entry in group["messages"]:
            if entry.get("does") == "join":
                here.add(entry["by"])
            assert entry["by"] in here, (name, entry)
            if entry.get("does") == "leave":
                here.remove(entry["by"])


def test_people_write_at_their_own_hours(demo: str) -> None:
    """A talk at times of a machine: all of it in office hours, or in UTC, where an early baker writes after breakfast."""
    zone = ZoneInfo(centre().time_zone)
    hours = {
        name: {sent.astimezone(zone).hour for sent in Message.objects.filter(channel__name=name).values_list("sent_at", flat=True)}
        for name in ("Before six", "Weeknights")
    }
    assert hours["Before six"] <= {2, 3, 4, 5}
    assert {19, 20} <= hours["Weeknights"] and len(hours["Weeknights"]) > 8


def test_one_report_waits_at_the_desk_with_what_was_seen(demo: str) -> None:
    """A moderator would try the demo and find an empty desk."""
    report = Report.objects.open().get()
    assert report.reporter == User.objects.get(name="Priya")
    assert report.author == User.objects.get(name="Teo")
    assert "market" in report.snapshot["text"]
    assert report.made_at < timezone.now() - dt.timedelta(minutes=1)


def test_every_group_has_a_facilitator_and_the_hidden_one_stays_hidden(demo: str) -> None:
    """The demo itself would show an outsider what the site promises to hide."""
    for group in PeerGroup.objects.all():
        assert group.memberships.filter(role="facilitator", ended_at=None).exists()
        assert group.memberships.count() >= 4
        assert not group.memberships.exclude(agreed_version=group.agreement_version).exists()
    teo = User.objects.get(name="Teo")
    assert {group.name for group in PeerGroup.objects.visible_to(teo)} == set(
        PeerGroup.objects.exclude(join_policy="hidden").values_list("name", flat=True)
    )


def test_there_is_a_group_of_each_door_and_somebody_at_each(demo: str) -> None:
    """A door that nobody who tries the demo would ever see."""
    assert set(PeerGroup.objects.values_list("join_policy", flat=True)) == set(PeerGroup.JoinPolicy.values)
    waiting = list(JoinRequest.objects.waiting().values_list("group__name", "member__name"))
    assert waiting == [("Weeknights", "Kit"), ("Weeknights", "Ana W")]
    assert PeerGroup.objects.with_seats_for(None).get(name="Weeknights").is_full
    assert JoinRequest.objects.asked().get().member.name == "Dov"
    assert not Acceptance.objects.filter(agreed_at__lt=F("text__made_at")).exists()
    assert JoinRequest.objects.open_offers().get().member.name == "Juniper"
