"""A coordinator brings people in and makes groups: gives no role, reads no conversation, and has no way into the editor."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.urls import reverse
from wagtail.models import GroupCollectionPermission, GroupPagePermission

from cms.admin.tree import ensure_tree
from community.kit.errors import Refused
from community.kit.models import AuditEntry
from community.members.invitations import cohorts
from community.members.invitations.actions import invite, resend, revoke
from community.members.models import Invitation, User
from community.members.roles import Role
from community.members.settings.closing_actions import ask_for_closing
from groups.peers.models import JoinRequest
from groups.peers.suggestions import actions as suggestions

DESK = "/staff/people/"


@pytest.fixture
def client(client_of, cora):
    return client_of(cora)


@pytest.fixture
def of_staff(ada):
    """An invitation that gives a role."""
    return invite(actor=ada, email="nina@example.org", role=Role.ADMIN)[0]


def as_stored(invitation):
    return Invitation.objects.values_list("key_hash", "role", "revoked_at", "expires_at").get(pk=invitation.pk)


def test_wagtail_knows_nothing_of_the_role(client, cora):
    """A permission that hangs on the role's group would be a door that no page of ours shows."""
    ensure_tree()
    group = Group.objects.get(name=Role.COORDINATOR)
    assert not group.permissions.exists()
    assert not GroupPagePermission.objects.filter(group=group).exists()
    assert not GroupCollectionPermission.objects.filter(group=group).exists()
    assert not cora.get_all_permissions() and client.get("/cms/").status_code == 404
    assert "/cms/" not in client.get("/today/").content.decode()


def test_a_coordinator_invites_members_and_nobody_with_a_role(client, ada, cora):
    """Who may invite but not appoint would make themselves an admin with a second mailbox."""
    assert client.post(DESK + "invite/", {"email": "robin@example.org", "role": "alumnus"}).status_code == 302
    assert Invitation.objects.get().role == ""
    assert "Invite as" not in client.get(DESK).content.decode()
    for role in Role:
        answer = client.post(DESK + "invite/", {"email": "nina@example.org", "role": role})
        assert answer.status_code == 200 and "There is a problem" in answer.content.decode()
        with pytest.raises(Refused, match="Only an admin"):
            invite(actor=cora, email="nina@example.org", role=role)
    assert Invitation.objects.count() == 1 == len(mail.outbox)


def test_an_admin_still_chooses_a_role(client_of, ada):
    page = client_of(ada).get(DESK).content.decode()
    assert "Invite as" in page and all(str(role.label) in page for role in Role)


def test_an_invitation_that_gives_a_role_is_the_admins_to_change(client, cora, of_staff):
    """Sent again, one that has run out would be a new way to a role that an admin gave up."""
    before = as_stored(of_staff)
    for act in ("resend", "revoke"):
        page = client.post(f"/staff/invitations/{of_staff.pk}/{act}/", follow=True).content.decode()
        assert "Only an admin can change it." in page
    for act in (resend, revoke):
        with pytest.raises(Refused, match="Only an admin"):
            act(actor=cora, invitation=of_staff)
    Invitation.objects.update(expires_at="2026-01-01T00:00Z")
    page = client.post(DESK + "invite/", {"email": "nina@example.org", "role": "alumnus"}).content.decode()
    assert "Only an admin can change it." in page
    assert as_stored(of_staff)[:3] == before[:3] and len(mail.outbox) == 1
    listed = client.get(f"{DESK}?show=invited").content.decode()
    assert "nina@example.org" in listed and "Send again" not in listed


def test_nor_does_a_whole_cohort_carry_it_along(client, cora, ada):
    cohort = cohorts.make_cohort(actor=ada, name="Finished in May", buddy=None)
    of_staff = invite(actor=ada, email="nina@example.org", role=Role.ADMIN, cohort=cohort)[0]
    invite(actor=ada, email="robin@example.org", cohort=cohort)
    before = as_stored(of_staff)
    client.post(reverse("members:resend_cohort", args=[cohort.pk]))
    client.post(reverse("members:revoke_cohort", args=[cohort.pk]))
    assert as_stored(of_staff) == before
    assert Invitation.objects.get(email="robin@example.org").revoked_at


def test_the_menu_of_a_person_holds_what_this_viewer_may_do(client, client_of, ada, alice):
    """Links that lead a coordinator to pages which are not there for them."""
    page, admins = client.get(DESK).content.decode(), client_of(ada).get(DESK).content.decode()
    for name in ("person", "help_in", "pause", "close"):
        link = reverse(f"members:{name}", args=[alice.pk])
        assert f'"{link}"' in admins and f'"{link}"' not in page and client.get(link).status_code == 404
    suggest = reverse("suggestions:person", args=[alice.pk])
    assert suggest in admins and suggest in page and "alice@example.org" not in page


