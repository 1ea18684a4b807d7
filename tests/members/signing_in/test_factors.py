"""A second factor of one's own: an app, recovery codes, and proving again who one is."""

import html
import json
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.db import connection
from django.test import Client

from community.centre.models import Centre, OwnLine
from community.kit.models import QueuedEmail
from community.members.signing_in.factors import encrypt_afresh, factors_of
from tests.cast import PASSWORD, code_of, step_now

APP, CODES = "/accounts/signing-in/app/", "/accounts/signing-in/codes/"
OVERVIEW, SECOND = "/accounts/signing-in/", "/accounts/second-step/"


@pytest.fixture
def clock():
    """A clock that stands at the beginning of a half minute, so that no code runs out between two lines."""
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as traveller:
        yield traveller


def key_on(page):
    """The app's key as the page spells it."""
    return re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page.content.decode())[1].replace(" ", "")


def code_for(key, step=None):
    from community.members.signing_in.allauth_internals import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(key, step_now() if step is None else step))


def set_up(client):
    """Set up an app through the pages; return its key and the recovery codes that are shown after it."""
    key = key_on(client.get(APP))
    answer = client.post(APP, {"code": code_for(key)})
    assert (answer.status_code, answer["Location"]) == (302, CODES), answer.content.decode()
    return key, re.findall(r"\b\d{8}\b", re.search(r"<pre.*?</pre>", client.get(CODES).content.decode(), re.S)[0])


def first_step(email="alice@example.org", **headers):
    client = Client(headers=headers)
    return client, client.post("/accounts/login/", {"login": email, "password": PASSWORD})


def test_an_app_is_asked_for_at_the_next_sign_in(alice, client_of, clock):
    """A second step that is set up and then never asked for."""
    key, _codes = set_up(client_of(alice))
    clock.shift(60)
    client, answer = first_step()
    assert answer["Location"] == SECOND and "_auth_user_id" not in client.session
    assert client.get("/today/").status_code == 302, "the password alone opens nothing"
    page = client.get(SECOND).content.decode()
    assert 'autocomplete="one-time-code"' in page and "recovery codes" in page
    wrong = client.post(SECOND, {"code": "000000"}).content.decode()
    assert "Wait until the app shows the next one" in wrong and "_auth_user_id" not in client.session
    assert client.post(SECOND, {"code": code_for(key)})["Location"] == "/today/"
    assert client.get("/today/").status_code == 200


def test_the_key_stays_the_same_until_it_is_confirmed(alice, client_of, clock):
    """A reload, or a typing error, that makes what the phone has just learned worthless."""
    client = client_of(alice)
    key = key_on(client.get(APP))
    assert key_on(client.get(APP)) == key
    wrong = client.post(APP, {"code": "000000"})
    assert key_on(wrong) == key and "Wait until the app shows" in wrong.content.decode()
    assert not factors_of(alice).exists()


def test_the_picture_of_the_key_stands_in_the_page_itself(alice, client_of):
    """The strict policy lets no inline drawing in, and no other host may ever see the key."""
    page = client_of(alice).get(APP).content.decode()
    assert re.search(r'<img class="qr" src="data:image/svg\+xml;base64,[\w+/=]+" alt="[^"]+"', page) and "<svg xmlns:svg" not in page


