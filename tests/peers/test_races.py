"""Two requests about one membership at once, and a person who leaves between the page and the press."""

import pytest
from django.urls import reverse

from community.kit.models import AuditEntry
from community.members.people import closing
from community.members.people.closing_models import AccountClosing
from community.members.settings import closing_actions
from groups.chat.models import Message
from groups.peers import actions, rules
from groups.peers.models import Membership
from tests.races import at_once, meet

pytestmark = pytest.mark.postgresql


@pytest.fixture
def all_read_first(monkeypatch):
    """Nobody changes a membership before the others have read it: without the lock, all would have read the same."""
    read = actions.membership_of

    def together(group, member):
        found = read(group, member)
        meet()
        return found

    monkeypatch.setattr(actions, "membership_of", together)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("all_read_first")
def test_two_joins_at_once_make_one_membership(charlie, group):
    """Would catch two "joined" notices, or an error page for the second press."""

    def join(_number):
        return actions.join(member=charlie, group=group, agreed_version=group.agreement_version).pk

    assert set(at_once(join, (1, 2))) == {Membership.objects.get(group=group, member=charlie).pk}
    assert Message.objects.filter(kind="notice", body="joined", author=charlie).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("all_read_first")
def test_a_removal_and_a_leaving_at_once_end_the_membership_once(alice, faye, group):
    """Would catch a removed person who takes the removal back, because their own leaving was written over it."""

    def end(by_herself):
        try:
            if by_herself:
                actions.leave(member=alice, group=group)
            else:
                actions.remove(actor=faye, group=group, member=alice)
        except actions.Refused:
            return False
        return True

    assert sorted(at_once(end, (True, False))) == [False, True]
    assert Message.objects.filter(kind="notice", body__in=["left", "removed"], author=alice).count() == 1


@pytest.mark.django_db
def test_removing_or_appointing_somebody_who_has_just_left_is_said_plainly(client_of, ada, alice, group, monkeypatch):
    """Would catch a server error where two people look after a group at once."""
    ask = rules.belongs
    client = client_of(ada)
    for name, fields in (("remove", {}), ("appoint", {"role": "facilitator"})):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(actions.rules, "belongs", lambda m: ask(m) and m.member_id != alice.pk)
            meanwhile.setattr(actions.rules, "can_remove", lambda *_: True)
            answer = client.post(reverse(f"peers:{name}", args=[group.pk, alice.pk]), fields, follow=True)
        assert answer.status_code == 200 and "They aren&#x27;t in the group." in answer.content.decode(), name


@pytest.mark.django_db
def test_the_people_page_notes_an_admin_from_outside_but_not_its_facilitator(client_of, ada, faye, hidden_group):
    """Would catch a roster read past the group page's own note of it."""
    for person in (ada, faye):
        assert client_of(person).get(reverse("peers:people", args=[hidden_group.pk])).status_code == 200
    assert list(AuditEntry.objects.filter(verb="peers.look").values_list("actor", flat=True)) == [ada.pk]


@pytest.mark.django_db(transaction=True)
def test_who_asks_to_go_while_they_are_appointed_does_one_of_both(ada, alice, faye, group, monkeypatch):
    """Would catch somebody who alone looks after a group, and whose account closes all the same."""
    actions.step_down(member=faye, group=group)
    first = closing.what_comes_first

    def late(member):
        found = first(member)
        meet()
        return found

    monkeypatch.setattr(closing, "what_comes_first", late)

    def do(goes):
        try:
            if goes:
                closing_actions.ask_for_closing(member=alice, empties_messages=False)
            else:
                meet()
                actions.appoint(actor=ada, group=group, member=alice, role="facilitator")
        except actions.Refused:
            return False
        return True

    assert sorted(at_once(do, (True, False))) == [False, True]
    assert Membership.objects.get(member=alice, group=group).leads != AccountClosing.objects.filter(pk=alice.pk).exists()