def test_that_somebody_is_leaving_is_for_admins_alone(client, client_of, ada, alice):
    """Whoever changes their mind within the week was to have told nobody; a coordinator sees them as paused, as members do."""
    ask_for_closing(member=alice, empties_messages=False)
    page, admins = client.get(DESK).content.decode(), client_of(ada).get(DESK).content.decode()
    assert "Paused" in page and "Closes" not in page and "Closes" in admins


def test_what_a_coordinator_reads_of_everybody_is_said(client, client_of, ada, cora, alice):
    """Where roles are given, and to everybody on the privacy page."""
    assert "Joined" in client.get(DESK).content.decode()
    for page in (client_of(ada).get(f"/staff/people/{cora.pk}/"), client_of(alice).get("/privacy/")):
        assert "roles, when they joined and whose account is paused" in page.content.decode()


def test_an_address_finds_nobody_for_who_is_not_shown_addresses(client, alice):
    """Whoever has an address would learn behind which name it is."""
    client.post(DESK, {"sought": "alice@example.org"})
    page = client.get(DESK).content.decode()
    assert "0 people for" in page and "whole e-mail address" not in page


def test_a_coordinator_sees_every_group_which_is_noted_and_reads_none(client, cora, hidden_group):
    page = client.get(f"/groups/{hidden_group.pk}/").content.decode()
    assert "Alice" in page and "stays closed to you" in page and "as an admin" not in page
    assert AuditEntry.objects.filter(actor=cora, target=str(hidden_group.pk)).exists()
    channel = hidden_group.channels.get()
    for rest in ("", "history/"):
        assert client.get(f"/chat/{channel.pk}/{rest}").status_code == 404


def test_groups_are_suggested_to_one_person_who_decides(client, client_of, hidden_group, alice, charlie, faye):
    """The way for who came without a cohort; who is in it already, or was removed, is left alone, and the page tells neither."""
    address = reverse("suggestions:person", args=[charlie.pk])
    assert "Choose at least one group." in client.post(address, {}).content.decode()
    assert "Suggested. Charlie decides." in client.post(address, {"groups": [hidden_group.pk]}, follow=True).content.decode()
    assert hidden_group.join_requests.get(member=charlie).state == "offered"
    assert "This group is suggested to you." in client_of(charlie).get("/today/").content.decode()
    inside = reverse("suggestions:person", args=[alice.pk])
    assert "Suggested. Alice decides." in client.post(inside, {"groups": [hidden_group.pk]}, follow=True).content.decode()
    assert not JoinRequest.objects.filter(group=hidden_group, member=alice).open().exists()
    assert AuditEntry.objects.filter(verb="peers.suggest_groups", target__in=[str(charlie.pk), str(alice.pk)]).count() == 2


def test_nobody_suggests_a_group_to_themselves(client, cora, ada, hidden_group):
    """The way into any conversation, for who may read none: an offer to oneself, or to a cohort that one belongs to."""
    assert client.get(reverse("suggestions:person", args=[cora.pk])).status_code == 404
    assert client.post(reverse("suggestions:person", args=[cora.pk]), {"groups": [hidden_group.pk]}).status_code == 404
    with pytest.raises(Refused, match="let yourself in"):
        suggestions.suggest_to(actor=cora, member=cora, groups=[hidden_group])
    cohort = cohorts.make_cohort(actor=ada, name="Finished in May", buddy=None)
    Invitation.objects.create(email=cora.email, key_hash="0" * 64, cohort=cohort, member=cora, answered_at="2026-01-01T00:00Z")
    client.post(reverse("suggestions:cohort", args=[cohort.pk]), {"groups": [hidden_group.pk]})
    assert hidden_group.suggestions.exists() and not JoinRequest.objects.filter(group=hidden_group, member=cora).exists()


def test_who_is_paused_or_lost_the_right_is_left_out(client, cora, charlie, hidden_group):
    User.objects.filter(pk=charlie.pk).update(suspended_at="2026-01-01T00:00Z")
    assert client.get(reverse("suggestions:person", args=[charlie.pk])).status_code == 404
    with pytest.raises(Refused, match="not open"):
        suggestions.suggest_to(actor=cora, member=charlie, groups=[hidden_group])
    with pytest.raises(Refused, match="coordinator or an admin"):
        suggestions.suggest_to(actor=charlie, member=cora, groups=[hidden_group])
