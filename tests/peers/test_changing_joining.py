"""The rules of joining are changed: what is said before, who hears of it, and what newcomers see of what was written."""

import pytest
from django.urls import reverse

from community.kit.models import AuditEntry
from groups.chat import reading
from groups.chat.models import Message, Participant
from groups.peers import actions
from groups.peers.join import policy, requests
from groups.peers.models import JoinRequest, Membership
from tests.cast import make_group
from tests.chat.pages import say, text_of
from tests.chat.pages import url as chat_url
from tests.peers.pages import join_fields, page_of, today, url

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def fields(group, **changed):
    group.refresh_from_db()
    now = {
        "join_policy": group.join_policy,
        "capacity": group.capacity or "",
        "history_visibility": group.history_visibility,
        "etag": group.join_rules_etag,
    }
    return now | changed


def bodies(member, channel):
    """What this member can read of the conversation, as the page of history gives it."""
    return [row["body"] for row in reading.history(member=member, channel=channel.pk).rows if row["kind"] == "text"]


def notices(group):
    found = Message.objects.filter(channel__group=group, kind="notice").exclude(body="joined").order_by("seq")
    return list(found.values_list("body", flat=True))


def test_a_hidden_group_opens_only_after_it_was_said_what_that_tells(client_of, faye, charlie, hidden_group):
    """Would catch a hidden group that one press shows to everybody."""
    client = client_of(faye)
    answer = client.post(url("join_rules", hidden_group), fields(hidden_group, join_policy="open"))
    assert answer.status_code == 200 and "All members can see that this group exists" in answer.content.decode()
    assert client_of(charlie).get(url("group", hidden_group)).status_code == 404
    back = client.post(url("join_rules", hidden_group), fields(hidden_group, join_policy="open", back="1"))
    assert 'value="open" required id="id_join_policy_0" checked' in back.content.decode(), "what was chosen is gone"
    assert client_of(charlie).get(url("group", hidden_group)).status_code == 404
    assert client.post(url("join_rules", hidden_group), fields(hidden_group, join_policy="open", sure="1")).status_code == 302
    assert client_of(charlie).get(url("group", hidden_group)).status_code == 200
    assert notices(hidden_group) == ["door_open"]
    assert AuditEntry.objects.filter(actor=faye, verb="peers.change_door").count() == 1


def test_a_group_that_is_hidden_is_gone_for_who_is_outside_and_stays_for_who_waits(client_of, faye, charlie, pat, alice, ada):
    """Would catch a hidden group that outsiders still find, or one that somebody on the waiting list loses."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", capacity=2)
    requests.wait(member=charlie, group=group)
    client_of(faye).post(url("join_rules", group), fields(group, join_policy="hidden", sure="1"))
    assert client_of(pat).get(url("group", group)).status_code == 404
    assert "You&#x27;re next on the waiting list." in page_of(client_of(charlie), group)
    requests.withdraw(actor=faye, group=group, member=charlie)
    assert client_of(charlie).get(url("group", group)).status_code == 404
    assert "Early birds" not in today(client_of(charlie))


def test_a_group_is_not_hidden_from_somebody_who_waits_for_an_answer(client_of, faye, charlie, ada):
    """Would catch a question whose answer nobody can be shown."""
    group = make_group(actor=ada, facilitator=faye, members=(), name="Early birds", join_policy="ask")
    requests.ask(member=charlie, group=group)
    answer = client_of(faye).post(url("join_rules", group), fields(group, join_policy="hidden", sure="1"))
    assert answer.status_code == 200 and "Answer first, then hide the group." in answer.content.decode()
    group.refresh_from_db()
    assert group.join_policy == "ask"


def test_who_has_asked_is_offered_a_seat_when_the_group_opens(client_of, faye, charlie, bob, ada):
    """Would catch a question that nobody needs to answer any more and that hangs for ever."""
    group = make_group(actor=ada, facilitator=faye, members=(), name="Early birds", join_policy="ask", capacity=2)
    for person in (charlie, bob):
        requests.ask(member=person, group=group, message="Hello.")
    client_of(faye).post(url("join_rules", group), fields(group, join_policy="open", sure="1"))
    assert dict(group.join_requests.values_list("member__name", "state")) == {"Charlie": "offered", "Bob": "waiting"}
    assert not JoinRequest.objects.exclude(message="").exists()
    assert not Membership.objects.filter(member=charlie).exists()


def test_two_who_change_the_join_rules_at_once_do_not_overwrite_each_other(client_of, faye, ada, group):
    """Would catch a form that closes a group that somebody else has just opened."""
    stale = fields(group, capacity="9")
    client_of(ada).post(url("join_rules", group), fields(group, join_policy="ask", sure="1"))
    client = client_of(faye)
    answer = client.post(url("join_rules", group), stale | {"sure": "1"})
    page = answer.content.decode()
    assert "Somebody else changed this in the meantime" in page and "What holds now" in page and 'value="9"' in page
    group.refresh_from_db()
    assert (group.join_policy, group.capacity) == ("ask", None)
    assert answer.context["form"]["etag"].value() == group.join_rules_etag


def test_a_name_that_is_taken_is_said_when_a_hidden_group_comes_out(client_of, faye, group, hidden_group):
    """Would catch a server error from the database's constraint; a hidden group may share its name, a listed one may not."""
    type(hidden_group).objects.filter(pk=hidden_group.pk).update(name=group.name)
    answer = client_of(faye).post(url("join_rules", hidden_group), fields(hidden_group, join_policy="invited", sure="1"))
    assert answer.status_code == 200 and "has this name" in answer.content.decode()


