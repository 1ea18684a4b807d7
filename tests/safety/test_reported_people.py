"""Reporting a person: whom one has met, what moderators see of it, and what the reported person hears, which is nothing."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.kit import limits
from community.members.roles import Role
from community.safety import actions
from community.safety.models import Report
from groups.chat import actions as chat
from groups.peers import actions as peers
from groups.peers.join import requests
from tests.answers import same
from tests.cast import make_group, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def card(person):
    return reverse("safety:person", args=[getattr(person, "pk", person)])


def form(person):
    return reverse("safety:report", args=["person", getattr(person, "pk", person)])


def case(report):
    return reverse("safety:case", args=[report.pk])


@pytest.fixture
def about_bob(alice, bob, group):
    return actions.report(member=alice, kind="person", target_id=bob.pk, reason="unkind", note="He asks for my number.")


def test_a_person_is_reported_from_where_their_name_stands(client_of, alice, bob, mo, group, channel):
    """Only a message could be reported: nothing was there for what somebody does beside, or for what they call themselves."""
    client, roster = client_of(alice), reverse("peers:group", args=[group.pk])
    chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Good evening.")
    talk = reverse("chat:conversation", args=[channel.pk])
    assert f'href="{card(bob)}?back={roster}"' in client.get(roster).content.decode()
    conversation = client.get(talk).content.decode()
    assert f'href="{card(bob)}?back={talk}"' in conversation and f'href="{form(bob)}?back={talk}"' in conversation
    assert card(alice) not in conversation, "nobody reports themself"
    shown = client.get(f"{card(bob)}?back={roster}").content.decode()
    assert "Bob" in shown and str(group) in shown and f'href="{form(bob)}?back={roster}"' in shown.replace("%2F", "/")
    assert "Report Bob" in client.get(form(bob)).content.decode()
    answer = client.post(f"{form(bob)}?back={roster}", {"reason": "unkind", "note": "He asks for my number."}, follow=True).content.decode()
    assert "A moderator will look at this." in answer and "Block Bob" in answer and f'href="{roster}"' in answer
    report = Report.objects.get()
    assert (report.author, report.kind, report.snapshot["text"], report.snapshot["where"]) == (bob, "person", "Bob", str(group))


def test_a_card_asks_once_where_both_are(client_of, alice, bob, group, channel):
    """The same three queries for whether they have met, for the names of the groups, and for whether they may be blocked."""
    client = client_of(alice)
    with CaptureQueriesContext(connection) as queries:
        assert str(group) in client.get(card(bob)).content.decode()
    rooms = [query["sql"] for query in queries if "peers_" in query["sql"] or "chat_" in query["sql"]]
    assert rooms and len(rooms) == len(set(rooms))


def test_whom_one_has_not_met_is_not_there(client_of, alice, bob, charlie, group):
    """A form, or a card, that tells an outsider which ids are people, and what they are called."""
    outsider, left = client_of(charlie), client_of(alice)
    peers.leave(member=alice, group=group)
    for client in (outsider, left, client_of(bob)):  # nor does one meet oneself
        for address in (card, form):
            for verb in ("get", "post"):
                real, random = (getattr(client, verb)(address(person), {"reason": "other"}) for person in (bob, uuid.uuid4()))
                assert real.status_code == random.status_code == (405 if (address, verb) == (card, "post") else 404) and same(real, random)
    assert not Report.objects.exists()


def test_who_left_is_met_by_those_who_were_there_alone(client_of, ada, faye, alice, bob, charlie):
    """A newcomer who could learn the names of those who went before they came, and who was not told of them."""
    group = make_group(actor=ada, facilitator=faye, members=(alice, bob), name="Fresh start", history_visibility="joining")
    peers.leave(member=bob, group=group)
    peers.join(member=charlie, group=group, agreed_version=1)
    assert client_of(alice).get(card(bob)).status_code == client_of(alice).get(form(bob)).status_code == 200
    newcomer = client_of(charlie)
    assert newcomer.get(card(bob)).status_code == newcomer.get(form(bob)).status_code == 404
    assert newcomer.post(reverse("safety:block", args=[bob.pk])).status_code == 404
    assert newcomer.get(card(alice)).status_code == 200


def test_who_asks_and_who_answers_at_a_group_s_door_can_report_each_other(client_of, ada, faye, alice, charlie, mo):
    """Lines that one person writes to another stood outside every talk, and so could not be reported at all."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", join_policy="ask")
    page = reverse("peers:group", args=[group.pk])
    assert client_of(charlie).get(card(faye)).status_code == 404, "their name in the list of groups is no meeting"
    requests.ask(member=charlie, group=group, message="You know who I am.")
    assert f'href="{card(charlie)}?back={page}"' in client_of(faye).get(page).content.decode()
    assert client_of(alice).get(card(charlie)).status_code == 404, "who does not read the question"
    assert "You know who I am." in client_of(faye).get(form(charlie)).content.decode()
    client_of(faye).post(form(charlie), {"reason": "unkind"})
    requests.answer(actor=faye, group=group, member=charlie, yes=False, answer="Not somebody like you.")
    assert client_of(faye).get(card(charlie)).status_code == 404
    assert f'href="{card(faye)}?back={page}"' in client_of(charlie).get(page).content.decode()
    client_of(charlie).post(form(faye), {"reason": "unkind"})
    asker, answerer = (Report.objects.get(author=person) for person in (charlie, faye))
    moderator = client_of(mo)
    for report, words in ((asker, "You know who I am."), (answerer, "Not somebody like you.")):
        assert words in moderator.get(case(report)).content.decode()


