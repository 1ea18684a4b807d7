"""Codes on paper, and one that staff read out: somebody without a mailbox chooses a new password, and nobody else does."""

import re

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.kit.errors import Refused
from community.kit.models import AuditEntry
from community.kit.text.names import skeleton
from community.members.models import SignInHelp, User, WayBack
from community.members.people import recovery
from community.members.people.actions import suspend, take_role
from community.members.roles import Role
from community.members.signing_in import ways_back
from community.members.signing_in.allauth_internals import TOTP
from community.notifications import expansion
from community.notifications.models import Notification, PushSubscription
from tests.answers import told
from tests.cast import PASSWORD, code_of, make_person, prove, secret_of, step_now
from tests.joining import link_in
from tests.members.signing_in.test_factors import set_up
from tests.spellings import SPELLINGS

pytestmark = pytest.mark.postgresql

OWN, REFUSE, BACK, LOGIN = "/me/ways-back/", "/me/ways-back/refuse/", "/accounts/way-back/", "/accounts/login/"
NEW = "the coat on the chair"
NOT_RIGHT, TIRED = "don&#x27;t go together", "You have tried several times"


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def lee(db):
    """Lee has no address, and signs in by "Long Walks"."""
    return make_person("lee", sign_in="Long Walks")


def codes_on(page):
    return re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", re.search(r"<pre.*?</pre>", page, re.S)[0])


def come_back(login, code, client=None):
    return (client or Client()).post(BACK, {"login": login, "code": code})


def choose(client, answer, password=NEW):
    """Choose a new password on the page that `answer` leads to."""
    form = client.get(answer["Location"], follow=True)
    return client.post(form.redirect_chain[-1][0], {"password1": password})


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def kept(member):
    return [entry.verb.removeprefix("members.") for entry in AuditEntry.objects.filter(target=str(member.pk)).order_by("at", "pk")]


# ------------------------------------------------------------------- making them


def test_eight_are_made_and_shown_once(alice, client_of):
    """Codes that can be read in the database, or a page that shows them to whoever comes later."""
    client = client_of(alice)
    codes = codes_on(client.post(OWN).content.decode())
    assert len(set(codes)) == 8 and set("".join(codes)) <= set("BCDFGHJKMNPQRTVWXYZ-")
    assert WayBack.objects.filter(member=alice).count() == 8
    stored = str(list(WayBack.objects.values()))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    page = client.get(OWN).content.decode()
    assert "8 of 8 left" in page and not any(code in page for code in codes)
    assert "8 of 8 left" in client.get("/me/").content.decode()


def test_whoever_has_made_them_goes_on_to_today(alice, client_of):
    """It led to the settings, a long page that nobody who has just joined had asked for."""
    page = client_of(alice).post(OWN).content.decode()
    assert 'href="/today/">I\'ve saved them' in page


def test_new_ones_end_the_old(alice, client_of):
    client = client_of(alice)
    old = codes_on(client.post(OWN).content.decode())
    new = codes_on(client.post(OWN).content.decode())
    assert NOT_RIGHT in come_back(alice.email, old[0]).content.decode()
    assert come_back(alice.email, new[0]).status_code == 302
    assert "7 of 8 left" in client.get("/me/").content.decode()


def test_making_them_asks_for_proof(alice, client_of, clock):
    """A session that was left open, in which somebody prints themself a key for later."""
    client = client_of(alice)
    clock.shift(301)
    assert client.get(OWN).status_code == 200, "reading what they are takes none"
    assert client.post(OWN)["Location"].startswith("/accounts/again/") and not WayBack.objects.exists()


def test_making_them_is_limited(alice, client_of):
    """Each time hashes eight, as slowly as passwords."""
    client = client_of(alice)
    pages = [client.post(OWN).content.decode() for _time in range(6)]
    assert ["You made new ways back several times" in page for page in pages] == [False] * 5 + [True]
    assert come_back(alice.email, codes_on(pages[4])[0]).status_code == 302, "those of the last time still work"


def test_who_has_no_address_is_asked_until_they_take_or_refuse_them(lee, bob, client_of):
    """Somebody who learns of them on the day they would need one; or is asked each day for ever."""
    client, offer = client_of(lee), "For the day you forget your password"
    assert offer in client.get("/today/").content.decode() and OWN in client.get("/welcome/leaving/").content.decode()
    assert offer not in client_of(bob).get("/today/").content.decode(), "who has an address gets a link"
    client.post(OWN)
    assert offer not in client.get("/today/").content.decode()
    WayBack.objects.all().delete()
    assert "don't ask again" in client.get(OWN).content.decode()
    assert client.post(REFUSE)["Location"] == "/today/"
    assert offer not in client.get("/today/").content.decode()
    assert "ask again" not in client.get(OWN).content.decode() and len(codes_on(client.post(OWN).content.decode())) == 8


