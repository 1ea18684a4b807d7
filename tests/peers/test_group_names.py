"""What a group may be called: something that can be read, unlike every other group and unlike the house."""

import pytest

from groups.peers.models import PeerGroup
from tests.cast import AGREEMENT, make_group
from tests.peers.pages import url

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def said(client_of, ada, faye):
    """What the page says where an admin makes a group of this name; "" where it was made."""

    def make(name):
        fields = {
            "name": name,
            "purpose": "A talk.",
            "agreement": AGREEMENT,
            "join_policy": "open",
            "history_visibility": "all",
            "facilitator": faye.pk,
        }
        answer = client_of(ada).post("/groups/new/", fields)
        return (
            ""
            if answer.status_code == 302
            else " ".join(str(error) for errors in answer.context["form"].errors.values() for error in errors)
        )

    return make


@pytest.mark.parametrize("name", ["\u200b", "\u2800", "\u3164", "\u202e", "Tues\u200bday", "🙂", "...", "\u0301", "Z" + "\u0335" * 9])
def test_a_name_that_cannot_be_read_is_refused(said, name):
    """A group without a name in every list."""
    assert said(name)
    assert not PeerGroup.objects.exists()


@pytest.mark.parametrize(
    "name", ["Tuеsday evening", "TUESDAY EVENING", "Tuesday-evening", "Tuesday  evening", "Tuesday eveníng", "Tuesday evenlng"]
)
def test_a_name_that_looks_like_anothers_is_refused(said, group, client_of, ada, faye, name):
    """Two groups that nobody can tell apart: one with a letter of another script. The other form says the same."""
    assert "looks like it" in said(name)
    other = make_group(actor=ada, facilitator=faye, members=(), name="Early birds")
    fields = {"etag": other.etag, "name": name, "purpose": other.purpose, "agreement": other.agreement}
    assert "looks like it" in client_of(faye).post(url("edit", other), fields).content.decode()


@pytest.mark.parametrize(
    "name", ["Admin", "ADMINS", "Аdmin", "Mainstay staff", "The Mainstay team", "Moderators", "Support", "S t a f f", "Official support"]
)
def test_a_group_is_not_called_as_the_house(said, name):
    """A group whose words would be taken for those of staff."""
    assert "taken for staff" in said(name)


@pytest.mark.parametrize(
    "name",
    ["Family support", "Mainstay mornings", "Thursday team", "Support for parents", "田中の会", "राम समूह", "Group 2", "Kim’s 👩‍💻 hour"],
)
def test_ordinary_names_are_welcome(said, group, name):
    """A rule against impostors that turns groups away."""
    assert said(name) == ""


def test_a_name_of_before_the_rule_stays_until_it_is_changed(client_of, faye, group):
    """A purpose that cannot be changed because the name beside it would be refused today."""
    PeerGroup.objects.filter(pk=group.pk).update(name="Admin")
    group.refresh_from_db()
    fields = {"etag": group.etag, "name": "Admin", "purpose": "For mornings.", "agreement": group.agreement}
    assert client_of(faye).post(url("edit", group), fields).status_code == 302


def test_a_hidden_group_s_name_tells_nothing_to_who_may_not_know_of_it(said, client_of, ada, bob, hidden_group):
    """ "Another group has this name" about a group that is in no list: anybody who looks after a group could guess."""
    group = make_group(actor=ada, facilitator=bob, members=(), name="Early birds")
    fields = {"etag": group.etag, "name": hidden_group.name, "purpose": group.purpose, "agreement": group.agreement}
    assert client_of(bob).post(url("edit", group), fields).status_code == 302
    assert "looks like it" in said(hidden_group.name), "to an admin, who sees both"