def test_who_was_invited_can_report_who_invited_them(client_of, faye, charlie, hidden_group):
    assert client_of(charlie).get(card(faye)).status_code == 404
    requests.invite(actor=faye, group=hidden_group, member=charlie)
    page = reverse("peers:group", args=[hidden_group.pk])
    assert f'href="{card(faye)}?back={page}"' in client_of(charlie).get(page).content.decode()
    assert client_of(charlie).get(form(faye)).status_code == 200
    requests.withdraw(actor=faye, group=hidden_group, member=charlie)
    assert client_of(charlie).get(card(faye)).status_code == client_of(charlie).get(form(faye)).status_code == 404


def test_a_report_keeps_the_name_that_was_seen(client_of, bob, mo, about_bob):
    """What somebody called themself, and changed when they had been seen."""
    bob.name = "Robert"
    bob.save()
    shown = client_of(mo).get(case(about_bob)).content.decode()
    assert "Bob" in shown and "now called Robert" in shown and "He asks for my number." in shown


def test_a_moderator_reads_of_the_groups_that_they_may_know_of(client_of, ada, faye, alice, bob, mo, group):
    """Hidden groups that a moderator is not in, named to them by a report about a person."""
    hidden = make_group(actor=ada, facilitator=faye, members=(alice, bob), name="Quiet corner", join_policy="hidden")
    report = actions.report(member=alice, kind="person", target_id=bob.pk, reason="other")
    client = client_of(mo)
    for page in (case(report), reverse("safety:desk")):
        assert "Quiet corner" not in client.get(page).content.decode()
    assert str(group) in client.get(case(report)).content.decode()
    assert "Quiet corner" in client_of(alice).get(form(bob)).content.decode(), "who is in it knows"
    peers.leave(member=alice, group=group)
    assert str(group) in client.get(case(report)).content.decode(), "who leaves because of somebody has still met them there"
    peers.leave(member=bob, group=hidden)


def test_a_report_about_a_person_is_decided_and_they_hear_nothing(client_of, bob, mo, about_bob):
    """A choice to hide somebody, which hides nothing; or a note to them, by which they would learn of the report."""
    client = client_of(mo)
    shown = client.get(case(about_bob)).content.decode()
    assert 'value="hidden"' not in shown and 'name="kind_note"' not in shown and 'value="acted"' in shown
    for decision in ("hidden", "nonsense"):
        assert client.post(case(about_bob), {"decision": decision, "why": "x", "kind_note": "x"}).status_code == 200
    assert Report.objects.get().decision == ""
    page = client.post(case(about_bob), {"decision": "acted", "why": "Talked with him."}, follow=True).content.decode()
    assert "something was done about it" in page and Report.objects.get().decision == "acted"
    theirs = client_of(bob)
    for address in (reverse("safety:own"), "/today/"):
        assert "From the moderators" not in theirs.get(address).content.decode()
        assert "Talked with him." not in theirs.get(address).content.decode()
    assert client.post(reverse("safety:undo", args=[about_bob.pk]))["Location"] == case(about_bob)
    assert Report.objects.get().state == "open"


def test_what_somebody_wrote_is_not_decided_on_like_a_person(client_of, alice, bob, mo, channel):
    said = chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Unkind.")
    report = actions.report(member=alice, kind="message", target_id=said.pk, reason="unkind")
    client_of(mo).post(case(report), {"decision": "acted", "why": "x", "kind_note": "x"})
    with pytest.raises(actions.Refused, match="Choose what to do"):
        actions.decide(actor=mo, report=report, decision="acted", why="x")


def test_an_account_is_paused_by_those_who_may(client_of, alice, bob, mo, about_bob, group):
    """A button that a moderator may not use, or none for who may."""
    pause, roles = reverse("members:pause", args=[bob.pk]), reverse("members:person", args=[bob.pk])
    shown = client_of(mo).get(case(about_bob)).content.decode()
    assert pause not in shown and roles not in shown and "Only an admin can pause an account." in shown
    both = make_person("moira", Role.MODERATOR)
    both.groups.add(*make_person("adam", Role.ADMIN).groups.all())
    shown = client_of(both).get(case(about_bob)).content.decode()
    assert pause in shown and roles in shown


def test_a_report_about_a_moderator_goes_past_them(client_of, alice, mo, ada, group):
    peers.join(member=mo, group=group, agreed_version=1)
    report = actions.report(member=alice, kind="person", target_id=mo.pk, reason="unkind")
    assert client_of(mo).get(case(report)).status_code == 404
    assert client_of(ada).get(case(report)).status_code == 200
    told = client_of(alice).get(reverse("safety:reported", args=[report.pk])).content.decode()
    assert "One of the staff will look at this, and not the person it's about." in told


def test_people_and_messages_are_reported_within_one_limit(client_of, alice, bob, faye, channel, monkeypatch):
    monkeypatch.setattr(limits, "REPORT_RATE", limits.REPORT_RATE._replace(most=1))
    client = client_of(alice)
    assert client.post(form(bob), {"reason": "other"}).status_code == 302
    assert client.post(form(bob), {"reason": "danger"}).status_code == 302, "the same report, said better"
    assert "many reports" in client.post(form(faye), {"reason": "other"}).content.decode()
    assert Report.objects.get().reason == "danger"
