"""One mailbox is one person, at every door that takes an address; and accounts from before share one without anybody being shut out."""

import re
from datetime import timedelta
from functools import cache
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.utils import timezone

from community.kit.errors import Refused
from community.kit.models import OutboxEmail
from community.members.invitations import address_lists, cohorts
from community.members.invitations.actions import invite, revoke
from community.members.models import AddressChange, Invitation, User
from community.members.people.actions import close_account
from community.members.roles import Role
from community.members.signing_in import addresses, shared_mailboxes
from tests.cast import PASSWORD, make_person
from tests.joining import join, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

MIGRATION = "0012_canonical_addresses"
LOGIN, RESET, MINE = "/accounts/login/", "/accounts/password/reset/", "/me/address/"
KEPT, MUNICH = "zoe@example.org", "zoe@xn--mnchen-3ya.de"
SPELLINGS = ["Zoe@Example.org", "zoe@example.org\u200b", "zoe@ｅxample.org", "ｚｏｅ＠example。org"]


@cache
def models_of_then():
    """The models as the migration that gave addresses one spelling knew them."""
    return MigrationLoader(None).project_state(("members", MIGRATION)).apps


def spell_all():
    import_module(f"community.members.migrations.{MIGRATION}").spell_all(models_of_then(), None)


def opens(login, password=PASSWORD):
    """The name of whoever is signed in by that; nothing where nobody is."""
    client = Client(REMOTE_ADDR=f"192.0.2.{opens.count % 250}")
    opens.count += 1
    client.post(LOGIN, {"login": login, "password": password})
    return User.objects.filter(pk=client.session.get("_auth_user_id")).values_list("name", flat=True).first()


opens.count = 0


def stored(name, email, password=PASSWORD, days_ago=None):
    """An account as releases before kept it: with its address as it was typed."""
    person = make_person(name)
    person.set_password(password)
    person.last_login = None if days_ago is None else timezone.now() - timedelta(days=days_ago)
    person.email = email
    person.save()
    EmailAddress.objects.filter(user=person).update(email=email)
    return person


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_mailbox_is_invited_once(ada, client_of, spelling):
    """Three invitations to one mailbox, and accounts of which two can never be opened."""
    invite(actor=ada, email=KEPT)
    page = client_of(ada).post("/staff/people/invite/", {"email": spelling, "role": "alumnus"}).content.decode()
    assert "This address has an open invitation" in page and f'value="{spelling}"' in page
    [line] = cohorts.check(address_lists.read(f"Zoe,{spelling}")).bad
    assert "open invitation" in line.reason
    assert [invitation.email for invitation in Invitation.objects.all()] == [KEPT]


def test_a_pasted_list_counts_a_mailbox_once():
    """Spellings that differ only to a computer."""
    lines = address_lists.read("\n".join([KEPT, *SPELLINGS, f"Zoe <{SPELLINGS[1]}>", "zoe@münchen.de", MUNICH]))
    assert [line.address for line in lines if line.address] == [KEPT, MUNICH]
    assert all("stands in line" in line.reason for line in lines if not line.address)


def test_who_is_invited_in_one_spelling_signs_in_by_every_other(ada, client):
    """Chromium sends the domain as the name servers know it, a password manager as it was typed."""
    invite(actor=ada, email="Zoe@MÜNCHEN.de")
    assert mail.outbox[0].to == [MUNICH]
    join(client, link_in(mail.outbox[0]), password="a cup on the table")
    assert User.objects.filter(email=MUNICH).count() == EmailAddress.objects.filter(email=MUNICH, verified=True).count() == 1
    for typed in ("zoe@münchen.de", MUNICH, "ZOE@MÜNCHEN.DE", "zoe@mu\u0308nchen.de", "zoe@münchen.de\u200b"):
        assert opens(typed, "a cup on the table") == "Robin", typed
    with pytest.raises(Refused, match="is here already"):
        invite(actor=ada, email="zoe@münchen.de")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_new_password_comes_to_every_spelling(spelling):
    make_person("zoe")
    Client().post(RESET, {"email": spelling})
    assert [email.to for email in mail.outbox] == [[KEPT]]


