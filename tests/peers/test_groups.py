"""Peer groups through their pages: who sees, joins, leaves, and who may change what."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.centre.models import Centre
from community.kit.models import AuditEntry
from groups.chat import actions as chat
from groups.chat.models import Message, Participant
from groups.peers import actions
from groups.peers.models import Membership, PeerGroup
from tests.answers import same
from tests.cast import AGREEMENT, make_group, make_person
from tests.peers.pages import join_fields, url

pytestmark = pytest.mark.django_db
STRANGER = uuid.uuid4()


def edit_fields(group, **changed):
    return {"etag": group.etag, "name": group.name, "purpose": group.purpose, "agreement": group.agreement} | changed


def test_an_open_group_is_joined_by_accepting_its_agreement(client_of, charlie, group):
    client = client_of(charlie)
    page = client.get(url("group", group)).content.decode()
    assert AGREEMENT.splitlines()[0] in page
    assert "Alice" not in page, "an outsider must not read the members' names"
    without = client.post(url("join", group), {"version": group.agreement_version})
    assert without.status_code == 200 and "Check the box" in without.content.decode()
    assert client.post(url("join", group), join_fields(group)).status_code == 302
    page = client.get(url("group", group)).content.decode()
    assert "Alice" in page and "Open the conversation" in page
    assert Message.objects.filter(kind="notice", body="joined", author=charlie).count() == 1


@pytest.mark.postgresql
def test_joining_twice_is_one_membership(client_of, charlie, group):
    """Would catch a double click that makes two notices, or an error page."""
    client = client_of(charlie)
    for _ in range(2):
        assert client.post(url("join", group), join_fields(group)).status_code == 302
    assert Membership.objects.filter(member=charlie).count() == 1
    assert Message.objects.filter(body="joined", author=charlie).count() == 1


def test_an_agreement_that_changed_meanwhile_is_shown_again(client_of, charlie, faye, group):
    """Would catch a member bound to words that they never saw."""
    old = join_fields(group)
    actions.change_agreement(actor=faye, group=group, agreement="A new promise.")
    answer = client_of(charlie).post(url("join", group), old)
    assert (
        answer.status_code == 200
        and "A new promise." in answer.content.decode()
        and "agreement changed while you were reading" in answer.content.decode()
    )
    assert not Membership.objects.filter(member=charlie).exists()


def test_a_new_agreement_asks_members_again_and_is_told_in_the_conversation(client_of, alice, faye, group):
    fields = edit_fields(group, agreement="A new promise.")
    assert client_of(faye).post(url("edit", group), fields).status_code == 302
    client = client_of(alice)
    assert "The agreement has changed" in client.get(url("group", group)).content.decode()
    group.refresh_from_db()
    client.post(url("join", group), join_fields(group))
    assert "The agreement has changed" not in client.get(url("group", group)).content.decode()
    assert Message.objects.filter(body="agreement", channel__group=group).count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("mine", [{"agreement": "My promise."}, {"purpose": "For mornings."}])
@pytest.mark.parametrize("theirs", [{"agreement": "Their promise."}, {"name": "Their name"}])
def test_two_who_change_a_group_at_once_do_not_overwrite_each_other(client_of, ada, faye, group, mine, theirs):
    """Would catch a form that puts back what somebody else has changed since it was opened."""
    stale = edit_fields(group, **mine)
    assert client_of(ada).post(url("edit", group), edit_fields(group, **theirs)).status_code == 302
    client = client_of(faye)
    answer = client.post(url("edit", group), stale)
    page = answer.content.decode()
    assert answer.status_code == 200 and "Somebody else changed this in the meantime" in page
    assert all(text in page for text in (*mine.values(), *theirs.values())), "what was typed, or what stands now, is not on the page"
    group.refresh_from_db()
    for field, text in theirs.items():
        assert getattr(group, field) == text
    knowing = stale | {"etag": answer.context["form"]["etag"].value()}
    assert knowing["etag"] == group.etag
    assert client.post(url("edit", group), knowing).status_code == 302
    group.refresh_from_db()
    for field, text in mine.items():
        assert getattr(group, field) == text


def test_a_second_press_on_save_is_no_quarrel_with_oneself(client_of, faye, group):
    """Would catch a double post that is told of a change by somebody else."""
    client, fields = client_of(faye), edit_fields(group, agreement="A new promise.")
    assert [client.post(url("edit", group), fields).status_code for _ in range(2)] == [302, 302]
    group.refresh_from_db()
    assert group.agreement_version == 2


def test_a_form_without_an_edition_changes_nothing(client_of, faye, group):
    """Would catch a check that is passed by leaving it out."""
    fields = edit_fields(group, agreement="A new promise.")
    del fields["etag"]
    assert "Somebody else changed this" in client_of(faye).post(url("edit", group), fields).content.decode()
    group.refresh_from_db()
    assert group.agreement == AGREEMENT


def test_leaving_can_be_undone_and_loses_nothing(client_of, alice, group):
    client = client_of(alice)
    participant = Participant.objects.get(member=alice, channel__group=group)
    answer = client.post(url("leave", group), follow=True)
    assert "Undo" in answer.content.decode()
    assert not Membership.objects.current().filter(member=alice, group=group).exists()
    client.post(url("undo", group))
    assert Membership.objects.current().filter(member=alice, group=group).exists()
    again = Participant.objects.get(pk=participant.pk)
    assert (again.left_version, again.first_seq) == (None, participant.first_seq)


def test_undo_ends_after_ten_minutes(client_of, alice, group, time_machine):
    client = client_of(alice)
    client.post(url("leave", group))
    time_machine.move_to(timezone.now() + timedelta(seconds=601))
    client.post(url("undo", group))
    assert not Membership.objects.current().filter(member=alice, group=group).exists()


def test_who_was_removed_cannot_undo_it(client_of, bob, faye, group):
    """Would catch a removal that the removed person takes back."""
    assert client_of(faye).post(url("remove", group, bob.pk)).status_code == 302
    answer = client_of(bob).post(url("undo", group))
    assert answer.status_code == 404
    assert not Membership.objects.current().filter(member=bob, group=group).exists()
    assert Message.objects.filter(body="removed", author=bob).count() == 1


def test_a_hidden_group_is_nowhere_for_an_outsider(client_of, charlie, alice, hidden_group):
    client = client_of(charlie)
    assert hidden_group.name not in client.get(reverse("peers:list")).content.decode()
    assert hidden_group.name in client_of(alice).get(reverse("peers:list")).content.decode()
    routes = [("group", "get"), ("join", "post"), ("leave", "post"), ("left", "get"), ("undo", "post"), ("edit", "get"), ("people", "get")]
    routes += [("ask", "post"), ("wait", "post"), ("take_back", "post"), ("agreement", "get"), ("join_rules", "get"), ("step_down", "get")]
    for name, verb in routes:
        real, random = (getattr(client, verb)(url(name, target)) for target in (hidden_group, STRANGER))
        assert same(real, random) and real.status_code == 404, name
    for name in ("remove", "appoint", "answer", "withdraw"):
        real, random = (client.post(url(name, target, alice.pk)) for target in (hidden_group, STRANGER))
        assert same(real, random) and real.status_code == 404, name


def test_only_those_who_look_after_a_group_change_it(client_of, alice, charlie, pat, mo, group, bob):
    """Would catch a member, or staff without that right, who edits, invites, answers or removes."""
    for person in (alice, charlie, pat, mo):
        client = client_of(person)
        for name in ("edit", "people", "join_rules"):
            assert client.get(url(name, group)).status_code == 403, (person, name)
            assert client.post(url(name, group), {"name": "Bob"}).status_code == 403, (person, name)
        for name in ("remove", "answer", "withdraw"):
            assert client.post(url(name, group, bob.pk), {"verdict": "yes"}).status_code == 403, (person, name)
        assert client.post(url("appoint", group, bob.pk), {"role": "facilitator"}).status_code == 404
        assert client.get(reverse("peers:new")).status_code == 404
    assert Membership.objects.current().filter(member=bob, group=group, role="member").exists()


def test_an_admin_makes_a_group_and_appoints(client_of, ada, faye, bob, group):
    client = client_of(ada)
    fields = {
        "name": "Early birds",
        "purpose": "Before work.",
        "agreement": "We listen.",
        "join_policy": "open",
        "history_visibility": "joining",
    }
    assert client.post(reverse("peers:new"), {**fields, "facilitator": faye.pk}).status_code == 302
    assert "Early birds" in client_of(bob).get(reverse("peers:list")).content.decode()
    client.post(url("appoint", group, bob.pk), {"role": "facilitator"})
    assert client_of(bob).get(url("edit", group)).status_code == 200


def test_the_form_of_a_group_speaks_in_words_and_keeps_a_purpose_in_one_line(client_of, ada, faye, group):
    """A choice called "---------", and a sentence of which a phone shows the first half."""
    admin = client_of(ada)
    new = admin.get("/groups/new/").content.decode()
    assert "Choose somebody" in new and "-----" not in new and re.search(r"<textarea[^>]* name=.purpose", new.replace("\n", " "))
    change = {"name": group.name, "purpose": "For quiet\r\n talk ", "agreement": group.agreement, "etag": group.etag}
    assert admin.post(f"/groups/{group.pk}/edit/", change).status_code == 302
    group.refresh_from_db()
    assert group.purpose == "For quiet talk"


@pytest.mark.postgresql
def test_a_name_that_is_taken_is_said_at_its_field(client_of, ada, faye, group):
    """Would catch a server error from the database's constraint."""
    fields = {
        "name": group.name,
        "purpose": "p",
        "agreement": "a",
        "join_policy": "open",
        "history_visibility": "all",
        "facilitator": faye.pk,
    }
    answer = client_of(ada).post(reverse("peers:new"), fields)
    assert answer.status_code == 200 and "has this name" in answer.content.decode()


