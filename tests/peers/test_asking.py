"""A group that is asked, and one that invites: who reads the question, what becomes of it, and that nobody is put in silently."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community.kit.models import AuditEntry
from groups.chat.models import Message, Participant
from groups.peers import actions
from groups.peers.join import policy, requests
from groups.peers.models import JoinRequest, Membership
from tests.cast import make_group, make_person
from tests.peers.pages import join_fields, page_of, today, url

pytestmark = pytest.mark.django_db
LINE = "I finished in May and my evenings are long."


@pytest.fixture
def asked(ada, faye, alice, bob):
    """A group that one asks to join; Alice and Bob are in it."""
    return make_group(actor=ada, facilitator=faye, members=(alice, bob), name="Early birds", join_policy="ask")


def state_of(member, group):
    return JoinRequest.objects.get(member=member, group=group).state


def test_a_question_reaches_who_answers_and_nobody_else(client_of, charlie, faye, ada, alice, pat, asked):
    """Would catch a message that other members, or staff who do not look after the group, can read."""
    client = client_of(charlie)
    form = page_of(client, asked)
    assert (
        "The people who look after the group read it: Faye. Coordinators and admins can read it too." in form
        and "no set time for an answer" in form
    )
    assert client.post(url("ask", asked), {"message": LINE}).status_code == 302
    assert LINE in page_of(client, asked) and "You've asked to join" in page_of(client, asked)
    assert "You've asked" in client.get(reverse("peers:list")).content.decode()
    assert "1 person is asking to join." in today(client_of(faye))
    for person in (faye, ada):
        assert LINE in page_of(client_of(person), asked), person
        assert LINE in client_of(person).get(url("answer", asked, charlie.pk)).content.decode(), person
    for person in (alice, pat):
        assert "Charlie" not in page_of(client_of(person), asked)
        assert "asking to join" not in today(client_of(person))
        assert client_of(person).get(url("answer", asked, charlie.pk)).status_code == 403
    assert not Membership.objects.filter(member=charlie).exists()


def test_a_yes_is_an_offer_that_the_asker_accepts_with_the_agreement(client_of, charlie, faye, asked):
    """Would catch somebody who belongs without having agreed, or who never hears of the yes."""
    client = client_of(charlie)
    client.post(url("ask", asked), {"message": LINE})
    assert client_of(faye).post(url("answer", asked, charlie.pk), {"verdict": "yes", "answer": "Glad you ask."}).status_code == 302
    assert not Membership.objects.filter(member=charlie).exists()
    assert "the answer is yes" in today(client)
    page = page_of(client, asked)
    assert "Yes: a place is yours" in page and "Glad you ask." in page and "Faye wrote this to you." in page
    assert client.post(url("join", asked), {"version": 1}).status_code == 200, "the agreement has to be accepted"
    assert not Membership.objects.filter(member=charlie).exists()
    assert client.post(url("join", asked), join_fields(asked)).status_code == 302
    assert Membership.objects.get(member=charlie).agreed_version == 1
    assert state_of(charlie, asked) == "came"
    assert list(AuditEntry.objects.filter(actor=faye, verb="peers.say_yes").values_list("target", flat=True)) == [str(charlie.pk)]


def test_a_no_is_told_kindly_and_once_and_can_be_asked_again_after_a_while(client_of, charlie, faye, asked, time_machine):
    """Would catch a no that nobody hears of, that Today repeats for ever, or that is asked again the next minute."""
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    client = client_of(charlie)
    client.post(url("ask", asked), {})
    client_of(faye).post(url("answer", asked, charlie.pk), {"verdict": "no", "answer": "We are many just now."})
    assert "Your request has an answer." in today(client)
    page = page_of(client, asked)
    assert "no, for now" in page and "We are many just now." in page and "You can ask again starting" in page
    assert "Your request has an answer." not in today(client)
    assert "You can&#x27;t ask to join this group right now." in client.post(url("ask", asked), {}).content.decode()
    time_machine.move_to(now + timedelta(days=30, seconds=1), tick=False)
    client = client_of(charlie)
    assert client.post(url("ask", asked), {}).status_code == 302
    assert state_of(charlie, asked) == "asked"


def test_the_message_is_stored_only_until_it_is_answered_or_withdrawn(client_of, charlie, pat, faye, asked):
    """Would catch the promise under the box, broken."""
    for person in (charlie, pat):
        client_of(person).post(url("ask", asked), {"message": LINE})
    client_of(faye).post(url("answer", asked, charlie.pk), {"verdict": "no"})
    client_of(pat).post(url("take_back", asked))
    assert not JoinRequest.objects.exclude(message="").exists()
    assert state_of(pat, asked) == "taken back"
    assert LINE not in page_of(client_of(faye), asked)
    assert client_of(faye).get(url("answer", asked, pat.pk)).status_code == 404


@pytest.mark.postgresql
def test_asking_is_idempotent_and_a_long_message_stays_in_the_box(client_of, charlie, asked):
    """Would catch a second question by a double click, and words lost to an error."""
    client = client_of(charlie)
    refused = client.post(url("ask", asked), {"message": "x" * 201})
    assert refused.status_code == 200 and "x" * 201 in refused.content.decode() and "At most 200 can be kept" in refused.content.decode()
    for _ in range(2):
        assert client.post(url("ask", asked), {"message": LINE}).status_code == 302
    assert JoinRequest.objects.filter(member=charlie).count() == 1
    assert AuditEntry.objects.filter(actor=charlie, verb="peers.ask").count() == 1


def test_questions_without_end_are_slowed(client_of, charlie, ada, faye):
    """Would catch a member who keeps every facilitator busy."""
    groups = [make_group(actor=ada, facilitator=faye, members=(), name=f"Group {name}", join_policy="ask") for name in "abcdef"]
    client = client_of(charlie)
    answers = [client.post(url("ask", group), {}) for group in groups]
    assert [answer.status_code for answer in answers] == [302] * 5 + [200]
    assert "You&#x27;ve asked several groups today." in answers[-1].content.decode()


def test_who_asks_cannot_come_in_before_the_answer_nor_read(client_of, charlie, asked):
    """Would catch a join form posted by hand."""
    client = client_of(charlie)
    client.post(url("ask", asked), {})
    answer = client.post(url("join", asked), join_fields(asked))
    assert answer.status_code == 200 and "open to you anymore" in answer.content.decode()
    assert not Participant.objects.filter(member=charlie).exists()


def test_a_facilitator_who_was_made_a_member_answers_nothing_any_more(client_of, charlie, faye, ada, asked):
    """Would catch a right that lives on in an open session."""
    client = client_of(faye)
    requests.ask(member=charlie, group=asked)
    assert client.get(url("answer", asked, charlie.pk)).status_code == 200
    actions.appoint(actor=ada, group=asked, member=faye, role="member")
    assert client.post(url("answer", asked, charlie.pk), {"verdict": "yes"}).status_code == 403
    assert state_of(charlie, asked) == "asked"
    assert "asking to join" not in today(client)
    assert "1 person is asking to join." in today(client_of(ada)), "where nobody else can answer, the admins are told"


@pytest.mark.postgresql
def test_two_who_answer_one_question_hear_of_each_other(client_of, charlie, faye, ada, asked):
    """Would catch a no written over a yes."""
    requests.ask(member=charlie, group=asked)
    requests.answer(actor=ada, group=asked, member=charlie, yes=True)
    with pytest.raises(actions.Refused) as refused:
        requests.answer(actor=faye, group=asked, member=charlie, yes=False)
    assert refused.value.code == "answered"
    assert state_of(charlie, asked) == "offered"


def test_an_invitation_into_a_hidden_group_shows_it_and_puts_nobody_in(client_of, charlie, faye, hidden_group):
    """Would catch somebody put into a group silently, and an invitation to a page that they may not open."""
    wrong = client_of(faye).post(url("people", hidden_group), {"name": "Nobody"})
    assert wrong.status_code == 200 and "goes by that name" in wrong.content.decode()
    assert client_of(faye).post(url("people", hidden_group), {"name": "charlie"}).status_code == 302
    assert not Participant.objects.filter(member=charlie).exists()
    client = client_of(charlie)
    assert "You&#x27;re invited to this group." in today(client)
    assert hidden_group.name in client.get(reverse("peers:list")).content.decode()
    page = page_of(client, hidden_group)
    assert "Faye invited you" in page and "Alice" not in page
    assert client.get(reverse("chat:conversation", args=[hidden_group.channels.get().pk])).status_code == 404
    assert client.post(url("join", hidden_group), join_fields(hidden_group)).status_code == 302
    assert "Alice" in page_of(client, hidden_group)


@pytest.mark.parametrize("how", ["turned down", "taken back"])
def test_a_hidden_group_is_gone_again_when_its_invitation_is_over(client_of, charlie, faye, hidden_group, how):
    """Would catch an invitation that opens a hidden group for good."""
    client = client_of(charlie)
    requests.invite(actor=faye, group=hidden_group, member=charlie)
    assert client.get(url("group", hidden_group)).status_code == 200
    if how == "turned down":
        answer = client.post(url("take_back", hidden_group))
        assert answer["Location"] == reverse("peers:list")
    else:
        assert client_of(faye).post(url("withdraw", hidden_group, charlie.pk)).status_code == 302
    assert client.get(url("group", hidden_group)).status_code == 404
    assert client.post(url("join", hidden_group), join_fields(hidden_group)).status_code == 404
    assert hidden_group.name not in today(client) + client.get(reverse("peers:list")).content.decode()


def test_a_group_by_invitation_is_seen_but_not_entered(client_of, charlie, faye, ada):
    """Would catch a group that looks closed and is not."""
    group = make_group(actor=ada, facilitator=faye, members=(), name="Early birds", join_policy="invited")
    client = client_of(charlie)
    assert "By invitation" in client.get(reverse("peers:list")).content.decode()
    assert "join this group by invitation" in page_of(client, group)
    assert "open to you anymore" in client.post(url("join", group), join_fields(group)).content.decode()
    for name in ("ask", "wait"):
        client.post(url(name, group))
    assert not JoinRequest.objects.filter(member=charlie).exists() and not Membership.objects.filter(member=charlie).exists()


def test_who_was_removed_neither_joins_nor_asks_nor_waits_until_invited(client_of, bob, faye, asked):
    """Would catch a way around a removal."""
    actions.remove(actor=faye, group=asked, member=bob)
    client = client_of(bob)
    assert "You can be invited again" in page_of(client, asked)
    for name in ("ask", "wait", "join"):
        client.post(url(name, asked), join_fields(asked))
    assert not JoinRequest.objects.filter(member=bob).exclude(state="came").exists()
    requests.invite(actor=faye, group=asked, member=bob)
    assert client.post(url("join", asked), join_fields(asked)).status_code == 302
    assert Message.objects.filter(author=bob, body="joined", channel__group=asked).count() == 2


def test_an_admin_does_not_let_themself_in(client_of, ada, asked, hidden_group):
    """Would catch an admin who gives themself what was said in a group."""
    client = client_of(ada)
    client.post(url("ask", asked), {"message": LINE})
    assert "asking to join" not in today(client)
    assert client.get(url("answer", asked, ada.pk)).status_code == 403
    assert client.post(url("answer", asked, ada.pk), {"verdict": "yes"}).status_code == 403
    assert state_of(ada, asked) == "asked"
    refused = client.post(url("people", hidden_group), {"name": "Ada"})
    assert "has to let you in" in refused.content.decode()
    assert not JoinRequest.objects.filter(member=ada, group=hidden_group).exists()


def test_a_question_of_somebody_who_was_paused_does_not_show_them_a_hidden_group(client_of, charlie, faye, asked):
    """Would catch a question that nobody could answer, and that keeps a hidden group in sight when its asker comes back."""
    requests.ask(member=charlie, group=asked)
    type(charlie).objects.filter(pk=charlie.pk).update(suspended_at=timezone.now())
    policy.change(actor=faye, group=asked, join_policy="hidden", capacity=None, history_visibility="all", etag=asked.join_rules_etag)
    type(charlie).objects.filter(pk=charlie.pk).update(suspended_at=None)
    assert client_of(charlie).get(url("group", asked)).status_code == 404


@pytest.mark.postgresql
def test_whose_account_is_paused_is_neither_invited_nor_listed(client_of, faye, asked):
    """Would catch a facilitator who waits for somebody who cannot answer."""
    away = make_person("walter")
    requests.ask(member=away, group=asked, message=LINE)
    type(away).objects.filter(pk=away.pk).update(suspended_at=timezone.now())
    assert LINE not in page_of(client_of(faye), asked)
    assert "goes by that name" in client_of(faye).post(url("people", asked), {"name": "Walter"}).content.decode()


@pytest.mark.postgresql
def test_of_two_whose_names_look_alike_the_one_named_is_invited(client_of, faye, bob, charlie, hidden_group):
    """An invitation that goes to the other one, or an error where two had their names before they were taken for alike."""
    people = type(charlie).objects
    people.filter(pk=charlie.pk).update(name="Łukasz", name_key="lukasz")
    people.filter(pk=bob.pk).update(name="Lukasz", name_key="lukasz 2")
    assert client_of(faye).post(url("people", hidden_group), {"name": "Lukasz"}).status_code == 302
    assert state_of(bob, hidden_group) == "offered"
