"""A report about a moderator: it comes to the admins too, and never to the person whom it is about."""

import uuid

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from community.safety import actions
from community.safety.models import Report
from groups.chat import actions as chat
from groups.peers import actions as peers
from tests.cast import make_person

pytestmark = pytest.mark.django_db
DESK = "/staff/reports/"


def case(report):
    return reverse("safety:case", args=[report.pk])


def told(client, report):
    """What the page after reporting says."""
    return client.get(reverse("safety:reported", args=[report.pk])).content.decode()


def pause(*people):
    for person in people:
        person.is_active = False
        person.save()


@pytest.fixture
def said(bob, channel):
    return chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Of Bob.")


@pytest.fixture
def about_bob(said, alice):
    return actions.report(member=alice, kind="message", target_id=said.pk, reason="other")


@pytest.fixture
def about_mo(alice, mo, group, channel):
    peers.join(member=mo, group=group, agreed_version=1)
    own = chat.send(member=mo, channel=channel.pk, client_id=uuid.uuid4(), body="Of Mo.")
    return actions.report(member=alice, kind="message", target_id=own.pk, reason="danger")


def test_a_report_about_the_only_moderator_is_seen_and_decided_by_an_admin(client_of, mo, ada, about_mo, about_bob):
    """It was seen by nobody."""
    admin = client_of(ada)
    assert f'href="{DESK}"' in admin.get("/today/").content.decode() and "1 report waits, 1 urgent" in admin.get("/today/").content.decode()
    desk = admin.get(DESK).content.decode()
    assert case(about_mo) in desk and case(about_bob) not in desk
    assert "Of Mo." in admin.get(case(about_mo)).content.decode()
    assert admin.post(case(about_mo), {"decision": "hidden", "why": "x", "kind_note": "A note."}).status_code == 302
    assert "Recently decided" in admin.get(DESK).content.decode() and f'href="{DESK}"' in admin.get("/today/").content.decode()
    assert Report.objects.get(pk=about_mo.pk).decided_by == ada


def test_whom_it_is_about_never_sees_it(client_of, mo, about_mo):
    client = client_of(mo)
    assert case(about_mo) not in client.get(DESK).content.decode() and "report waits" not in client.get("/today/").content.decode()
    for ask in (client.get, client.post):
        assert ask(case(about_mo), {"decision": "none", "why": "x", "kind_note": "x"}).status_code == 404
    mo.groups.add(Group.objects.get(name="admin"))
    assert client.get(case(about_mo)).status_code == 404, "a moderator who is an admin too"


def test_an_admin_finds_no_other_report(client_of, ada, about_bob):
    """Admins would read what members wrote in groups that they do not belong to."""
    client = client_of(ada)
    assert client.get(DESK).status_code == 404 and f'href="{DESK}"' not in client.get("/today/").content.decode()
    for ask in (client.get, client.post):
        assert ask(case(about_bob), {"decision": "hidden", "why": "x", "kind_note": "x"}).status_code == 404
    assert Report.objects.get().decision == ""


def test_the_desk_follows_the_roles_while_people_are_signed_in(client_of, bob, ada, about_bob):
    admin, moderators = client_of(ada), Group.objects.get(name="moderator")
    bob.groups.add(moderators)
    assert admin.get(case(about_bob)).status_code == 200
    bob.groups.remove(moderators)
    for ask in (admin.get, admin.post):
        assert ask(case(about_bob), {"decision": "none", "why": "x", "kind_note": "x"}).status_code == 404
    bob.groups.add(moderators)
    ada.groups.clear()
    assert admin.get(case(about_bob)).status_code == admin.get(DESK).status_code == 404


def test_the_action_asks_again_who_decides(mo, ada, about_bob, about_mo):
    """A caller that forgot to ask the desk."""
    for actor, report in ((ada, about_bob), (mo, about_mo)):
        with pytest.raises(actions.Refused, match="can't decide"):
            actions.decide(actor=actor, report=report, decision="none", why="x")


def test_what_a_reporter_is_told_is_true_of_who_can_look(client_of, alice, mo, ada, about_mo, about_bob):
    client = client_of(alice)
    assert "A moderator will look at this." in told(client, about_bob)
    assert "One of the staff will look at this, and not the person it's about." in told(client, about_mo)
    other = make_person("max", "moderator")
    assert "A moderator will look at this." in told(client, about_mo)
    pause(other, ada)
    assert "nobody here can look at this" in told(client, about_mo) and "will look" not in told(client, about_mo)
    pause(mo)
    assert "nobody here can look at this" in told(client, about_bob) and 'href="/help/"' in told(client, about_bob)