def test_guesses_are_counted_for_the_mailbox(alice):
    """Five guesses for each way to write an address are guesses without end."""
    typed = ["alice@example.org", *(f"alice@example.org{invisible}" for invisible in "\u200b\u200c\u200d\u2060"), "alice@ｅxample.org"]
    pages = [Client().post(LOGIN, {"login": each, "password": "x"}) for each in typed]
    assert [b"You have tried several times" in page.content for page in pages] == [False] * 5 + [True]


def test_emails_are_counted_for_the_mailbox(ada):
    """An address that may get four e-mails gets four for each spelling."""
    for spelling in ("zoe@example.org", *SPELLINGS[:3]):
        invitation, _key = invite(actor=ada, email=spelling)
        revoke(actor=ada, invitation=invitation)
    with pytest.raises(Refused) as refusal:
        invite(actor=ada, email=SPELLINGS[3])
    assert refusal.value.code == "rate_limited"


@pytest.mark.parametrize("spelling", ["bob@example.org\u200b", "bob@ｅxample.org"])
def test_a_change_of_address_gives_nobody_anothers_mailbox(alice, bob, client_of, spelling):
    client_of(alice).post(MINE, {"email": spelling})
    assert AddressChange.objects.get().email == "bob@example.org" and [email.to for email in mail.outbox] == [["alice@example.org"]]
    page = client_of(alice).post(MINE, {"email": "alice@example.org\u200b"}).content.decode()
    assert "That is the current address." in page


def test_ones_address_is_shown_in_its_own_emails(alice, client_of):
    """What a member is told to sign in with must be what they know."""
    shared_mailboxes.set_address(alice, MUNICH)
    assert "zoe@münchen.de" in client_of(alice).get("/me/").content.decode()


def test_rescue_takes_any_spelling_and_says_what_is_none(ada, capsys):
    call_command("rescue", "ada@ｅxample.org\u200b")
    assert "choose a new password" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Write an e-mail address"):
        call_command("rescue", "ada")


@pytest.mark.parametrize("path, field", [(LOGIN, "login"), (RESET, "email"), (MINE, "email"), ("/staff/people/", "email")])
def test_no_browser_refuses_or_rewrites_what_is_typed(path, field, ada, client_of):
    """A field of the type email is refused by browsers for domains in other scripts, and sent as something else by some."""
    client = Client() if path in (LOGIN, RESET) else client_of(ada)
    tag = re.search(rf'<input[^>]*name="{field}"[^>]*>', client.get(path).content.decode())[0]
    assert 'type="text"' in tag and 'inputmode="email"' in tag and 'autocapitalize="none"' in tag


# ------------------------------------------------------------------- from before


@pytest.fixture
def sharers():
    """Three accounts of one mailbox, of which Zoe2 was used last; and somebody whose address was only written otherwise."""
    people = [
        stored("zoe1", KEPT, "password of one", days_ago=9),
        stored("zoe2", KEPT + "\u200b", "password of two", days_ago=1),
        stored("zoe3", "zoe@ｅxample.org", "password of three"),
        stored("uma", "uma@münchen.de", days_ago=3),
    ]
    spell_all()
    return [User.objects.get(pk=person.pk) for person in people]


