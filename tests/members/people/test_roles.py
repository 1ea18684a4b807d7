"""Giving roles and taking them away: by admins alone, at once, written down, and never so that nobody is left who could."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse

from community.kit.errors import Refused
from community.kit.models import AuditEntry
from community.members.models import User
from community.members.people.actions import give_role, suspend, take_role
from community.members.roles import HOLDERS, Right, Role, rights_of
from tests.cast import make_person


def page_of(person):
    return reverse("members:person", args=[person.pk])


def give(client, person, role):
    return client.post(reverse("members:give", args=[person.pk, role]), follow=True).content.decode()


def take(client, person, role):
    return client.post(reverse("members:take", args=[person.pk, role]), follow=True).content.decode()


def roles_of(person):
    return set(User.objects.get(pk=person.pk).roles)


def test_every_right_is_held_by_some_role_and_by_no_more_than_it_needs():
    """A right that nobody has, or one that came with a role by mistake: this is the whole table, said a second time on purpose."""
    assert set(HOLDERS) == set(Right)
    assert {role: {right.value for right in rights_of(role)} for role in Role} == {
        Role.PUBLISHER: {"write", "announce"},
        Role.REVIEWER: {"review"},
        Role.MODERATOR: {"moderate"},
        Role.COORDINATOR: {"invite", "make_groups", "announce"},
        Role.ADMIN: {
            "invite",
            "write_again",
            "pause",
            "close",
            "help_in",
            "appoint",
            "make_groups",
            "set_up",
            "write",
            "every_audience",
            "announce",
            "moderate_moderators",
        },
    }


def test_a_member_has_no_right_at_all(alice, faye, group):
    """Facilitating is a role in one group: it opens nothing in the house."""
    assert not [right for person in (alice, faye) for right in Right if person.may(right)]


@pytest.mark.parametrize("role", Role)
def test_a_role_is_given_taken_and_written_down(client_of, ada, alice, role):
    admin = client_of(ada)
    assert f"Alice has this role now: {role.label}" in give(admin, alice, role)
    assert roles_of(alice) == {role}
    give(admin, alice, role)
    assert f"Alice no longer has this role: {role.label}" in take(admin, alice, role)
    assert roles_of(alice) == set()
    trail = AuditEntry.objects.filter(target=str(alice.pk)).order_by("at", "id").values_list("actor", "verb")
    assert list(trail) == [(ada.pk, f"members.give_{role}"), (ada.pk, f"members.take_{role}")], "twice given is given once"


def test_the_page_says_what_each_role_may_do_from_the_table_of_the_rules(client_of, ada, faye, group):
    page = client_of(ada).get(page_of(faye)).content.decode()
    for role in Role:
        assert str(role.label) in page
        for right in rights_of(role):
            assert f"<li>{right.label}</li>".replace("'", "&#x27;") in page, right
    assert "Facilitator of a group" in page and f'href="/groups/{group.pk}/people/"' in page and group.name in page


def test_nobody_takes_their_own_admin_role(client_of, ada):
    """The last admin would lock the house from inside."""
    admin = client_of(ada)
    assert "Only another admin can take this from you" in admin.get(page_of(ada)).content.decode()
    assert "Ada is the only admin. Make somebody else an admin first." in take(admin, ada, "admin")
    make_person("omar", Role.ADMIN)
    assert "cannot take this role from yourself" in take(admin, ada, "admin")
    give(admin, ada, "publisher")
    take(admin, ada, "publisher")
    assert roles_of(ada) == {"admin"}


def test_one_of_two_admins_can_be_let_go_and_the_last_stays(client_of, ada):
    other = make_person("omar", Role.ADMIN)
    take(client_of(ada), other, "admin")
    assert roles_of(other) == set()
    assert take(client_of(other), ada, "admin") and roles_of(ada) == {"admin"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [take_role, suspend])
def test_of_two_admins_who_turn_on_each_other_at_once_one_stays(ada, act):
    """Both were right when they asked; together they would leave a house without an admin."""
    other = make_person("omar", Role.ADMIN)
    start, refused = threading.Barrier(2), []

    def turn(actor, member):
        try:
            start.wait()
            more = {"role": Role.ADMIN} if act is take_role else {}
            act(actor=actor, member=member, **more)
        except Refused as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=turn, args=pair) for pair in ((ada, other), (other, ada))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["forbidden"]
    assert User.objects.active().filter(groups__name="admin").count() == 1


def test_who_lost_the_right_meanwhile_gives_nothing(ada, alice):
    """A page that was open when the right ended; the action asks the database, not the person as they were read."""
    ada.roles  # noqa: B018  (read before it ends)
    User.objects.get(pk=ada.pk).groups.clear()
    assert ada.may(Right.APPOINT)
    with pytest.raises(Refused, match="can no longer give roles"):
        give_role(actor=ada, member=alice, role=Role.ADMIN)
    with pytest.raises(Refused, match="can no longer give roles"):
        take_role(actor=ada, member=alice, role=Role.ADMIN)
    assert roles_of(alice) == set()


def test_a_paused_account_gets_no_role(client_of, ada, alice):
    suspend(actor=ada, member=alice)
    admin = client_of(ada)
    assert "account is not open" in give(admin, alice, "moderator") and "account is not open" in admin.get(page_of(alice)).content.decode()
    assert roles_of(alice) == set()


@pytest.mark.parametrize("role", ["superuser", "Editors", "facilitator", "ADMIN"])
def test_what_is_no_role_cannot_be_given(client_of, ada, alice, role):
    """Django's groups are names in an address here: any other group of the database must stay out of reach."""
    Group.objects.get_or_create(name="Editors")
    assert client_of(ada).post(f"/staff/people/{alice.pk}/give/{role}/").status_code == 404
    assert not User.objects.get(pk=alice.pk).groups.exists()


def test_the_people_page_leads_to_each_person(client_of, ada, alice):
    assert f'href="{page_of(alice)}"' in client_of(ada).get("/staff/people/").content.decode()
