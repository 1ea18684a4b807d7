"""An address that comes or goes: what counts when, what is deleted, and what is told to whom."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.kit.errors import Refused
from community.kit.mail import OutboxBackend
from community.members.invitations.actions import invite, revoke
from community.members.invitations.cohorts import make_cohort
from community.members.joining import actions as joining_actions
from community.members.models import AddressChange, Invitation, User
from community.members.people import actions as people
from community.members.people.actions import give_role
from community.members.roles import Role
from community.members.signing_in import addresses
from tests.cast import make_person
from tests.joining import card, join, link_in, reach
from tests.members.test_without_address import page, signs_in
from tests.races import at_once, meet

ADDRESS, AWAY = "/me/address/", "/me/address/away/"
NEW = "the coat on the chair"


@pytest.fixture
def dot(db):
    """A member who signs in by a name and has no address."""
    return make_person("dot", sign_in="Tea at dawn")


def everything():
    """All that the database holds, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found.append(str(cursor.fetchall()))
    return "".join(found)


def test_an_address_is_added_and_the_sign_in_name_stays(dot, client_of):
    client = client_of(dot)
    assert "Add an address" in page(client, ADDRESS)
    client.post(ADDRESS, {"email": "dot@example.org"})
    assert [email.to for email in mail.outbox] == [["dot@example.org"]]
    Client().post(link_in(mail.outbox[0]))
    assert signs_in("dot@example.org") and signs_in("Tea at dawn")


def test_a_thiefs_address_is_stopped_from_the_account(dot, client_of):
    """There is no old mailbox that could."""
    client = client_of(dot)
    addresses.request_change(member=dot, email="thief@example.org")
    assert "thief@example.org" in page(client, "/me/")
    assert "Stopped" in client.post("/me/address/stop/", follow=True).content.decode()
    assert Client().post(link_in(mail.outbox[0])).status_code == 404 and "thief@" not in page(client, "/me/")


def test_an_admin_enters_an_address_which_counts_a_day_later(dot, ada, client_of):
    client = client_of(dot)
    client_of(ada).post(f"/staff/people/{dot.pk}/help-in/", {"what": "address", "email": "dot@example.org", "reason": "She came by."})
    assert "Ada entered dot@example.org" in page(client, "/me/")
    assert "it counts from" in Client().post(link_in(mail.outbox[0])).content.decode()
    assert User.objects.get(pk=dot.pk).email is None
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        addresses.let_holds_end()
    assert User.objects.get(pk=dot.pk).email == "dot@example.org" and len(mail.outbox) == 1


def test_an_address_is_taken_away_and_its_mailbox_told(alice, client_of):
    client = client_of(alice)
    addresses.request_change(member=alice, email="another@example.org")
    mail.outbox.clear()
    assert "alice@example.org" in page(client, AWAY)
    assert "required" in client.post(AWAY, {}).content.decode()
    client.post(AWAY, {"sign_in": "Two spoons"})
    alice.refresh_from_db()
    assert (alice.email, alice.sign_in_name) == (None, "Two spoons") and not EmailAddress.objects.filter(user=alice).exists()
    assert [email.to for email in mail.outbox] == [["alice@example.org"]] and "no longer used" in mail.outbox[0].body
    assert signs_in("two spoons") and not signs_in("alice@example.org") and client.get("/me/").status_code == 200
    assert not AddressChange.objects.waiting().exists()