def test_the_account_that_signed_in_last_takes_the_address_and_nobody_is_lost(sharers):
    """A migration that shuts somebody out, or fails at a constraint."""
    one, two, three, uma = sharers
    assert two.email == KEPT and two.mailbox_owner is None and {one.mailbox_owner, three.mailbox_owner} == {two}
    assert three.email == "zoe@ｅxample.org" and uma.email == "uma@xn--mnchen-3ya.de" and uma.mailbox_owner is None
    assert {(row.user_id, row.email) for row in EmailAddress.objects.all()} == {(person.pk, person.email) for person in sharers}
    assert opens(KEPT, "password of two") == opens("zoe@ｅxample.org", "password of two") == "Zoe2"
    assert opens(KEPT, "password of one") == opens(KEPT + "\u200b", "password of one") == "Zoe1"
    assert opens(KEPT, "password of three") == opens("zoe@ｅxample.org", "password of three") == "Zoe3"
    assert opens("uma@münchen.de") == opens("uma@xn--mnchen-3ya.de") == "Uma" and opens(KEPT, "password of four") is None


def test_two_with_one_password_are_told_apart_by_how_it_was_stored():
    """Who was invited twice often chose the same password twice."""
    stored("zoe1", KEPT, days_ago=1)
    stored("zoe2", KEPT + "\u200b", days_ago=2)
    spell_all()
    assert (opens(KEPT), opens(KEPT + "\u200b")) == ("Zoe1", "Zoe2")


def test_the_same_migration_twice_changes_nothing(sharers):
    """A restored or interrupted upgrade."""
    before = list(User.objects.order_by("pk").values_list("pk", "email", "mailbox_owner"))
    spell_all()
    assert list(User.objects.order_by("pk").values_list("pk", "email", "mailbox_owner")) == before


def test_somebody_who_shares_a_mailbox_changes_their_password_and_gets_emails(sharers):
    """An account that opens but breaks at whatever saves it, or whose e-mails go to an address that no server knows."""
    three, client = sharers[2], Client()
    client.post(LOGIN, {"login": KEPT, "password": "password of three"})
    form = {"oldpassword": "password of three", "password1": "the coat on the chair"}
    assert client.post("/accounts/password/change/", form).status_code == 302
    assert opens(KEPT, "the coat on the chair") == "Zoe3" and [email.to for email in mail.outbox] == [[KEPT]]
    mail.outbox.clear()
    Client().post(RESET, {"email": three.email})
    assert [email.to for email in mail.outbox] == [[KEPT]] * 3, "a link for each account of the mailbox"


def test_admins_read_who_shares_a_mailbox(sharers, ada, alice, client_of):
    page = client_of(ada).get("/staff/people/twins/").content.decode()
    assert all(person.name in page for person in sharers[:3]) and "Uma" not in page and "zoe@example.org‹U+200B›" in page
    assert "/staff/people/twins/" in client_of(ada).get("/staff/people/").content.decode()
    assert client_of(alice).get("/staff/people/twins/").status_code == 404


def test_when_the_first_account_is_closed_the_next_one_has_the_address(sharers, ada, client_of):
    """An address that is free for a third account while somebody waits for it."""
    one, two, three, _uma = sharers
    close_account(actor=ada, member=two)
    one.refresh_from_db()
    three.refresh_from_db()
    assert one.email == KEPT and one.mailbox_owner is None and three.mailbox_owner == one
    close_account(actor=ada, member=three)
    assert opens(SPELLINGS[0], "password of one") == "Zoe1"
    pages = client_of(ada)
    assert "None." in pages.get("/staff/people/twins/").content.decode()
    assert "/staff/people/twins/" not in pages.get("/staff/people/").content.decode()


@pytest.mark.parametrize("who", [1, 2])
def test_when_one_has_another_address_nothing_is_shared(sharers, ada, who):
    """Somebody who is still named as sharing a mailbox, or still opened by the address that they gave up."""
    password = ("", "password of two", "password of three")[who]
    addresses.request_change(member=sharers[who], email="new@example.org")
    Client().post(link_in(next(email for email in mail.outbox if email.to == ["new@example.org"])))
    assert opens("new@example.org", password) == sharers[who].name and opens(KEPT, password) is None
    left = User.objects.filter(email=KEPT).get()
    assert list(left.mailbox_sharers.values_list("name", flat=True)) == [
        person.name for person in sharers[:3] if person not in (sharers[who], left)
    ]