# ------------------------------------------------------------------- coming back


def test_each_lets_somebody_without_a_mailbox_choose_a_new_password_once(lee, client_of):
    """The whole way, from the sign-in page on, as somebody goes it who has lost their phone."""
    phone = client_of(lee)
    first, second, *_rest = codes_on(phone.post(OWN).content.decode())
    guest = Client()
    assert "/accounts/password/reset/" in guest.get(LOGIN).content.decode()
    assert BACK in guest.get("/accounts/password/reset/").content.decode()
    answer = come_back("long walks", first.lower().replace("-", " "), guest)
    assert "You sign in as Long Walks." in guest.get(answer["Location"], follow=True).content.decode()
    assert choose(guest, answer)["Location"] == "/accounts/password/reset/key/done/"
    lee.refresh_from_db()
    assert lee.check_password(NEW) and not mail.outbox
    assert phone.get("/today/").status_code == 302, "signed out everywhere"
    assert NOT_RIGHT in come_back("Long Walks", first).content.decode()
    assert come_back("Long Walks", second).status_code == 302


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_each_is_read_however_it_is_written(alice, ada, client_of, spelled):
    """Another spelling than on cards, by people who have both; and one of staff, which begins with a digit."""
    code = next(code for code in ways_back.make(alice) if set(code) & set("ZGBV")).replace("-", "")
    assert come_back(alice.email, spelled(code)).status_code == 302


def test_of_one_that_was_used_no_hash_stays(lee):
    """Nothing needs it: it opens no page again, and could be guessed at by whoever has the database."""
    codes = ways_back.make(lee)
    come_back("Long Walks", codes[0])
    assert lee.ways_back.exclude(used_at=None).get().code_hash == "" and ways_back.left(lee) == 7
    assert NOT_RIGHT in come_back("Long Walks", codes[0]).content.decode()


def test_one_that_opened_the_page_is_used_up(alice):
    """A code that was seen on a screen, and a page that was left."""
    code = ways_back.make(alice)[0]
    assert come_back(alice.email, code).status_code == 302
    assert NOT_RIGHT in come_back(alice.email, code).content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_the_page_that_it_opens_ends_with_the_password(alice, client_of):
    """Somebody else's code on a page that waits, while its owner has been told and chooses another password."""
    code = ways_back.make(alice)[0]
    guest = Client()
    answer = come_back(alice.email, code, guest)
    client_of(alice).post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW})
    assert "This link has run out" in guest.get(answer["Location"], follow=True).content.decode()


def test_the_second_step_is_asked_for_after_it(mo):
    """A sheet of paper in place of both what staff know and what they have."""
    guest = Client()
    choose(guest, come_back(mo.email, ways_back.make(mo)[0], guest))
    assert guest.post(LOGIN, {"login": mo.email, "password": NEW})["Location"] == "/accounts/second-step/"
    assert guest.post("/accounts/second-step/", {"code": code_of("mo", step_now() - 1)})["Location"] == "/today/"


@pytest.mark.parametrize(("login", "with_what"), [("", "a link that we e-mail you"), ("Long Walks", "a way back")])
def test_who_joined_by_a_passkey_reads_what_recovery_codes_need_first(db, client_of, login, with_what):
    """They said that each signs in by itself, to people who have no password before it, and no app that it would stand in for."""
    person = make_person("lee", sign_in=login)
    User.objects.filter(pk=person.pk).update(password=make_password(None))
    person.refresh_from_db()
    TOTP.activate(person, secret_of("lee"))
    RecoveryCodes.activate(person)
    client = client_of(person)
    prove(client, person)
    page = words_of(client.get("/accounts/signing-in/codes/").content.decode())
    assert "after your password" in page and f"You have no password yet. You would choose one first, with {with_what}." in page


def test_recovery_codes_are_no_ways_back_and_ways_back_no_recovery_codes(alice, client_of):
    client = client_of(alice)
    set_up(client)
    recovery_codes = re.search(r"<pre.*?>(.*?)</pre>", client.post("/accounts/signing-in/codes/new/", follow=True).content.decode(), re.S)
    assert NOT_RIGHT in come_back(alice.email, recovery_codes[1].split()[0]).content.decode()
    guest = Client()
    guest.post(LOGIN, {"login": alice.email, "password": PASSWORD})
    guest.post("/accounts/second-step/", {"code": ways_back.make(alice)[0]})
    assert guest.get("/today/").status_code == 302


def test_pushes_end_with_it(alice):
    PushSubscription.objects.create(member=alice, words="Firefox on Android", endpoint_hash="0" * 64, sealed="", key_id="")
    guest = Client()
    choose(guest, come_back(alice.email, ways_back.make(alice)[0], guest))
    assert not PushSubscription.objects.exists()


