"""Lost phone, lost mailbox, last admin: somebody gets in again, and nobody else by that way."""

import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from community.kit.errors import Refused
from community.kit.models import AuditEntry, QueuedEmail
from community.members.models import AddressChange, Invitation, SignInHelp, User
from community.members.people import recovery
from community.members.people.actions import close_account, suspend, take_role
from community.members.roles import Role
from community.members.signing_in import addresses
from tests.answers import told
from tests.cast import PASSWORD, make_person
from tests.members.signing_in.test_factors import set_up

ADDRESS, OVERVIEW = "/me/address/", "/accounts/signing-in/"


def help_page(person):
    return f"/staff/people/{person.pk}/help-in/"


def link_in(email):
    return re.search(r"http://localhost:\d+(/\S+)", email.body)[1]


def emails_to(to):
    return [email for email in mail.outbox if email.to == [to]]


@pytest.mark.parametrize("what", ["factors", "address", "code"])
def test_nobody_is_helped_in_whose_account_is_closed(alice, ada, client_of, what):
    """A page that was open since before: an account that nobody has was given an address once more, and a reason that tells of them."""
    admin = client_of(ada)
    assert admin.get(help_page(alice)).status_code == 200
    close_account(actor=ada, member=alice)
    mail.outbox.clear()
    fields = {"what": what, "reason": "She came to the office.", "email": "alice@example.net"}
    assert admin.post(help_page(alice), fields).status_code == 404 == admin.get(help_page(alice)).status_code
    with pytest.raises(Refused, match="isn't open"):  # closed in the moment between
        helps(what)(actor=ada, member=alice, reason="She came to the office.")
    assert not SignInHelp.objects.exists() and not AddressChange.objects.exists() and not mail.outbox


def helps(what):
    address = partial(addresses.request_change, email="alice@example.net")
    return {"factors": recovery.take_factors_off, "address": address, "code": recovery.give_code}[what]


# ------------------------------------------------------------------- a lost phone


def test_an_admin_takes_the_second_step_off_and_the_person_learns_it(alice, ada, client_of):
    """Somebody whose phone lies in a lake; and an admin who could otherwise do it without a trace."""
    hers = client_of(alice)
    set_up(hers)
    mail.outbox.clear()
    answer = client_of(ada).post(help_page(alice), {"what": "factors", "reason": "She came to the office."})
    assert answer["Location"] == "/staff/people/" and not Authenticator.objects.filter(user=alice).exists()
    assert hers.get("/today/").status_code == 302, "whoever has the phone is signed out"
    assert AuditEntry.objects.filter(actor=ada, verb="members.take_factors_off", target=alice.pk).exists()
    email = emails_to("alice@example.org")[0]
    assert "choose a new one" in email.body and "Alice" not in email.body
    client = Client()
    assert client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})["Location"] == "/today/"
    assert "How you sign in was changed" in client.get("/today/").content.decode()
    told = client.get(OVERVIEW).content.decode()
    assert "Ada did it on" in told and "She came to the office." in told
    client.get(OVERVIEW)
    client.post("/me/helped/")
    assert "Ada did it on" not in client.get(OVERVIEW).content.decode()
    assert "How you sign in was changed" not in client.get("/today/").content.decode()


def test_who_waits_at_the_second_step_while_it_is_taken_off_begins_anew(alice, ada, client_of):
    """Two pages that lead to each other for ever, on the very phone that somebody waits at while staff help them in."""
    set_up(client_of(alice))
    client = Client()
    assert client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})["Location"] == "/accounts/second-step/"
    client_of(ada).post(help_page(alice), {"what": "factors", "reason": "She came to the office."})
    for path in ("/accounts/login/", "/today/"):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200 and answer.redirect_chain[-1:] != [("/accounts/second-step/", 302)]
    assert client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})["Location"] == "/today/"


def test_the_emails_link_gives_a_new_password_that_no_admin_knows(alice, ada, client_of):
    client_of(ada).post(help_page(alice), {"what": "factors", "reason": "In person."})
    client = Client()
    form = client.get(link_in(emails_to(alice.email)[0]), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "the coat on the chair"})
    assert Client().login(email=alice.email, password="the coat on the chair")


@pytest.mark.parametrize("what", ["factors", "address", "nonsense", ""])
def test_without_a_reason_nothing_is_done(alice, ada, client_of, what):
    answer = client_of(ada).post(help_page(alice), {"what": what, "reason": " ", "email": "new@example.org"})
    assert answer.status_code == 200 and not SignInHelp.objects.exists() and not AddressChange.objects.exists()