def test_an_address_that_was_taken_away_is_in_no_row_anymore(ada, client_of):
    """Not with the invitation that they answered either, on the page of its cohort, nor with an earlier change."""
    cohort = make_cohort(actor=ada, name="Finished in May", buddy=None)
    revoke(actor=ada, invitation=invite(actor=ada, email="robin@example.org")[0])
    mail.outbox.clear()
    invite(actor=ada, email="robin@example.org", cohort=cohort)
    OutboxBackend().send_messages([mail.outbox[-1]])
    join(Client(), link_in(mail.outbox[0]))
    robin = User.objects.get(email="robin@example.org")
    addresses.request_change(member=robin, email="wren@example.org")
    Client().post(link_in(mail.outbox[-1]))
    addresses.request_change(member=robin, email="robin@example.org")
    Client().post(link_in(mail.outbox[-1]))
    assert User.objects.get(pk=robin.pk).email == "robin@example.org" and "robin@example.org" in everything()
    client_of(User.objects.get(pk=robin.pk)).post(AWAY, {"sign_in": "Two spoons"})
    assert "robin@example.org" not in everything() and "wren@example.org" not in everything()
    for path in (f"/staff/cohorts/{cohort.pk}/", f"/staff/cohorts/{cohort.pk}/?state=joined"):
        assert "No longer kept" in page(client_of(ada), path) and ">None<" not in page(client_of(ada), path)
    assert Invitation.objects.get(member=robin).cohort == cohort


def test_who_has_a_sign_in_name_keeps_it(dot, client_of):
    User.objects.filter(pk=dot.pk).update(email="dot@example.org")
    client = client_of(User.objects.get(pk=dot.pk))
    assert 'name="sign_in"' not in page(client, AWAY)
    client.post(AWAY, {"sign_in": "Another"})
    assert User.objects.get(pk=dot.pk).sign_in_name == "Tea at dawn" and signs_in("Tea at dawn")


def test_a_sign_in_name_that_is_taken_keeps_the_address(dot, alice, client_of):
    told = client_of(alice).post(AWAY, {"sign_in": "tea at dawn"}).content.decode()
    assert "isn&#x27;t available" in told and User.objects.get(pk=alice.pk).email


def test_two_who_choose_one_sign_in_name_at_once_are_told_of_it(dot, alice, ada, client_of, monkeypatch):
    """The second was told that their shown name is taken, and sent back to the page that asks for it."""
    client, link = Client(), card(ada)
    reach(client, link, "password/")
    client.post(f"{link}sign-in/", {"sign_in": "Two spoons"})
    for module in (addresses, joining_actions):
        monkeypatch.setattr(module, "free_sign_in_name", lambda name, **kwargs: name)
    told = client_of(alice).post(AWAY, {"sign_in": "Tea at dawn"}).content.decode()
    assert "That sign-in name" in told and "Somebody here has that name" not in told
    dot.sign_in_by("Two spoons")
    dot.save()
    assert client.post(f"{link}password/", {"password": NEW})["Location"] == f"{link}sign-in/"


def test_staff_and_who_could_not_come_back_keep_their_address(mo, alice, client_of):
    assert "staff need an e-mail address" in client_of(mo).post(AWAY, {"sign_in": "Two spoons"}).content.decode()
    User.objects.filter(pk=alice.pk).update(password="!")
    client = client_of(User.objects.get(pk=alice.pk))
    assert "Choose a password or add a passkey first" in client.post(AWAY, {"sign_in": "Two spoons"}).content.decode()
    assert User.objects.filter(pk__in=[mo.pk, alice.pk]).exclude(email=None).count() == 2


def test_taking_an_address_away_asks_for_proof(alice):
    client = Client()
    client.force_login(alice)
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        assert client.post(AWAY, {"sign_in": "Two spoons"})["Location"].startswith("/accounts/again/")
    assert User.objects.get(pk=alice.pk).email


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_goes_without_an_address_while_they_become_staff_does_one_of_both(ada, alice, monkeypatch):
    """Would catch a moderator whom neither the rescue nor an e-mail finds."""

    def late(check):
        def run(*people):
            found = check(*people)
            meet()
            return found

        return run

    monkeypatch.setattr(addresses, "check_taking_away", late(addresses.check_taking_away))
    monkeypatch.setattr(people, "_check_appointing", late(people._check_appointing))

    def do(goes):
        try:
            if goes:
                addresses.take_away(member=alice, sign_in="Two spoons")
            else:
                give_role(actor=ada, member=alice, role=Role.MODERATOR)
        except Refused:
            return False
        return True

    assert sorted(at_once(do, (True, False))) == [False, True]
    alice = User.objects.get(pk=alice.pk)
    assert alice.is_staff == bool(alice.email)