PAST = [("all", "everything that was written before they came"), ("joining", "only what's written after they join")]


@pytest.mark.parametrize(("history_visibility", "words"), PAST)
def test_what_newcomers_see_is_said_to_everyone(client_of, charlie, alice, ada, faye, history_visibility, words):
    """Would catch somebody who writes, or comes in, without knowing who will read."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", history_visibility=history_visibility)
    assert words in page_of(client_of(charlie), group)
    assert words in page_of(client_of(alice), group)
    conversation = text_of(client_of(alice).get(chat_url(group.channels.get())))
    assert ("People who join later can read it too." in conversation) == (history_visibility == "all")
    assert ("People who join later don’t see it." in conversation) == (history_visibility == "joining")


def test_what_was_written_for_those_who_were_there_stays_closed_when_the_past_is_opened(client_of, charlie, pat, alice, ada, faye):
    """Would catch a switch that shows newcomers what nobody wrote for them; also for one who belonged before, left and comes again."""
    group = make_group(actor=ada, facilitator=faye, members=(alice, pat), name="Early birds", history_visibility="joining")
    channel = group.channels.get()
    say(alice, channel, "Between us.")
    actions.leave(member=pat, group=group)
    assert client_of(faye).post(url("join_rules", group), fields(group, history_visibility="all", sure="1")).status_code == 302
    assert notices(group) == ["left", "past_all"]
    assert "nothing older" in page_of(client_of(charlie), group)
    say(alice, channel, "For all who come.")
    for person in (charlie, pat):
        client_of(person).post(url("join", group), join_fields(group))
        assert bodies(person, channel) == ["For all who come."], person
        missed = reading.missed(member=person.pk, channel=channel.pk, after=0)
        assert "Between us." not in "".join(change.row for change in missed.changes)
    assert bodies(alice, channel) == ["Between us.", "For all who come."], "who was there loses nothing"


def test_closing_the_past_and_opening_it_again_opens_nothing_between(charlie, alice, ada, faye):
    """Would catch a second switch that forgets the first."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", history_visibility="all")
    channel = group.channels.get()
    for history_visibility, line in (("joining", "Before."), ("all", "Between us.")):
        say(alice, channel, line)
        group.refresh_from_db()
        policy.change(
            actor=faye, group=group, join_policy="open", capacity=None, history_visibility=history_visibility, etag=group.join_rules_etag
        )
    actions.join(member=charlie, group=group, agreed_version=1)
    assert bodies(charlie, channel) == []
    assert notices(group) == ["past_joining", "past_all"]


def test_closing_the_past_takes_nothing_from_who_is_there(client_of, charlie, bob, alice, faye, group, channel):
    """Would catch a rule for newcomers that reaches those who came before."""
    say(alice, channel, "For all.")
    client_of(faye).post(url("join_rules", group), fields(group, history_visibility="joining", sure="1"))
    assert bodies(bob, channel) == ["For all."]
    client_of(charlie).post(url("join", group), join_fields(group))
    assert bodies(charlie, channel) == []
    assert Participant.objects.get(member=bob, channel=channel).first_seq == 1


def test_the_capacity_alone_is_changed_at_once_where_nobody_is_concerned(client_of, faye, group):
    client = client_of(faye)
    assert client.post(url("join_rules", group), fields(group, capacity="8")).status_code == 302
    refused = client.post(url("join_rules", group), fields(group, capacity="0"))
    assert refused.status_code == 200 and "A group holds at least one person." in refused.content.decode()
    fewer = client.post(url("join_rules", group), fields(group, capacity="2")).content.decode()
    assert "3 places are taken. Nobody has to leave" in fewer
    group.refresh_from_db()
    assert group.capacity == 8
    assert "The group holds up to 8." in page_of(client, group)


def test_the_list_says_each_join_policy_in_words(client_of, charlie, ada, faye):
    """Would catch a group of which one has to try who may join."""
    rules = (("a", "open", None), ("b", "ask", None), ("c", "invited", None), ("d", "open", 1), ("e", "ask", 1))
    for letter, join_policy, capacity in rules:
        make_group(actor=ada, facilitator=faye, members=(), name=f"Group {letter}", join_policy=join_policy, capacity=capacity)
    page = text_of(client_of(charlie).get(reverse("peers:list")))
    for words in ("Group a Open", "Group b Ask to join", "Group c By invitation", "Group d Full: you can wait", "Group e Ask to join Full"):
        assert words in page, words
    assert "Looked after by Faye" in page
