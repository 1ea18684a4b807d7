"""Somebody who has no mailbox: how they join, sign in and live here, and what an address that comes or goes changes."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from community.kit.errors import Refusal, Refused
from community.members.models import CardSheet, Device, Invitation, User
from community.members.people.actions import close_account, give_role
from community.members.roles import Role
from community.members.seams import new_browser
from community.members.signing_in.adapter import FactorAdapter
from community.notifications import actions as notifications
from community.notifications import expansion
from community.notifications.models import Delivery
from tests.cast import PASSWORD, make_person
from tests.joining import card, join_by_card, link_in, reach

LOGIN, ADDRESS, AWAY = "/accounts/login/", "/me/address/", "/me/address/away/"
NEW = "the coat on the chair"


@pytest.fixture
def dot(db):
    """A member who signs in by a name and has no address."""
    return make_person("dot", sign_in="Tea at dawn")


def signs_in(login, password=PASSWORD, **where):
    return Client(**where).post(LOGIN, {"login": login, "password": password}).status_code == 302


def page(client, path):
    return client.get(path).content.decode()


# ------------------------------------------------------------------- joining


def test_somebody_joins_from_a_card_and_comes_back_by_their_sign_in_name(ada):
    client = Client()
    answer = join_by_card(client, card(ada), name="Robin")
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/groups/")
    robin = User.objects.get(name="Robin")
    assert (robin.email, robin.sign_in_name) == (None, "Tea at dawn") and not EmailAddress.objects.filter(user=robin).exists()
    assert "you sign in as Tea at dawn" in page(client, "/welcome/") and not mail.outbox
    assert signs_in("  TEA AT DÁWN ", "a cup on the table"), "in any spelling that looks like it"
    assert not signs_in("Robin", "a cup on the table"), "everybody knows that name"


def test_the_page_with_the_password_says_what_they_will_sign_in_by(ada):
    client, link = Client(), card(ada)
    reach(client, link, "password/")
    assert client.get(f"{link}password/")["Location"] == f"{link}sign-in/", "that is asked first"
    client.post(f"{link}sign-in/", {"sign_in": "Tea at dawn"})
    shown = page(client, f"{link}password/")
    assert "sign in as <strong>Tea at dawn</strong>" in shown and 'value="Tea at dawn" autocomplete="username"' in shown
    options = re.search(r'"user": ({.*?})', shown)[1]
    assert options.count("Tea at dawn") == 2 and "Robin" not in options, "what a phone shows with a passkey"


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("tea-at-dawn", "isn&#x27;t available"),
        ("ROBIN", "People here will see that name"),
        ("me@home", "has no @"),
        ("\u200bdot", "cannot be seen"),
        ("!?", "at least one letter"),
        ("", "required"),
    ],
)
def test_a_sign_in_name_that_cannot_be_had(dot, ada, chosen, sentence):
    """Taken ones are answered without telling whose they are."""
    answer = join_by_card(Client(), card(ada), name="Robin", sign_in=chosen)
    told = answer.content.decode()
    assert answer.status_code == 200 and sentence in told and not re.search(r"\bDot\b", told)  # which a form's token may hold
    assert not User.objects.filter(name="Robin").exists()


def test_trying_which_sign_in_names_are_taken_has_an_end(dot, ada):
    client, link = Client(), card(ada)
    reach(client, link, "password/")
    told = [client.post(f"{link}sign-in/", {"sign_in": "Tea at dawn"}).content.decode() for _try in range(11)]
    assert "isn&#x27;t available" in told[9] and "looked up for now" in told[10] and 'value="Tea at dawn"' in told[10]


def test_a_card_is_used_up_once_and_another_still_works(ada):
    first, second = card(ada), card(ada)
    join_by_card(Client(), first, name="Robin")
    assert join_by_card(Client(), first, name="Sam", sign_in="Two spoons").status_code == 404
    assert join_by_card(Client(), second, name="Sam", sign_in="Two spoons").status_code == 302, "it has no address, like Robin's account"


def test_an_address_that_is_given_while_joining_counts_once_it_is_confirmed(ada):
    client = Client()
    join_by_card(client, card(ada), name="Robin", email="Robin@example.org")
    robin = User.objects.get(name="Robin")
    assert robin.email is None and [email.to for email in mail.outbox] == [["robin@example.org"]]
    assert "You asked to use robin@example.org" in page(client, "/me/")
    told = Client().post(link_in(mail.outbox[0])).content.decode()
    assert "Your sign-in name works too" in told and len(mail.outbox) == 1, "there is no old mailbox to write to"
    assert signs_in("robin@example.org", "a cup on the table") and signs_in("Tea at dawn", "a cup on the table")


def test_an_address_that_somebody_has_is_not_told_of(alice, ada):
    join_by_card(Client(), card(ada), name="Robin", email="alice@example.org")
    assert User.objects.get(name="Robin").email is None and not mail.outbox


# ---------------------------------------------------------------- signing in


def test_the_sign_in_page_asks_for_either_and_answers_alike(dot):
    assert "E-mail address or sign-in name" in page(Client(), LOGIN)
    known, unknown = (
        Client().post(LOGIN, {"login": name, "password": "nonsense"}).content.decode() for name in ("tea at dawn", "tea at noon")
    )
    assert "That sign-in name or address, or the password, isn&#x27;t right" in known
    assert re.sub(r'value="[^"]*"', "", known) == re.sub(r'value="[^"]*"', "", unknown)


def test_a_sign_in_name_is_found_after_an_upgrade_of_the_tables_of_look_alikes(dot):
    """A library that maps one letter otherwise, and somebody whose own right name is unknown, and who has no mailbox for another way."""
    User.objects.filter(pk=dot.pk).update(sign_in_key="what it looked like before")
    assert not signs_in("Tea at dawn")
    call_command("migrate", verbosity=0)
    assert signs_in("Tea at dawn")


def test_strangers_with_a_wrong_password_lock_nobody_out(dot):
    """A name's owner has no mailbox for the link that opens an address after too many tries."""
    for number in range(110):
        place = {"REMOTE_ADDR": f"192.0.{number // 4}.1"}
        told = Client(**place).post(LOGIN, {"login": "tea at dawn", "password": "nonsense"}).content.decode()
        assert "isn&#x27;t right" in told or number % 4 == 3
    assert signs_in("Tea at dawn", REMOTE_ADDR="198.51.100.7")