def test_it_is_noted_and_told(alice, bob, client_of):
    """Somebody found the paper, and its owner never learns it."""
    code = ways_back.make(alice)[0]
    come_back(alice.email, "BCDF-GHJK-MNPQ")
    guest = Client()
    choose(guest, come_back(alice.email, code, guest))
    assert kept(alice) == ["make_ways_back", "wrong_way_back", "use_way_back", "password_reset"]
    expansion.run()
    assert [row.member for row in Notification.objects.filter(kind="way_back")] == [alice]
    guest.post(LOGIN, {"login": alice.email, "password": NEW})
    page = words_of(guest.get("/me/").content.decode())
    assert "Somebody typed a wrong way back once" in page and "A way back was used once" in page
    assert "A way back was used" in guest.get("/inbox/").content.decode()
    assert "way back was used" not in client_of(bob).get("/me/").content.decode()


@pytest.mark.parametrize("login", ["alice@example.org", "nobody@example.org", "Long Walks", "nobody", "x" * 300, "\u0130\ufdfa" * 80])
def test_nobody_learns_who_is_here_or_which_code_was_used(alice, bob, login, monkeypatch, settings):
    """A page, a number of hashes or of writes that differs where somebody is found, or where a code has been used."""
    used = ways_back.make(alice)[0]
    come_back(alice.email, used)
    User.objects.filter(pk=bob.pk).update(sign_in_name="Long Walks", sign_in_key=skeleton("Long Walks"))
    ways_back.make(bob)
    settings.TASKS = settings.QUEUED
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, password, salt: hashed.append(1) or encode(self, password, salt))
    Client().get(BACK)
    answers = []
    for typed, code in ((alice.email, used), (login, f"{used[0]}BCD-FGHJ-KMNP"), (login, "?")):
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = come_back(typed, code)
        writes = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        answers.append((told(answer, f'value="{typed}"', f'value="{code}"'), len(hashed), writes))
    assert answers[0] == answers[1] == answers[2] and answers[0][1] == 1 and NOT_RIGHT in answers[0][0][1]


def test_attempts_are_limited_like_those_at_passwords(lee):
    """Somebody who tries; and somebody who keeps the owner out by trying."""
    code = ways_back.make(lee)[0]
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    pages = [come_back("Long Walks", "BCDF-GHJK-MNPQ", stranger).content.decode() for _try in range(6)]
    assert [TIRED in page for page in pages] == [False] * 5 + [True]
    assert TIRED in come_back("LONG WALKS", code, stranger).content.decode(), "with the right code and another spelling too"
    assert come_back("Long Walks", code, Client(REMOTE_ADDR="192.0.2.1")).status_code == 302


def test_whoever_is_signed_in_has_no_count_for_each_name(alice, client_of):
    """A member's session from which every name was tried five times, and each try works out a slow hash."""
    client = client_of(alice)
    pages = [come_back(f"Somebody {n}", "BCDF-GHJK-MNPQ", client).content.decode() for n in range(6)]
    assert [TIRED in page for page in pages] == [False] * 5 + [True]


def test_a_closed_account_has_none(alice, ada, client_of):
    code = ways_back.make(alice)[0]
    client_of(ada).post(f"/staff/people/{alice.pk}/close/")
    assert not WayBack.objects.exists() and NOT_RIGHT in come_back("alice@example.org", code).content.decode()


# ------------------------------------------------------------------- a code in person


def help_page(person):
    return f"/staff/people/{person.pk}/help-in/"


def ask_for_code(client, person, reason="She came to the office."):
    return client.post(help_page(person), {"what": "code", "reason": reason})


def test_an_admin_gives_a_code_in_person_and_the_member_learns_who_did(lee, ada, client_of):
    """Somebody without a mailbox, without paper, who stands at the desk and has forgotten their sign-in name too."""
    page = ask_for_code(client_of(ada), lee).content.decode()
    (code,) = codes_on(page)
    assert "Long Walks" not in page, "nobody else sees it, not even staff"
    assert AuditEntry.objects.filter(actor=ada, verb="members.give_code", target=lee.pk).exists()
    guest = Client()
    answer = come_back("Lee", code, guest)
    assert "You sign in as Long Walks." in guest.get(answer["Location"], follow=True).content.decode()
    choose(guest, answer)
    lee.refresh_from_db()
    assert lee.check_password(NEW)
    assert NOT_RIGHT in come_back("Long Walks", code).content.decode()
    assert "given in person" in SignInHelp.objects.get(member=lee).get_kind_display()
    page = client_of(lee).get("/accounts/signing-in/").content.decode()
    assert "Ada did it on" in page and "She came to the office." in page


