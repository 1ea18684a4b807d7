"""Reporting, blocking and the desk, through the pages and as the outsider."""

import datetime as dt
import html
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from community.centre.models import Centre
from community.kit import limits
from community.kit.models import AuditEntry
from community.members.roles import Role
from community.safety import actions
from community.safety.models import Block, Report
from groups.chat import actions as chat
from groups.chat.models import Message
from groups.peers import actions as peers
from tests.answers import same
from tests.cast import make_group, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(bob, channel):
    """A message of Bob's among others."""
    for text in ("Good evening.", "Something unkind.", "Sorry, what?"):
        message = chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body=text)
        if "unkind" in text:
            found = message
    return found


@pytest.fixture
def report(said, alice):
    return actions.report(member=alice, kind="message", target_id=said.pk, reason="unkind", note="It hurt.")


def report_url(target, kind="message"):
    return reverse("safety:report", args=[kind, getattr(target, "pk", target)])


def test_a_report_keeps_what_was_seen_and_promises_only_what_is_true(client_of, alice, bob, mo, said):
    client = client_of(alice)
    assert "Something unkind." in client.get(report_url(said)).content.decode()
    answer = client.post(report_url(said), {"reason": "unkind", "note": ""}, follow=True).content.decode()
    assert "A moderator will look at this." in answer and "hours" not in answer
    chat.edit(member=bob, message=said.pk, body="Nothing to see.")
    report = Report.objects.get()
    assert report.snapshot["text"] == "Something unkind." and len(report.snapshot["around"]) == 2
    assert "Bob" not in str(report.snapshot), "names are looked up, so that an erased name is gone here too"


def test_the_page_after_a_report_can_be_loaded_again_and_is_the_reporter_s_alone(client_of, alice, bob, charlie, mo, said):
    """A page shown in answer to the form sends it once more when it is loaded again; as a page of its own it has an id to guess."""
    client = client_of(alice)
    answer = client.post(report_url(said) + "?back=/chat/", {"reason": "unkind", "note": ""})
    page = reverse("safety:reported", args=[Report.objects.get().pk])
    assert (answer.status_code, answer["Location"]) == (302, f"{page}?back=%2Fchat%2F")
    shown = client.get(answer["Location"]).content.decode()
    assert "Thank you" in shown and 'href="/chat/"' in shown and "Block Bob" in shown
    for person in (bob, charlie, mo):
        real, random = (client_of(person).get(address) for address in (page, reverse("safety:reported", args=[uuid.uuid4()])))
        assert real.status_code == 404 and same(real, random)


def test_the_page_after_a_report_does_not_promise_what_is_done(client_of, alice, bob, mo, said, report):
    client = client_of(alice)
    actions.decide(actor=mo, report=report, decision="none", why="Fine.")
    actions.block(member=alice, other=bob)
    shown = client.get(reverse("safety:reported", args=[report.pk])).content.decode()
    assert "This has been looked at." in shown and "will look" not in shown and "Block Bob" not in shown


@pytest.mark.postgresql
def test_the_same_report_twice_is_one_case(client_of, alice, said):
    client = client_of(alice)
    for reason in ("unkind", "danger"):
        client.post(report_url(said), {"reason": reason, "note": ""})
    assert Report.objects.get().reason == "danger"


def test_what_one_cannot_see_one_cannot_report(client_of, charlie, bob, said):
    """Would catch a report form that shows an outsider the message."""
    for client in (client_of(charlie), client_of(bob)):  # nor does one report oneself
        for verb in ("get", "post"):
            real, random = (getattr(client, verb)(report_url(target), {"reason": "other"}) for target in (said, uuid.uuid4()))
            assert same(real, random) and real.status_code == 404
        assert client.get(report_url(said, kind="person")).status_code == 404


def test_what_was_said_before_ones_time_cannot_be_reported(client_of, ada, faye, charlie):
    group = make_group(actor=ada, facilitator=faye, members=(), name="Fresh start", history_visibility="joining")
    old = chat.send(member=faye, channel=group.channels.get().pk, client_id=uuid.uuid4(), body="Before your time.")
    peers.join(member=charlie, group=group, agreed_version=1)
    assert client_of(charlie).get(report_url(old)).status_code == 404


def test_the_desk_is_the_moderators_alone(client_of, alice, bob, charlie, faye, pat, ada, mo, report):
    doors = [reverse("safety:desk"), reverse("safety:case", args=[report.pk])]
    for door in doors:
        assert client_of(mo).get(door).status_code == 200
        for person in (alice, bob, charlie, faye, pat, ada):
            assert client_of(person).get(door).status_code == 404, person
            assert client_of(person).post(door, {"decision": "hidden", "why": "x", "kind_note": "x"}).status_code == 404, person
    assert Report.objects.get().decision == ""