@pytest.mark.parametrize("late", [-30, 0, 30])
def test_a_phone_may_be_half_a_minute_off(alice, client_of, clock, late):
    key, _codes = set_up(client_of(alice))
    clock.shift(120)
    client, _answer = first_step()
    assert client.post(SECOND, {"code": code_for(key, step_now() + late // 30)}).status_code == 302


@pytest.mark.parametrize("forgotten", [False, True], ids=["", "cache lost"])
@pytest.mark.parametrize("wait", [0, 29, 59])
def test_a_code_works_once(alice, client_of, clock, wait, forgotten):
    """One that was read over a shoulder; allauth's own memory of it lasts half a minute and lives in the cache."""
    key, _codes = set_up(client_of(alice))
    clock.shift(120)
    code = code_for(key, step_now() + 1)
    client, _answer = first_step()
    assert client.post(SECOND, {"code": code}).status_code == 302
    clock.shift(wait)
    if forgotten:
        from django.core.cache import cache

        cache.clear()
    other, _answer = first_step()
    assert other.post(SECOND, {"code": code}).status_code == 200 and "_auth_user_id" not in other.session


def test_nor_does_an_older_code_after_a_newer_one(alice, client_of, clock):
    key, _codes = set_up(client_of(alice))
    clock.shift(120)
    older = code_for(key)
    first_step()[0].post(SECOND, {"code": code_for(key, step_now() + 1)})
    client, _answer = first_step()
    client.post(SECOND, {"code": code_for(key, step_now() + 1)})
    other, _answer = first_step()
    assert other.post(SECOND, {"code": older}).status_code == 200 and "_auth_user_id" not in other.session


def test_the_code_that_confirmed_the_app_is_used_up_too(alice, client_of, clock):
    client = client_of(alice)
    key = key_on(client.get(APP))
    client.post(APP, {"code": code_for(key)})
    other, _answer = first_step()
    assert other.post(SECOND, {"code": code_for(key)}).status_code == 200 and "_auth_user_id" not in other.session


def test_recovery_codes_are_shown_once_and_work_once_each(alice, client_of, clock):
    client = client_of(alice)
    _key, codes = set_up(client)
    assert len(set(codes)) == 10
    again = client.get(CODES).content.decode()
    assert not [code for code in codes if code in again] and "10 codes are left" in again
    for code, lets_in in ((codes[0], True), (codes[0], False), (codes[1], True)):
        other, _answer = first_step()
        other.post(SECOND, {"code": code})
        assert ("_auth_user_id" in other.session) is lets_in
    assert "8 codes are left" in client.get(OVERVIEW).content.decode()


def test_a_recovery_code_that_does_not_work_gets_advice_of_its_own(alice, client_of, clock):
    """ "Wait for the next one", to somebody whose phone is gone; and how many codes are left, for who knows the password alone."""
    _key, codes = set_up(client_of(alice))
    for n, code in enumerate(codes):
        client, _answer = first_step()
        assert client.post(SECOND, {"code": code})["Location"] == "/today/"
        said = client.get("/today/").content.decode()
        assert f"You used a recovery code, and have {9 - n} left." in said if n < 9 else "That was your last recovery code" in said
        client, _answer = first_step()
        for wrong in (code, f"{code[:4]} {code[4:]}"):
            page = html.unescape(client.post(SECOND, {"code": wrong}).content.decode())
            assert "Wait until the app" not in page and "That recovery code isn't right, or it was already used" in page
            assert "unused" not in page
        clock.shift(301)
    assert "not a code. The app" in html.unescape(client.post(SECOND, {"code": "letters"}).content.decode())


def test_proving_again_counts_the_codes_too(mo, client_of, clock):
    """The same field on another page."""
    RecoveryCodes.activate(mo)
    client = client_of(mo)
    clock.shift(301)
    way = "/accounts/again/code/"
    assert "each one works once" in client.post(way, {"code": "00000000"}).content.decode()
    client.post(way, {"code": RecoveryCodes.activate(mo).get_unused_codes()[0], "next": CODES})
    assert "You used a recovery code, and have 9 left." in client.get(CODES).content.decode()


@pytest.mark.parametrize("number", ["+1 (202) 555-0142", ""])
def test_who_cannot_get_in_reads_how_to_reach_the_staff(alice, ada, client_of, clock, number):
    """ "Ask the staff of your center": of whom, and how?"""
    if number:
        centre = Centre.load()
        centre.lines.add(OwnLine(name="Front desk", number=number, hours="9 to 5"))
        centre.save()
    set_up(client_of(alice))
    waiting, _answer = first_step()
    held = Client()
    held.force_login(ada)
    pages = [
        waiting.get(SECOND),
        Client().get("/accounts/password/reset/"),
        held.get("/accounts/again/code/"),
        Client().get("/accounts/inactive/"),
    ]
    for page in (page.content.decode() for page in pages):
        reach = page.split('id="reach"')[1]
        assert ("Front desk" in reach and 'href="tel:+12025550142"' in reach) if number else "person who invited you" in reach
        assert 'href="/help/"' in reach.split("</section>")[0]


def test_recovery_codes_can_be_saved_without_javascript(alice, client_of, clock):
    """A button that does nothing in a browser without scripts; a file whose name tells."""
    client = client_of(alice)
    client.post(APP, {"code": code_for(key_on(client.get(APP)))})
    page = client.get(CODES).content.decode()
    codes = re.findall(r"\b\d{8}\b", re.search(r"<pre.*?</pre>", page, re.S)[0])
    link = re.search(r'href="data:text/plain;charset=utf-8,([^"]+)" download="codes.txt"', page)[1]
    assert link.split("%0A") == [*codes, ""]


def test_new_recovery_codes_end_the_old_ones(alice, client_of, clock):
    client = client_of(alice)
    _key, old = set_up(client)
    assert client.post(CODES + "new/")["Location"] == CODES
    new = re.findall(r"\b\d{8}\b", client.get(CODES).content.decode())
    assert new and not set(new) & set(old)
    other, _answer = first_step()
    other.post(SECOND, {"code": old[0]})
    assert "_auth_user_id" not in other.session


def test_an_app_is_taken_off_with_its_recovery_codes(alice, client_of, clock):
    client = client_of(alice)
    set_up(client)
    assert client.get(APP)["Location"] == APP + "remove/"
    client.post(APP + "remove/")
    assert not Authenticator.objects.filter(user=alice).exists()
    assert first_step()[1]["Location"] == "/today/"


CHANGES = [APP, APP + "remove/", CODES, CODES + "new/", "/accounts/signing-in/passkeys/add/", "/me/address/"]


@pytest.mark.parametrize(("method", "path"), [("get", path) for path in CHANGES] + [("post", path) for path in CHANGES if path != CODES])
def test_each_change_asks_who_is_there_when_signing_in_is_a_while_ago(alice, client_of, clock, path, method):
    """Somebody who finds an open browser on a table."""
    client = client_of(alice)
    set_up(client)
    clock.shift(301)
    answer = getattr(client, method)(path, {"email": "new@example.org"})
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/again/"), answer["Location"]
    assert not QueuedEmail.objects.filter(template="address_confirm").exists() and factors_of(alice).exists()


def test_the_password_again_leads_back_to_what_was_begun(alice, client_of, clock):
    client = client_of(alice)
    clock.shift(301)
    way = client.get(APP)["Location"]
    assert way.startswith("/accounts/again/?next=")
    assert "That is not your password" in client.post(way, {"password": "nonsense", "next": APP}).content.decode()
    assert client.post(way, {"password": PASSWORD, "next": APP})["Location"] == APP
    assert client.get(APP).status_code == 200


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_proving_again_leads_to_no_other_site(alice, client_of, next_page):
    answer = client_of(alice).post("/accounts/again/", {"password": PASSWORD, "next": next_page})
    assert answer["Location"] == "/today/"


@pytest.mark.parametrize("path", [APP + "remove/", CODES, CODES + "new/", "/accounts/signing-in/passkeys/add/"])
def test_an_old_session_and_the_password_do_not_change_a_factor(alice, client_of, clock, path):
    """Whoever has both could else put a passkey of their own beside the phone's codes, and never need the phone."""
    old = client_of(alice)
    key, _codes = set_up(client_of(alice))
    answer = old.get(path)
    assert answer["Location"].startswith("/accounts/again/code/")
    old.post("/accounts/again/", {"password": PASSWORD, "next": path})
    assert old.get(path)["Location"].startswith("/accounts/again/code/")
    clock.shift(60)
    assert old.post("/accounts/again/code/", {"code": code_for(key), "next": path})["Location"] == path
    assert old.get(path).status_code == 200


def test_guesses_of_a_code_are_counted_by_person(alice, client_of, clock):
    """A million codes are soon tried; another address of the guesser must not help."""
    key, _codes = set_up(client_of(alice))
    clock.shift(60)
    for n in range(5):
        client = Client(REMOTE_ADDR=f"192.0.2.{n}")
        client.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
        assert "Wait until the app shows" in client.post(SECOND, {"code": "000000"}).content.decode()
    assert "You have tried several times" in client.post(SECOND, {"code": code_for(key)}).content.decode()
    clock.shift(301)
    client.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert client.post(SECOND, {"code": code_for(key)}).status_code == 302


def test_a_code_that_was_used_does_not_forgive_guesses(alice, client_of, clock):
    """Whoever has seen one code could else send it again between guesses, and guess without end."""
    key, _codes = set_up(client_of(alice))
    clock.shift(60)
    used = code_for(key)
    first_step()[0].post(SECOND, {"code": used})
    client, _answer = first_step()
    said = [client.post(SECOND, {"code": code}).content.decode() for code in ["000000", used] * 3]
    assert "You have tried several times" in said[-1]


def test_proving_again_is_limited(alice, client_of):
    client = client_of(alice)
    said = [client.post("/accounts/again/", {"password": "nonsense"}) for _try in range(11)]
    assert said[9].status_code == 200 and said[10].status_code == 429
    assert "You've tried several times" in said[10].content.decode()


def test_secrets_lie_sealed_in_the_database(alice, client_of, clock):
    """A copy of the database must not hold what signs people in: keys, recovery codes, or a key that still waits in a session."""
    client = client_of(alice)
    key = key_on(client.get(APP))
    assert key not in str(client.session.load())
    client.post(APP, {"code": code_for(key)})
    codes = re.findall(r"\b\d{8}\b", client.get(CODES).content.decode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        rows = [row[0] if isinstance(row[0], str) else json.dumps(row[0]) for row in cursor.fetchall()]
    assert len(rows) == 2 and all("gAAAA" in row for row in rows)
    assert not [secret for secret in (key, *codes) if secret in str(rows)]


def test_codes_work_on_when_the_secret_key_is_changed(alice, client_of, clock, settings):
    """Everybody's second step would be lost with the key that sealed it."""
    key, codes = set_up(client_of(alice))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "quite another key, as long as a real one is, or longer"
    clock.shift(60)
    for code in (code_for(key), codes[0]):
        client, _answer = first_step()
        assert client.post(SECOND, {"code": code}).status_code == 302


def test_the_former_key_can_go_after_a_day(alice, client_of, clock, settings):
    """Else it would have to be kept for as long as anybody has an app, or everybody would lose theirs with it."""
    key, codes = set_up(client_of(alice))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "quite another key, as long as a real one is, or longer"
    encrypt_afresh()
    settings.SECRET_KEY_FALLBACKS = []
    clock.shift(60)
    for code in (code_for(key), codes[0]):
        client, _answer = first_step()
        assert client.post(SECOND, {"code": code}).status_code == 302


def test_a_lost_key_shuts_and_does_not_fail(alice, client_of, clock, settings):
    """An error page for each try; or, worse, codes that follow from an empty key."""
    key, codes = set_up(client_of(alice))
    settings.SECRET_KEY = "quite another key, as long as a real one is, or longer"
    clock.shift(60)
    client, _answer = first_step()
    for code in (code_for(key), codes[0]):
        assert "right, or it was already used" in client.post(SECOND, {"code": code}).content.decode()


def test_a_change_is_told_to_the_owner_without_saying_what(alice, client_of, clock, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        set_up(client_of(alice))
    assert [email.to for email in mail.outbox] == [["alice@example.org"]]
    assert "Alice" not in mail.outbox[0].body and "app" not in mail.outbox[0].body


def test_who_has_no_password_needs_none(alice, client_of, clock):
    """An account that joined with a passkey: no page may end in a password that does not exist."""
    alice.set_unusable_password()
    alice.save()
    client = client_of(alice)
    clock.shift(301)
    assert client.get(APP).status_code == 200
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/reset/"
    assert client.get("/me/").status_code == client.get(OVERVIEW).status_code == 200


def test_the_cast_signs_in_with_its_app(ada, clock):
    client, answer = first_step("ada@example.org")
    assert answer["Location"] == SECOND
    assert client.post(SECOND, {"code": code_of("ada")})["Location"] == "/today/"
    assert client.get("/staff/people/").status_code == 200