def test_it_works_for_an_hour_and_a_second_one_ends_the_first(lee, ada, client_of, clock):
    admin = client_of(ada)
    own = ways_back.make(lee)[0]
    first, second = (codes_on(ask_for_code(admin, lee).content.decode())[0] for _time in range(2))
    assert NOT_RIGHT in come_back("Long Walks", first).content.decode()
    clock.shift(3601)
    assert NOT_RIGHT in come_back("Long Walks", second).content.decode()
    ways_back.forget_expired()
    assert not WayBack.objects.exclude(expires_at=None).exists()
    assert come_back("Long Walks", own).status_code == 302, "and their own are as they were"


def test_the_name_that_people_see_opens_nothing_with_a_code_of_ones_own(lee):
    """Everybody here knows that name: a sheet that lies about would be enough."""
    assert NOT_RIGHT in come_back("Lee", ways_back.make(lee)[0]).content.decode()


@pytest.mark.parametrize(("name", "typed"), [("L@urie", "l@urie"), ("lee@home.example", "LEE@home.example"), ("@ Lee", "@ Lee")])
def test_one_in_person_works_with_a_name_that_has_an_at_sign(lee, ada, client_of, name, typed):
    """Taken for an address, that name was nobody's: the code was refused, and each try counted."""
    lee.name = name
    lee.save()
    (code,) = codes_on(ask_for_code(client_of(ada), lee).content.decode())
    assert come_back(typed, code).status_code == 302


def test_one_in_person_works_with_a_name_that_came_to_look_like_anothers(lee, bob, ada, client_of):
    """Names of an earlier release that look alike since: the key of the second has something behind it."""
    User.objects.filter(pk=bob.pk).update(name="LEE", name_key=f"{skeleton('Lee')} 2", email=None, sign_in_key="bb")
    codes = [codes_on(ask_for_code(client_of(ada), person).content.decode())[0] for person in (lee, bob)]
    assert [come_back("Lee", code).status_code for code in codes] == [302, 302]


def test_only_members_without_an_address_are_given_one(alice, mo, ada, client_of):
    """An admin who is talked into it, or means harm, and is in before a mailbox could tell; or a door into the staff."""
    User.objects.filter(pk=mo.pk).update(email=None, sign_in_key="mo")
    admin = client_of(ada)
    for person in (alice, mo):
        assert "Make a code" not in admin.get(help_page(person)).content.decode()
        assert "only for members who have no e-mail address" in ask_for_code(admin, person).content.decode()
    assert ask_for_code(admin, ada).status_code == 404
    with pytest.raises(Refused, match="can't do that for yourself"):
        recovery.give_code(actor=ada, member=ada, reason="Me.")
    assert not WayBack.objects.exists() and not SignInHelp.objects.exists()


def test_it_ends_where_somebody_has_a_mailbox_after_all(lee, ada, client_of):
    """Their address, and a role, came within the hour; from then on the mailbox would have to hear of it."""
    (code,) = codes_on(ask_for_code(client_of(ada), lee).content.decode())
    client_of(lee).post("/me/address/", {"email": "lee@example.org"})
    Client().post(link_in(mail.outbox[0]))
    assert NOT_RIGHT in come_back("Lee", code).content.decode()
    assert NOT_RIGHT in come_back("Long Walks", code).content.decode()


def test_without_a_reason_none_is_given(lee, ada, client_of):
    assert "There is a problem" in ask_for_code(client_of(ada), lee, reason=" ").content.decode() and not WayBack.objects.exists()


@pytest.mark.parametrize("who", ["bob", "faye", "pat", "rena", "mo"])
def test_only_admins_give_one(request, lee, client_of, who):
    assert ask_for_code(client_of(request.getfixturevalue(who)), lee).status_code == 404 and not WayBack.objects.exists()


@pytest.mark.parametrize("end", ["role", "pause"])
def test_none_is_given_by_who_was_an_admin(lee, ada, faye, client_of, end):
    """A page that was open when the right was taken away."""
    faye.groups.set(ada.groups.all())
    admin = client_of(ada)
    assert "Make a code" in admin.get(help_page(lee)).content.decode()
    if end == "role":
        take_role(actor=User.objects.get(pk=faye.pk), member=ada, role=Role.ADMIN)
    else:
        suspend(actor=User.objects.get(pk=faye.pk), member=ada)
    assert ask_for_code(admin, lee).status_code in (403, 404) and not WayBack.objects.exists()


def test_it_asks_for_proof(lee, ada, client_of, clock):
    admin = client_of(ada)
    clock.shift(301)
    assert ask_for_code(admin, lee)["Location"].startswith("/accounts/again/") and not WayBack.objects.exists()