def test_a_moderator_hides_with_a_note_and_the_author_reads_those_very_words(client_of, alice, bob, mo, said, report):
    client = client_of(mo)
    case = reverse("safety:case", args=[report.pk])
    page = client.get(case).content.decode()
    assert "Something unkind." in page and "It hurt." in page
    without = client.post(case, {"decision": "hidden", "why": "Unkind.", "kind_note": " "})
    assert without.status_code == 200 and "Write a note to the author." in without.content.decode()
    assert client.post(case, {"decision": "hidden", "why": "Unkind.", "kind_note": "Please be gentle with one another."}).status_code == 302
    message = Message.objects.get(pk=said.pk)
    assert message.hidden and message.row()["body"] is None and message.row()["html"] is None
    own = client_of(bob).get(reverse("safety:own")).content.decode()
    assert "Please be gentle with one another." in own
    assert "Alice" not in own, "the author must not learn who reported"
    assert "It was hidden from everybody" in client_of(alice).get(reverse("safety:own")).content.decode()
    assert set(AuditEntry.objects.filter(actor=mo).values_list("verb", flat=True)) == {"safety.look", "safety.decide", "chat.hide"}


def test_a_note_is_read_when_its_reader_says_so(client_of, alice, bob, mo, report):
    """Opening a page, which a browser may do by itself, must not put away a note that nobody has read."""
    actions.decide(actor=mo, report=report, decision="hidden", why="Unkind.", kind_note="Please be gentle.")
    client, own = client_of(bob), reverse("safety:own")
    assert "I have read this" in client.get(own).content.decode()
    assert "From the moderators" in client.get("/today/").content.decode()
    said_so = reverse("safety:read_note", args=[report.pk])
    assert client.get(said_so).status_code == 405 and client_of(alice).post(said_so).status_code == 404
    page = client.post(said_so, follow=True).content.decode()
    assert "Please be gentle." in page and "I have read this" not in page
    assert "From the moderators" not in client.get("/today/").content.decode()


def test_no_reporter_is_named_in_the_list(client_of, mo, report):
    assert "Alice" not in client_of(mo).get(reverse("safety:desk")).content.decode()


@pytest.mark.postgresql
def test_danger_comes_first(client_of, alice, faye, mo, said, report, channel):
    urgent = actions.report(member=faye, kind="message", target_id=said.pk, reason="danger")
    page = client_of(mo).get(reverse("safety:desk")).content.decode()
    assert page.index(str(urgent.pk)) < page.index(str(report.pk))


@pytest.mark.postgresql
def test_one_decision_closes_every_report_of_the_same_thing(client_of, faye, mo, said, report):
    actions.report(member=faye, kind="message", target_id=said.pk, reason="other")
    client_of(mo).post(reverse("safety:case", args=[report.pk]), {"decision": "hidden", "why": "x", "kind_note": "x"})
    assert not Report.objects.open().exists()
    assert Message.objects.get(pk=said.pk).hidden


def test_a_moderator_does_not_decide_on_their_own_words(client_of, alice, mo, group, channel):
    peers.join(member=mo, group=group, agreed_version=1)
    own = chat.send(member=mo, channel=channel.pk, client_id=uuid.uuid4(), body="Mine.")
    case = actions.report(member=alice, kind="message", target_id=own.pk, reason="other")
    client_of(mo).post(reverse("safety:case", args=[case.pk]), {"decision": "none", "why": "Fine.", "kind_note": "x"})
    assert Report.objects.get(pk=case.pk).decision == ""


def test_the_desk_costs_the_same_for_one_report_and_for_many(client_of, alice, bob, mo, channel, report, django_assert_max_num_queries):
    client = client_of(mo)
    client.get(reverse("safety:desk"))
    with django_assert_max_num_queries(30) as few:
        client.get(reverse("safety:desk"))
    for number in range(8):
        message = chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body=f"{number}")
        actions.report(member=alice, kind="message", target_id=message.pk, reason="other")
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("safety:desk"))


@pytest.mark.postgresql
def test_a_stranger_is_nobody_to_block(client_of, charlie, alice, bob, group, said):
    """Would catch an oracle that tells an outsider which ids are people."""
    client = client_of(charlie)
    for name in ("block", "unblock"):
        real, random = (client.post(reverse(f"safety:{name}", args=[target])) for target in (alice.pk, uuid.uuid4()))
        assert same(real, random) and real.status_code == 404
    assert client_of(alice).post(reverse("safety:block", args=[alice.pk])).status_code == 404


def test_who_blocks_in_a_conversation_stays_there_and_can_undo_it(client_of, alice, bob, channel, said):
    """They were taken out of the conversation to a page under "Me", and nothing led back."""
    client, here = client_of(alice), reverse("chat:conversation", args=[channel.pk])
    ways = re.findall(r'formaction="([^"]*/block/[^"]*)"', client.get(here).content.decode())
    blocked = client.post(html.unescape(ways[0]))
    assert blocked.headers["Location"] == here and Block.objects.filter(blocker=alice, blocked=bob).exists()
    shown = client.get(here).content.decode()
    note = shown.split('class="flashes')[1].split("</form>")[0]
    assert "You&#x27;ve blocked Bob. What they write is folded away for you." in note
    undo = html.unescape(re.search(r'<form method="post" action="([^"]+)">.*?csrfmiddlewaretoken.*?>\s*Undo', note, re.DOTALL)[1])
    assert client.post(undo).headers["Location"] == here and not Block.objects.exists()
    shown = client.get(here).content.decode()
    assert "You&#x27;ll see what Bob writes again." in shown and "ve blocked" not in shown


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_block_never_leads_to_another_site(client_of, alice, bob, group, elsewhere):
    """Would catch a form of a stranger's that sends a member on to a page that looks like ours."""
    client = client_of(alice)
    for name in ("block", "unblock"):
        assert client.post(reverse(f"safety:{name}", args=[bob.pk], query={"back": elsewhere})).headers["Location"] == reverse("safety:own")