def test_what_was_typed_comes_back_with_the_error(alice, ada, client_of):
    page = client_of(ada).post(help_page(alice), {"what": "address", "reason": "In person.", "email": "no address"}).content.decode()
    assert 'value="In person."' in page and 'value="no address"' in page and "There is a problem" in page


def test_nobody_helps_themselves_in(ada, client_of):
    """An admin whose session was taken over must not lose the factor to whoever took it."""
    assert client_of(ada).get(help_page(ada)).status_code == 404
    for act in (
        lambda: recovery.take_factors_off(actor=ada, member=ada, reason="Me."),
        lambda: addresses.request_change(actor=ada, member=ada, email="new@example.org", reason="Me."),
    ):
        with pytest.raises(Refused, match="can't do that for yourself"):
            act()
    assert Authenticator.objects.filter(user=ada).exists()


@pytest.mark.parametrize("who", ["alice", "faye", "mo", "pat"])
def test_only_admins_help(request, bob, client_of, who):
    client = client_of(request.getfixturevalue(who))
    for answer in (client.get(help_page(bob)), client.post(help_page(bob), {"what": "factors", "reason": "x"})):
        assert answer.status_code == 404
    assert not SignInHelp.objects.exists()


# ------------------------------------------------------------------- another address


def test_a_new_address_counts_when_it_is_confirmed_and_not_before(alice, client_of):
    """A typing error that locks somebody out, or a mailbox that is not theirs."""
    client = client_of(alice)
    client.post(ADDRESS, {"email": " New@Example.org "})
    asked, confirm = emails_to("alice@example.org")[0], emails_to("new@example.org")[0]
    assert "new@example.org" not in asked.body
    guest = Client()
    assert guest.get(link_in(confirm)).status_code == 200
    alice.refresh_from_db()
    assert alice.email == "alice@example.org", "opening the link changes nothing: mail scanners open it"
    assert "From now on you sign in with it." in guest.post(link_in(confirm)).content.decode()
    alice.refresh_from_db()
    assert alice.email == "new@example.org"
    assert guest.post(link_in(confirm)).status_code == guest.get(link_in(asked)).status_code == 404
    assert "no longer used" in emails_to("alice@example.org")[1].body
    assert guest.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD}).status_code == 200
    assert guest.post("/accounts/login/", {"login": "new@example.org", "password": PASSWORD}).status_code == 302


def test_a_taken_address_answers_like_a_free_one(alice, bob, client_of):
    """Else any member could ask who else is here."""
    client = client_of(alice)
    taken, free = (told(client.post(ADDRESS, {"email": email}), email) for email in ("bob@example.org", "new@example.org"))
    assert taken == free and taken[0] == 200
    assert not emails_to("bob@example.org") and len(emails_to("new@example.org")) == 1
    assert len(emails_to("alice@example.org")) == 2, "her own mailbox must not tell either"


def test_an_address_that_was_taken_meanwhile_is_not_given_twice(alice, bob, client_of):
    client_of(alice).post(ADDRESS, {"email": "new@example.org"})
    User.objects.filter(pk=bob.pk).update(email="new@example.org")
    assert Client().post(link_in(emails_to("new@example.org")[0])).status_code == 404
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_the_present_mailbox_can_stop_it(alice, client_of):
    client_of(alice).post(ADDRESS, {"email": "new@example.org"})
    stop, guest = link_in(emails_to("alice@example.org")[0]), Client()
    assert guest.get(stop).status_code == 200 and AddressChange.objects.waiting().exists()
    assert "It is stopped" in guest.post(stop).content.decode()
    assert guest.post(link_in(emails_to("new@example.org")[0])).status_code == 404
    assert guest.get(stop).status_code == 404


def test_a_second_change_ends_the_first(alice, client_of):
    client = client_of(alice)
    for address in ("first@example.org", "second@example.org"):
        client.post(ADDRESS, {"email": address})
    guest = Client()
    assert guest.post(link_in(emails_to("first@example.org")[0])).status_code == 404
    assert guest.post(link_in(emails_to("second@example.org")[0])).status_code == 200


def test_a_link_runs_out(alice, client_of):
    client_of(alice).post(ADDRESS, {"email": "new@example.org"})
    with time_machine.travel(AddressChange.objects.get().expires_at + timedelta(seconds=1)):
        assert Client().get(link_in(emails_to("new@example.org")[0])).status_code == 404
        addresses.let_holds_end()
    assert not AddressChange.objects.exists(), "an address that somebody mistyped is kept no longer than its link"