def test_an_admin_sees_the_roster_not_the_conversation_and_that_is_noted(client_of, ada, hidden_group, channel):
    page = client_of(ada).get(url("group", hidden_group)).content.decode()
    assert "Alice" in page and "Open the conversation" not in page
    assert AuditEntry.objects.filter(actor=ada, verb="peers.look", target=str(hidden_group.pk)).count() == 1
    assert client_of(ada).get(reverse("chat:conversation", args=[channel.pk])).status_code == 404


def test_newcomers_of_a_group_that_starts_afresh_read_nothing_older(client_of, ada, faye, charlie):
    group = make_group(actor=ada, facilitator=faye, members=(), name="Fresh start", history_visibility="joining")
    actions.join(member=charlie, group=group, agreed_version=1)
    participant = Participant.objects.get(member=charlie, channel__group=group)
    assert participant.first_seq == Message.objects.get(author=charlie, body="joined").seq


def test_the_list_costs_the_same_for_one_group_and_for_many(client_of, ada, faye, alice, group, django_assert_max_num_queries):
    """Would catch a query for each row."""
    client = client_of(alice)
    client.get(reverse("peers:list"))
    with django_assert_max_num_queries(30) as few:
        client.get(reverse("peers:list"))
    for number in range(8):
        made = make_group(actor=ada, facilitator=faye, members=(), name=f"Group {'abcdefgh'[number]}")
        actions.join(member=alice, group=made, agreed_version=1)
        make_person(f"extra{'abcdefgh'[number]}")
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("peers:list"))