def test_closing_one_forgets_nothing_of_the_other(sharers, ada):
    """Their invitation says who was asked to welcome them."""
    kept = Invitation.objects.create(email=KEPT, key_hash="k", member=sharers[0], answered_at=timezone.now())
    Invitation.objects.create(email=KEPT, key_hash="l", member=sharers[1], answered_at=timezone.now())
    close_account(actor=ada, member=sharers[1])
    assert list(Invitation.objects.all()) == [kept]


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_closing_one_forgets_the_kept_mail_of_that_one_alone(sharers, ada, client_of, settings, closed):
    """Closing one of them left its kept e-mails where they were, and closing the owner of the mailbox took the others' along."""
    settings.EMAIL_BACKEND = "community.kit.mail.OutboxBackend"
    Client().post(RESET, {"email": KEPT})
    assert OutboxEmail.objects.filter(to=KEPT).count() == 3
    client_of(ada).post(f"/staff/people/{sharers[closed].pk}/close/")
    kept = "".join(OutboxEmail.objects.values_list("body", flat=True))
    assert [person.pk.hex in kept for person in sharers[:3]] == [n != closed for n in range(3)]


def test_who_closes_last_takes_along_what_was_kept_for_the_mailbox(sharers, ada, client_of, settings):
    """An e-mail of an earlier release, of which nobody knows whose it was, would hold the address of an account that is gone."""
    OutboxEmail.objects.create(to=KEPT, subject="s", body="b")
    for n, person in enumerate(sharers[:3]):
        assert OutboxEmail.objects.count() == 1, n
        client_of(ada).post(f"/staff/people/{person.pk}/close/")
    assert not OutboxEmail.objects.exists()


def test_what_went_to_an_address_that_was_given_up_is_forgotten_too(alice, ada, client_of, settings):
    """The e-mail that tells an old address of the new one named nobody, so that closing the account left it, and the address."""
    settings.EMAIL_BACKEND = "community.kit.mail.OutboxBackend"
    client_of(alice).post(MINE, {"email": "new@example.org"})
    Client().post(re.search(r"http://localhost:\d+(\S+)", OutboxEmail.objects.get(to="new@example.org").body)[1])
    assert OutboxEmail.objects.filter(to="alice@example.org").count() == 2
    client_of(ada).post(f"/staff/people/{alice.pk}/close/")
    assert not OutboxEmail.objects.exists()


def test_rescue_finds_the_admin_in_a_shared_mailbox(sharers, capsys):
    sharers[2].groups.add(*User.groups.rel.model.objects.filter(name=Role.ADMIN))
    call_command("rescue", KEPT)
    assert "Zoe3 is signed out everywhere" in capsys.readouterr().out


def test_of_open_invitations_to_one_mailbox_the_newest_that_can_be_answered_stays(ada):
    """The database's no to a second open invitation would stop the upgrade."""
    now = timezone.now()
    rows = [
        ("zoe@example.org", 9, 1, None), ("zoe@example.org\u200b", 3, 4, None), ("zoe@ｅxample.org", 2, 5, now),
        ("uma@münchen.de", 1, 6, None),
    ]  # fmt: skip
    for n, (email, ago, left, bounced) in enumerate(rows):
        day = timedelta(days=1)
        Invitation.objects.create(email=email, key_hash=str(n), sent_at=now - ago * day, expires_at=now + left * day, bounced_at=bounced)
    OutboxEmail.objects.create(to="zoe@ｅxample.org", subject="s", body="b")
    spell_all()
    assert set(Invitation.objects.values_list("email", flat=True)) == {KEPT, "uma@xn--mnchen-3ya.de"}
    assert set(Invitation.objects.filter(revoked_at=None).values_list("key_hash", flat=True)) == {"1", "3"}
    assert OutboxEmail.objects.get().to == KEPT
