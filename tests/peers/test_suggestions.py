"""Groups suggested to a cohort: seen and joined by its people alone, by accepting the agreement, until somebody shows them out."""

import pytest
from django.core import mail

from community.kit.errors import Refused
from community.members.invitations import cohorts
from community.members.models import User
from groups.peers import actions
from groups.peers.models import Membership, PeerGroup, Suggestion
from groups.peers.suggestions import actions as suggestions
from tests.cast import AGREEMENT
from tests.joining import join, link_in

pytestmark = pytest.mark.postgresql


def newcomer(client, actor, cohort, name):
    """Invite somebody into a cohort and have them join with `client`."""
    cohorts.invite_all(actor=actor, cohort=cohort, addresses=[f"{name.lower()}@example.org"])
    join(client, link_in(mail.outbox[-1]), name=name)
    return User.objects.get(name=name)


@pytest.fixture
def may(ada, hidden_group):
    cohort = cohorts.make_cohort(actor=ada, name="Finished in May", buddy=None)
    suggestions.suggest_groups(actor=ada, cohort=cohort, groups=[hidden_group])
    return cohort


@pytest.fixture
def june(ada, group):
    return cohorts.make_cohort(actor=ada, name="Finished in June", buddy=None)


def sees(client, group):
    answers = {client.get(f"/groups/{group.pk}/").status_code == 200, group.name in client.get("/groups/").content.decode()}
    assert len(answers) == 1
    return answers.pop()


def accept(client, group):
    return client.post(f"/groups/{group.pk}/join/", {"version": group.agreement_version, "agreed": "on"})


def test_a_hidden_group_is_seen_by_those_it_is_suggested_to_alone(client, client_of, ada, may, june, hidden_group, charlie):
    """A suggestion that opens a hidden group to everybody, or to another cohort."""
    assert newcomer(client, ada, may, "Robin")
    other = client_of(newcomer(client.__class__(), ada, june, "Sparrow"))
    assert sees(client, hidden_group) and not sees(other, hidden_group) and not sees(client_of(charlie), hidden_group)
    assert accept(other, hidden_group).status_code == 404 == accept(client_of(charlie), hidden_group).status_code
    assert accept(client, hidden_group).status_code == 302
    assert set(hidden_group.memberships.current().values_list("member__name", flat=True)) == {"Faye", "Alice", "Robin"}


def test_what_is_suggested_no_more_is_gone_for_who_did_not_join(client, client_of, ada, may, hidden_group):
    """A group that was suggested by mistake stays open for ever; or one that shuts out who has joined."""
    robin = newcomer(client, ada, may, "Robin")
    late = client_of(newcomer(client.__class__(), ada, may, "Sparrow"))
    accept(client, hidden_group)
    suggestions.suggest_groups(actor=ada, cohort=may, groups=[])
    assert sees(client, hidden_group) and not sees(late, hidden_group) and accept(late, hidden_group).status_code == 404
    assert Membership.objects.current().filter(group=hidden_group, member=robin).exists()


def test_who_was_removed_is_not_led_back_in_by_the_suggestion(client, ada, may, faye, hidden_group):
    """A way around a facilitator's decision."""
    robin = newcomer(client, ada, may, "Robin")
    accept(client, hidden_group)
    actions.remove(actor=faye, group=hidden_group, member=robin)
    assert not sees(client, hidden_group) and accept(client, hidden_group).status_code == 404
    assert "Quiet corner" not in client.get("/welcome/groups/").content.decode()


def test_people_of_a_hidden_group_read_that_it_is_suggested(client_of, ada, alice, may, hidden_group):
    """Who is in it was told that nobody else knows of it."""
    page = client_of(alice).get(f"/groups/{hidden_group.pk}/").content.decode()
    assert "Staff suggest it to people who were invited together" in page and "Finished in May" not in page
    suggestions.suggest_groups(actor=ada, cohort=may, groups=[])
    assert "Staff suggest it" not in client_of(alice).get(f"/groups/{hidden_group.pk}/").content.decode()


def test_staff_choose_the_groups_of_a_cohort(client_of, ada, may, group, hidden_group):
    client, path = client_of(ada), f"/staff/cohorts/{may.pk}/groups/"
    assert "Quiet corner (hidden)" in client.get(path).content.decode()
    assert client.post(path, {"groups": [str(group.pk)]})["Location"] == f"/staff/cohorts/{may.pk}/"
    assert set(Suggestion.objects.values_list("group__name", flat=True)) == {"Tuesday evening"}
    assert "Tuesday evening" in client.get(f"/staff/cohorts/{may.pk}/").content.decode()
    assert "There is a problem" in client.post(path, {"groups": ["nonsense"]}).content.decode()
    assert Suggestion.objects.count() == 1


@pytest.mark.parametrize("join_policy", ["open", "hidden"])
def test_a_cohort_forms_a_group_of_its_own(client, client_of, ada, faye, june, join_policy):
    """It is led by who was named and empty else, until its people accept its agreement."""
    newcomer(client, ada, june, "Robin")
    fields = {
        "name": "First weeks",
        "purpose": "For the first weeks.",
        "agreement": AGREEMENT,
        "join_policy": join_policy,
        "history_visibility": "all",
    }
    path = f"/staff/cohorts/{june.pk}/new-group/"
    assert 'value="Finished in June"' in client_of(ada).get(path).content.decode()
    assert "There is a problem" in client_of(ada).post(path, fields).content.decode() and not Suggestion.objects.exists()
    client_of(ada).post(path, fields | {"facilitator": str(faye.pk)})
    made = PeerGroup.objects.get(name="First weeks")
    assert list(made.memberships.values_list("member__name", "role")) == [("Faye", "facilitator")]
    assert "First weeks" in client.get("/groups/").content.decode() and accept(client, made).status_code == 302


@pytest.mark.parametrize("who", ["alice", "faye", "pat", "mo"])
def test_only_an_admin_suggests_groups(who, request, ada, may, group, faye):
    """A facilitator who sends their group to people who were not asked for it."""
    person = request.getfixturevalue(who)
    fields = {"name": "x", "purpose": "x", "agreement": "x", "join_policy": "open", "history_visibility": "all", "facilitator": faye}
    for act in (
        lambda: suggestions.suggest_groups(actor=person, cohort=may, groups=[group]),
        lambda: suggestions.make_group(actor=person, cohort=may, **fields),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "forbidden"
    assert set(Suggestion.objects.values_list("group__name", flat=True)) == {"Quiet corner"}