def test_changes_of_address_are_limited(alice, client_of):
    """Letters to strangers, one after another."""
    client = client_of(alice)
    pages = [client.post(ADDRESS, {"email": f"new{n}@example.org"}).content.decode() for n in range(6)]
    assert ["You can try again in" in page for page in pages] == [False] * 5 + [True]
    assert QueuedEmail.objects.filter(template="address_confirm").count() == 5


def test_links_for_a_new_password_die_with_the_old_address(alice, client_of):
    """Whoever reads the old mailbox would else come in after the change."""
    Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    reset = link_in(emails_to("alice@example.org")[0])
    client_of(alice).post(ADDRESS, {"email": "new@example.org"})
    Client().post(link_in(emails_to("new@example.org")[0]))
    assert "This link has run out" in Client().get(reset, follow=True).content.decode()


def test_an_admins_change_waits_a_day_and_can_be_stopped(alice, ada, client_of):
    """Somebody who talks an admin into it must not be in before Alice has read her mail."""
    client_of(ada).post(help_page(alice), {"what": "address", "email": "new@example.org", "reason": "Rang her."})
    guest, confirm = Client(), link_in(emails_to("new@example.org")[0])
    assert "it counts from" in guest.post(confirm).content.decode()
    addresses.let_holds_end()
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
    with time_machine.travel(AddressChange.objects.get().holds_until + timedelta(seconds=1)):
        addresses.let_holds_end()
    alice.refresh_from_db()
    assert alice.email == "new@example.org" and "no longer used" in emails_to("alice@example.org")[1].body
    assert AuditEntry.objects.filter(actor=ada, verb="members.change_address", target=alice.pk).exists()


def test_a_confirmed_change_on_hold_is_stopped_from_the_old_mailbox(alice, ada):
    addresses.request_change(actor=ada, member=alice, email="new@example.org", reason="Rang her.")
    Client().post(link_in(emails_to("new@example.org")[0]))
    Client().post(link_in(emails_to("alice@example.org")[0]))
    with time_machine.travel(AddressChange.objects.get().holds_until + timedelta(days=1)):
        addresses.let_holds_end()
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


# ------------------------------------------------------------------- the last admin


@pytest.mark.parametrize(
    "end",
    [
        lambda admin: suspend(actor=admin, member=admin),
        lambda admin: take_role(actor=admin, member=admin, role=Role.ADMIN),
        lambda admin: close_account(actor=admin, member=admin),
    ],
)
def test_the_last_admin_stays_one_who_can_sign_in(end, ada):
    """A site that nobody can run any more. Where there are two, it is still nobody's own to do."""
    with pytest.raises(Refused, match="Ada is the only admin"):
        end(ada)
    amos = make_person("amos", Role.ADMIN)
    with pytest.raises(Refused) as refusal:
        end(ada)
    assert refusal.value.code == "self"
    suspend(actor=amos, member=ada)
    with pytest.raises(Refused, match="only admin"):
        end(amos)


def test_rescue_lets_an_admin_in_again(ada, client_of, capsys):
    User.objects.filter(pk=ada.pk).update(suspended_at="2026-01-01T00:00:00Z")
    hers = client_of(ada)
    call_command("rescue", "Ada@example.org")
    told = capsys.readouterr().out
    assert "the code from their app" in told and "second factor" not in told
    path = re.search(r"http://localhost:\d+(/\S+)", told)[1]
    client = Client()
    form = client.get(path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "the coat on the chair"})
    client.post("/accounts/login/", {"login": ada.email, "password": "the coat on the chair"})
    assert client.get("/today/")["Location"].startswith(OVERVIEW), "and a factor comes first"
    set_up(client)
    assert client.get("/staff/people/").status_code == 200 and hers.get("/staff/people/").status_code == 302
    assert "The person who runs the server did it on" in client.get(OVERVIEW).content.decode()
    assert "This link has run out" in Client().get(path, follow=True).content.decode()


@pytest.mark.parametrize("address", ["mo@example.org", "alice@example.org", "nobody@example.org"])
def test_rescue_is_for_admins_alone(ada, mo, alice, address):
    """A command for one person must not become a way into any account."""
    with pytest.raises(CommandError, match=r"No admin has this address\. Admins are: ada@example\.org"):
        call_command("rescue", address)
    assert not mail.outbox and Authenticator.objects.filter(user=mo).exists()


def test_rescue_invites_a_new_admin_where_none_is_left(db, capsys):
    call_command("rescue", "new@example.org", "--invite")
    assert Invitation.objects.get().role == Role.ADMIN and "/invitation/" in capsys.readouterr().out
    with pytest.raises(CommandError, match="open invitation"):
        call_command("rescue", "new@example.org", "--invite")