def test_one_network_tires_of_one_sign_in_name(dot):
    told = [Client().post(LOGIN, {"login": name, "password": "x"}).content.decode() for name in ["Tea at dawn", "tea-at-dawn"] * 3]
    assert ["You have tried several times" in each for each in told] == [False] * 5 + [True]


def test_a_wrong_password_is_in_their_own_record(dot, client_of):
    Client().post(LOGIN, {"login": "tea at dawn", "password": "nonsense"})
    assert "Somebody typed a wrong password" in page(client_of(dot), "/me/")


def test_a_changed_password_holds_and_signs_out_elsewhere(dot, client_of):
    here, elsewhere = client_of(dot), client_of(dot)
    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW})
    assert answer.status_code == 302 and elsewhere.get("/me/").status_code == 302 and here.get("/me/").status_code == 200
    assert signs_in("Tea at dawn", NEW) and not mail.outbox


def test_a_password_proves_who_they_are(dot):
    client = Client()
    client.post(LOGIN, {"login": "Tea at dawn", "password": PASSWORD})
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        assert client.get(ADDRESS)["Location"].startswith("/accounts/again/")
        assert "not your password" in client.post("/accounts/again/", {"password": "nonsense"}).content.decode()
        client.post("/accounts/again/", {"password": PASSWORD})
        assert client.get(ADDRESS).status_code == 200


def test_who_joined_with_a_passkey_chooses_a_first_password(dot, client_of):
    """No link can be sent to them."""
    User.objects.filter(pk=dot.pk).update(password="!")
    dot.refresh_from_db()
    here, elsewhere = client_of(dot), client_of(dot)
    assert "Choose a password" in page(here, "/accounts/password/change/")
    assert "easy to guess" in here.post("/accounts/password/change/", {"password1": "password123"}).content.decode()
    assert here.post("/accounts/password/change/", {"password1": NEW}).status_code == 302
    assert signs_in("Tea at dawn", NEW) and here.get("/me/").status_code == 200 and elsewhere.get("/me/").status_code == 302