def test_titles_and_addresses_name_no_group(client_of, alice, group):
    """Would catch a group's name in the browser's history."""
    page = client_of(alice).get(url("group", group)).content.decode()
    assert group.name not in page.split("</title>")[0]


def come_and_go(client, group, times):
    """Join, then leave and take it back, until somebody has come in `times` times; return the last answer of coming in."""
    answer = client.post(url("join", group), join_fields(group))
    for _ in range(times - 1):
        assert client.post(url("leave", group)).status_code == 302
        answer = client.post(url("undo", group), follow=True)
    return answer


def test_coming_and_going_without_end_does_not_fill_the_conversation(client_of, charlie, group, ada, faye, time_machine):
    """Would catch a member who writes notices into everybody's conversation as fast as they can press two buttons."""
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    client = client_of(charlie)
    come_and_go(client, group, 10)
    refused = come_and_go(client, group, 2).content.decode()
    assert "You can join again in 60 minutes" in refused
    assert Message.objects.filter(author=charlie, body="joined").count() == 10
    other = make_group(actor=ada, facilitator=faye, members=(), name="Early birds")
    time_machine.move_to(start + timedelta(minutes=45), tick=False)
    answer = client.post(url("join", other), join_fields(other))
    assert answer.status_code == 200 and "You can join again in 15 minutes" in answer.content.decode(), "the limit is over all groups"
    time_machine.move_to(start + timedelta(minutes=60, seconds=1), tick=False)
    assert client.post(url("join", other), join_fields(other)).status_code == 302


def test_the_way_out_is_never_closed(client_of, charlie, group):
    """Would catch a limit on coming in that keeps somebody inside."""
    client = client_of(charlie)
    come_and_go(client, group, 10)
    assert client.post(url("leave", group)).status_code == 302
    assert not Membership.objects.current().filter(member=charlie, group=group).exists()


def test_ones_comings_do_not_count_for_another_and_a_facilitator_may_still_invite(client_of, charlie, pat, faye, group):
    """Would catch a limit that one member uses up for all, or that a facilitator cannot lift."""
    come_and_go(client_of(charlie), group, 10)
    client_of(charlie).post(url("leave", group))
    assert client_of(pat).post(url("join", group), join_fields(group)).status_code == 302
    assert client_of(faye).post(url("people", group), {"name": "Charlie"}).status_code == 302
    assert client_of(charlie).post(url("join", group), join_fields(group)).status_code == 302
    assert Membership.objects.current().filter(member=charlie, group=group).exists()