def test_block_and_unblock(client_of, alice, bob, group):
    client = client_of(alice)
    page = client.post(reverse("safety:block", args=[bob.pk]), follow=True).content.decode()
    assert "Bob" in page and Block.objects.filter(blocker=alice, blocked=bob).exists()
    assert "Alice" not in client_of(bob).get(reverse("safety:own")).content.decode(), "the blocked person is not told"
    peers.leave(member=alice, group=group)
    client.post(reverse("safety:unblock", args=[bob.pk]))
    assert not Block.objects.exists()


def promise(hours):
    site = Centre.objects.first() or Centre()
    site.report_hours = hours
    site.save()


def age(report, **hours):
    """Have a report be made so many hours ago, and decided so many hours ago."""
    Report.objects.filter(pk=report.pk).update(**{name: timezone.now() - dt.timedelta(hours=number) for name, number in hours.items()})


@pytest.mark.postgresql
def test_a_time_is_named_where_the_center_set_one_and_kept_it_lately(client_of, alice, mo, channel, said, report):
    """Somebody in fear, who does not learn when anybody looks; or a promise that is known not to be kept."""
    page = reverse("safety:reported", args=[report.pk])

    def told():
        return client_of(alice).get(page).content.decode()

    assert "A moderator will look at this." in told()
    promise(24)
    assert "A moderator will look at this within 24 hours." in told()
    promise(1)
    assert "A moderator will look at this within an hour." in told()
    promise(24)
    message = chat.send(member=said.author, channel=channel.pk, client_id=uuid.uuid4(), body="Another.")
    other = actions.report(member=alice, kind="message", target_id=message.pk, reason="other")
    age(other, made_at=25)
    assert "A moderator will look at this." in told() and "hours" not in told(), "one waits for longer"
    actions.decide(actor=mo, report=other, decision="none", why="Fine.")
    assert "hours" not in told(), "it was decided on too late"
    age(other, made_at=30 * 24 + 26, decided_at=30 * 24)
    assert "within 24 hours" in told(), "that was long ago"


DECIDED = {"decision": "hidden", "why": "Unkind.", "kind_note": "We have hidden it."}


def test_a_decision_can_be_taken_back_for_some_seconds_by_who_made_it(client_of, alice, charlie, mo, channel, said, report, group):
    """A slip of the finger that hides somebody's words from everybody, with a note to them, and for good."""
    peers.join(member=charlie, group=group, agreed_version=group.agreement_version)
    other = actions.report(member=charlie, kind="message", target_id=said.pk, reason="other")
    client, case = client_of(mo), reverse("safety:case", args=[report.pk])
    page = client.post(case, DECIDED, follow=True).content.decode()
    back = reverse("safety:undo", args=[report.pk])
    assert f'action="{back}"' in page and Message.objects.get(pk=said.pk).hidden
    answer = client.post(back)
    assert answer["Location"] == case and "Save the decision" in client.get(case).content.decode()
    assert not Message.objects.get(pk=said.pk).hidden
    assert {(each.state, each.decision, each.kind_note) for each in Report.objects.filter(pk__in=[report.pk, other.pk])} == {
        ("open", "", "")
    }
    assert not Report.objects.notes_to(said.author).exists()
    client.post(case, DECIDED)
    Report.objects.update(decided_at=timezone.now() - limits.DECISION_UNDO_WINDOW)
    assert "can&#x27;t be taken back" in client.post(back, follow=True).content.decode() and Message.objects.get(pk=said.pk).hidden


def test_nobody_else_takes_a_decision_back(client_of, alice, ada, mo, said, report):
    moira = make_person("moira", Role.MODERATOR)
    actions.decide(actor=mo, report=report, **DECIDED)
    for person in (alice, ada, moira, said.author):
        client_of(person).post(reverse("safety:undo", args=[report.pk]))
        assert Message.objects.get(pk=said.pk).hidden


def test_what_was_hidden_before_stays_hidden(alice, mo, said, report):
    """Two reports, decided on one after the other: the second one is taken back, and with it the first."""
    actions.decide(actor=mo, report=report, **DECIDED)
    again = Report.objects.create(
        reporter=alice, author=said.author, kind="message", target_id=said.pk, reason="other", snapshot=report.snapshot
    )
    actions.decide(actor=mo, report=again, **DECIDED)
    actions.take_back(actor=mo, report=again)
    assert Message.objects.get(pk=said.pk).hidden and Report.objects.get(pk=report.pk).decision == "hidden"