def test_a_first_password_asks_for_proof(dot):
    User.objects.filter(pk=dot.pk).update(password="!")
    Authenticator.objects.create(user=dot, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    client = Client()
    client.force_login(User.objects.get(pk=dot.pk))
    assert client.post("/accounts/password/change/", {"password1": NEW})["Location"].startswith("/accounts/again/passkey/")
    assert not signs_in("Tea at dawn", NEW)


def test_who_has_nothing_else_keeps_their_last_passkey(dot, alice, client_of):
    """Somebody who joined from a card with a passkey, and could not come in again once they had signed out."""
    User.objects.update(password="!")
    for person in (dot, alice):
        phone = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
        client = client_of(User.objects.get(pk=person.pk))
        told = client.post(f"/accounts/signing-in/passkeys/{phone.pk}/remove/").content.decode()
        assert ("Choose a password or add a passkey first" in told) is (person == dot)
        assert Authenticator.objects.filter(pk=phone.pk).exists() is (person == dot)
    Authenticator.objects.create(user=dot, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop"})
    phone = dot.authenticator_set.get(data__name="Phone")
    assert client_of(User.objects.get(pk=dot.pk)).post(f"/accounts/signing-in/passkeys/{phone.pk}/remove/").status_code == 302
    laptop = dot.authenticator_set.get()
    assert "Choose a password" in page(client_of(User.objects.get(pk=dot.pk)), f"/accounts/signing-in/passkeys/{laptop.pk}/remove/")


def test_an_app_and_a_phone_show_what_they_sign_in_with(dot):
    adapter = FactorAdapter()
    assert adapter.get_totp_label(dot) == "Tea at dawn"
    entity = adapter.get_public_key_credential_user_entity(dot)
    assert (entity["name"], entity["display_name"]) == ("Tea at dawn", "Tea at dawn")


def test_a_sign_in_name_is_no_name_to_be_seen_later(dot, client_of):
    told = client_of(dot).post("/me/", {"name": "tea at dawn", "drawing": "", "time_zone": "UTC"}).content.decode()
    assert "You sign in by that name" in told and User.objects.get(pk=dot.pk).name == "Dot"
    client_of(dot).post("/me/", {"name": "Dorothea", "drawing": "", "time_zone": "UTC"})
    assert User.objects.get(pk=dot.pk).name == "Dorothea" and signs_in("Tea at dawn")


# ---------------------------------------------------------------- living here


def test_nothing_is_e_mailed_and_the_preferences_say_so(dot, ada, client_of):
    client = client_of(dot)
    assert "nothing is e-mailed to you" in page(client, "/me/notifications/") and 'name="email"' not in page(client, "/me/notifications/")
    assert client.post("/me/notifications/", {"quiet_from": "88", "quiet_until": "28", "hides_words": "on"}).status_code == 302
    Device.objects.create(member=dot, session_key="x", words="Phone", seen_at=timezone.now())
    new_browser.send(sender=Device, device=Device.objects.create(member=dot, session_key="y", words="Laptop", seen_at=timezone.now()))
    notifications.notify("newcomer", dot.pk)
    expansion.run()
    assert not Delivery.objects.filter(notification__member=dot, transport="email").exists()


def test_staff_need_an_address(dot, ada, client_of):
    admin, address = client_of(ada), f"/staff/people/{dot.pk}/"
    assert "Staff need one" in page(admin, address) and "/give/" not in page(admin, address)
    told = admin.post(f"{address}give/moderator/", follow=True).content.decode()
    assert "Staff need an e-mail address, and Dot has none" in told
    with pytest.raises(Refused) as refused:
        give_role(actor=ada, member=dot, role=Role.MODERATOR)
    assert refused.value.code == Refusal.NEEDS_ADDRESS and not User.objects.get(pk=dot.pk).is_staff


def test_staff_never_see_a_sign_in_name(dot, ada, client_of):
    admin = client_of(ada)
    paths = ["/staff/people/", f"/staff/people/{dot.pk}/", f"/staff/people/{dot.pk}/help-in/", f"/staff/people/{dot.pk}/close/"]
    assert not [path for path in paths if "Tea at dawn" in page(admin, path)]
    admin.post("/staff/people/", {"sought": "Tea at dawn"})
    assert "0 people for" in page(admin, "/staff/people/"), "nor find anybody by it"


def test_closing_ends_the_sign_in_name_and_touches_no_other_card(dot, ada):
    """Who has no address has it in common with every card."""
    others = Invitation.objects.create(sheet=CardSheet.objects.create(), key_hash="a" * 64)
    mine = Invitation.objects.create(sheet=others.sheet, key_hash="b" * 64, member=dot, answered_at=timezone.now())
    close_account(actor=ada, member=dot)
    dot.refresh_from_db()
    assert (dot.sign_in_name, dot.sign_in_key, dot.is_active) == ("", None, False) and not signs_in("Tea at dawn")
    assert Invitation.objects.filter(pk=others.pk).exists() and not Invitation.objects.filter(pk=mine.pk).exists()


def test_nobody_signs_in_by_a_name_of_an_account_that_was_closed(dot, alice, ada, client_of):
    """For a year: what somebody still has on paper, or in a password manager, opens nothing of anybody else's."""
    close_account(actor=ada, member=dot)
    answer = join_by_card(Client(), card(ada), sign_in="TEA at dáwn")
    assert answer.status_code == 200 and "isn&#x27;t available" in answer.content.decode()
    assert "isn&#x27;t available" in client_of(alice).post(AWAY, {"sign_in": "TEA at dáwn"}).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=False):
        assert join_by_card(Client(), card(ada)).status_code == 302


def test_taking_the_second_step_off_says_that_no_link_was_sent(dot, ada, client_of):
    Authenticator.objects.create(user=dot, type=Authenticator.Type.TOTP, data={"secret": ""})
    admin, path = client_of(ada), f"/staff/people/{dot.pk}/help-in/"
    assert "no link can be sent" in page(admin, path)
    told = admin.post(path, {"what": "factors", "reason": "She came by."}, follow=True).content.decode()
    assert "no address here, so tell them yourself" in told and not mail.outbox


def test_no_account_is_without_both(db):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        User.objects.create_user(name="Nobody")