def row_of(client, name):
    """The row of a group in the list, as its reader hears it, and the way that its name leads."""
    row = next(row for row in client.get(reverse("peers:list")).content.decode().split('<li class="row')[1:] if f">{name}</a>" in row)
    row = row.split("</li>")[0]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r'<(\w+) aria-hidden="true">.*?</\1>', "", row)))
    return text, re.search(rf'href="([^"]+)">{name}</a>', row).group(1)


def say(member, group, *bodies):
    for body in bodies:
        chat.send(member=member, channel=group.channels.get().pk, client_id=uuid.uuid4(), body=body)


@pytest.mark.postgresql
def test_the_list_tells_in_which_of_ones_groups_something_is_new_and_leads_there(client_of, ada, faye, alice, bob, charlie, mo):
    """On a phone the conversation's own list is hidden, and nothing else told which group had news, or held what one had begun."""
    busy, begun, _ = (make_group(actor=ada, facilitator=faye, members=(alice, bob), name=name) for name in ("Busy", "Begun", "Calm"))
    say(bob, busy, "one", "two")
    chat.save_draft(member=alice, channel=begun.channels.get().pk, body="I wanted to")
    client = client_of(alice)
    text, link = row_of(client, "Busy")
    assert "2 new messages" in text and "Draft" not in text and link == reverse("chat:conversation", args=[busy.channels.get().pk])
    assert url("group", busy) in client.get(reverse("peers:list")).content.decode(), "the way to the group's page is lost"
    text, _ = row_of(client, "Begun")
    assert "Draft" in text and "new message" not in text and "I wanted to" not in text
    text, _ = row_of(client, "Calm")
    assert "Draft" not in text and "new message" not in text
    for outside in (charlie, mo, ada):
        shown = client_of(outside).get(reverse("peers:list")).content.decode()
        assert "Busy" in shown and "new message" not in shown and 'href="/chat/' not in shown, f"{outside} hears what is said inside"
    actions.leave(member=alice, group=busy)
    text, link = row_of(client, "Busy")
    assert "new message" not in text and link == url("group", busy)


def test_the_list_asks_the_database_as_often_for_many_talks_as_for_one(client_of, ada, faye, alice, group, django_assert_num_queries):
    """A query a row."""
    client = client_of(alice)
    say(faye, group, "hello")
    client.get(reverse("peers:list"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("peers:list"))
    for number in range(4):
        say(faye, make_group(actor=ada, facilitator=faye, members=(alice,), name=f"Group {number}"), "hello")
    with django_assert_num_queries(len(few)):
        client.get(reverse("peers:list"))


@pytest.mark.parametrize("join_policy", ["open", "hidden"])
@pytest.mark.parametrize("address", ["ada@example.org", ""])
def test_who_was_removed_reads_so_on_every_page_and_whom_to_ask(client_of, ada, faye, alice, charlie, group, join_policy, address):
    """After the page was loaded again nothing but "can't find that page", and nobody to ask why."""
    PeerGroup.objects.filter(pk=group.pk).update(join_policy=join_policy)
    site = Centre.objects.first() or Centre()
    site.write_to = address
    site.save()
    pages = [reverse("chat:conversation", args=[group.channels.get().pk]), url("group", group)]
    client = client_of(alice)
    assert f"To ask why, write to {address}" in client.get(pages[0]).content.decode() or not address, "the script says it, too"
    actions.remove(actor=faye, group=group, member=alice)
    for visited in pages:
        answer = client.get(visited)
        page = answer.content.decode()
        assert answer.status_code == 404 or (join_policy, visited) == ("open", pages[1])
        assert "Your membership was ended" in page and (f'href="mailto:{address}"' if address else "the staff of your center") in page
        if join_policy == "hidden":
            assert group.name not in page
            nothing = client_of(charlie).get(visited.replace(str(group.pk), str(STRANGER)))
            assert same(client_of(charlie).get(visited), nothing) and "membership" not in nothing.content.decode()


def test_who_left_by_themselves_reads_that(client_of, alice, group):
    client = client_of(alice)
    actions.leave(member=alice, group=group)
    page = client.get(reverse("chat:conversation", args=[group.channels.get().pk])).content.decode()
    assert "You left it" in page and "ended your membership" not in page


@pytest.mark.postgresql
def test_a_conversation_goes_with_its_group(group, alice):
    """Talk that stays in the database, and in its readers' lists, after its group is gone."""
    channel = group.channels.get()
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Between us.")
    group.delete()
    assert not type(channel).objects.filter(pk=channel.pk).exists() and not Message.objects.filter(channel=channel.pk).exists()
