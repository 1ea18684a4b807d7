"""A stranger who tries passwords and codes gets tired; the owner does not."""

import itertools
import json
import re
import time

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils.crypto import salted_hmac

from community.kit.encryption import seal
from community.members.models import Device, User
from community.members.signing_in import attempt_limits, ways_back
from community.members.signing_in.allauth_internals import TOTP
from tests.cast import PASSWORD, code_of, make_person, secret_of, step_now

LOGIN, SECOND, RESET = "/accounts/login/", "/accounts/second-step/", "/accounts/password/reset/"
TIRED, LINK = "You have tried several times", "needs a link now"
SAME = "203.0.113.200"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as traveller:
        yield traveller


def browser(place=SAME):
    return Client(REMOTE_ADDR=place)


def sign_in(client, name="alice", password=PASSWORD):
    return client.post(LOGIN, {"login": f"{name}@example.org", "password": password})


def known_browser(name="alice", place=SAME):
    """A browser in which somebody has signed in, and out again."""
    client = browser(place)
    if sign_in(client, name)["Location"] == SECOND:
        client.post(SECOND, {"code": code_of(name, step_now() - 1)})
    assert client.get("/today/").status_code == 200
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
    return client


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def few(monkeypatch):
    """Ten wrong passwords a day in place of a hundred: how many there are is one test's affair."""
    monkeypatch.setitem(attempt_limits.RATES, "day", "10/d/key")


def guess(name, times, places):
    """Wrong passwords, five from each of some networks; return what the last was answered."""
    for place in itertools.islice(places, times // 5):
        pages = [sign_in(browser(place), name, "not the one").content.decode() for _try in range(5)]
    return pages[-1]


def networks():
    return (f"198.51.{a}.{b}" for a, b in itertools.product(range(256), range(1, 255)))


def test_wrong_passwords_from_elsewhere_do_not_keep_the_owner_waiting(alice):
    """Five tries, repeated every five minutes, would keep anybody out for as long as a stranger likes."""
    assert TIRED not in guess("alice", 5, networks())
    assert TIRED in sign_in(browser("198.51.0.1")).content.decode(), "the stranger waits, with the right password too"
    assert sign_in(browser("192.0.2.1"))["Location"] == "/today/"


def test_nor_do_those_of_somebody_on_the_same_network(alice, bob, clock):
    """One house, one Wi-Fi: whoever guesses there shuts out the others but for those whose browsers are known."""
    alices = known_browser()
    for n in range(10):
        sign_in(browser(), f"nobody{n}", "x")
    assert TIRED in sign_in(browser(), "bob").content.decode()
    assert sign_in(alices)["Location"] == "/today/"
    assert TIRED in sign_in(browser()).content.decode(), "it is the browser that is known, not the address"


def test_ipv6_networks_count_as_one(alice):
    """A household has more addresses than there are passwords."""
    said = [sign_in(browser(f"2001:db8:1:2::{n:x}"), password="x").content.decode() for n in range(6)]
    assert [TIRED in page for page in said] == [False] * 5 + [True]
    assert sign_in(browser("2001:db8:1:3::1"))["Location"] == "/today/"


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_after_a_hundred_in_a_day_a_device_that_is_not_known_needs_a_link(alice, name, clock):
    """Many networks together have time for many guesses; a limit that only addresses feel that exist would tell which do."""
    places = networks()
    assert LINK not in guess(name, 100, places)
    assert LINK in sign_in(browser(next(places)), name).content.decode()
    clock.shift(23 * 3600)
    assert LINK in sign_in(browser(next(places)), name).content.decode()
    clock.shift(3601)
    assert LINK not in sign_in(browser(next(places)), name).content.decode()


def test_the_link_lets_the_owner_in_from_there(few, alice):
    guess("alice", 10, networks())
    client = browser("192.0.2.7")
    assert LINK in sign_in(client).content.decode() and not is_in(client)
    client.post(RESET, {"email": "alice@example.org"})
    form = client.get(re.search(r"http://localhost:\d+(/\S+)", mail.outbox[0].body)[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "the coat on the chair"})
    assert sign_in(client, password="the coat on the chair")["Location"] == "/today/"
    assert LINK in sign_in(browser("192.0.2.8"), password="the coat on the chair").content.decode()


def test_a_stranger_who_asks_for_links_keeps_nobody_from_one_and_fills_no_mailbox(alice):
    """The way out of a flood of tries must not be shut by a flood of another kind."""
    for place in ("198.51.0.1", "198.51.0.2", "198.51.0.3"):
        assert {browser(place).post(RESET, {"email": "alice@example.org"}).status_code for _try in range(5)} == {302}
        assert browser(place).post(RESET, {"email": "alice@example.org"}).status_code == 429
    assert browser("192.0.2.7").post(RESET, {"email": "alice@example.org"}).status_code == 302
    assert 1 <= len(mail.outbox) <= 5


def test_a_known_device_an_open_session_and_a_passkey_go_on(few, alice, client_of):
    known, open_one = known_browser(), browser()
    sign_in(open_one)
    guess("alice", 10, networks())
    assert sign_in(known)["Location"] == "/today/"
    assert open_one.get("/today/").status_code == 200
    assert open_one.post("/accounts/again/", {"password": PASSWORD, "next": "/me/"})["Location"] == "/me/"
    challenge = browser("198.51.0.1").get("/accounts/passkey/", headers={"Accept": "application/json"})
    assert challenge.status_code == 200 and challenge.json()["request_options"]


def test_a_known_device_has_a_count_of_its_own(alice):
    """A cookie that lifts the limit would make a found phone the best place to guess from."""
    known = known_browser()
    said = [sign_in(known, password="x").content.decode() for _try in range(6)]
    assert [TIRED in page for page in said] == [False] * 5 + [True]
    assert sign_in(browser())["Location"] == "/today/"


def test_a_device_is_known_to_who_signed_in_there_and_to_nobody_else(few, alice, bob):
    bobs = known_browser("bob")
    guess("alice", 10, networks())
    assert LINK in sign_in(bobs, "alice").content.decode()
    sign_in(bobs, "bob")
    assert is_in(bobs)


@pytest.mark.parametrize("value", ["x", "gAAAAAB", "", "e30", "{}"])
def test_a_made_up_mark_counts_for_nothing(few, alice, value):
    guess("alice", 10, networks())
    client = browser("192.0.2.9")
    client.cookies["device"] = value
    assert LINK in sign_in(client).content.decode()


def test_what_is_sealed_for_one_purpose_counts_for_no_other(alice, ada, client_of):
    """Notes travel in a sealed cookie too; put in the place of one another, they must neither let in nor break a page."""
    client = known_browser()
    client.cookies["messages"] = client.cookies["device"].value
    assert client.get("/").status_code == 200
    admin = client_of(ada)
    admin.post(f"/staff/people/{alice.pk}/suspend/")
    stranger = browser()
    stranger.cookies["device"] = admin.cookies["messages"].value
    assert sign_in(stranger, password="x").status_code == 200


def test_the_mark_says_nothing_lives_on_and_goes_when_one_leaves_quickly(alice):
    """A shared computer on which somebody left in a hurry must not tell that anybody signed in."""
    client = browser()
    mark = sign_in(client).cookies["device"]
    assert str(alice.pk) not in mark.value and mark.value.startswith("gAAAA") and mark["httponly"] and mark["max-age"] > 100 * 24 * 3600
    client.post("/accounts/logout/")
    assert client.cookies["device"].value
    sign_in(client)
    client.post("/leave/", headers={"origin": "http://localhost:8000"})
    assert not client.cookies["device"].value


def test_one_browser_is_known_to_several_people(few, alice, bob):
    """A family's tablet."""
    client = known_browser("alice")
    sign_in(client, "bob")
    client.post("/accounts/logout/")
    for name in ("alice", "bob"):
        guess(name, 10, networks())
        assert sign_in(client, name)["Location"] == "/today/"
        client.post("/accounts/logout/")


def test_guessed_codes_do_not_shut_out_the_owner_either(mo):
    """Who has the password could else keep staff out for ever, five codes at a time."""
    known = known_browser("mo")
    for n in range(6):
        client = browser(f"198.51.100.{n}")
        sign_in(client, "mo")
        page = client.post(SECOND, {"code": "000000"}).content.decode()
    assert TIRED in page
    sign_in(known, "mo")
    assert known.post(SECOND, {"code": code_of("mo")})["Location"] == "/today/"


def test_signing_in_rightly_many_times_is_no_guessing(alice):
    """A whole group that comes back on one evening, through the one address of its house."""
    assert {sign_in(browser())["Location"] for _again in range(40)} == {"/today/"}


def test_the_browser_of_somebody_who_shares_a_mailbox_is_known_too(few, alice):
    """Who shares a mailbox with somebody, and is looked up by the one address that both type."""
    holder = make_person("bob")
    User.objects.filter(pk=alice.pk).update(email="alice@ｅxample.org", mailbox_owner=holder)  # as an earlier release stored it
    User.objects.filter(pk=holder.pk).update(email="alice@example.org")
    holder.set_password("three quiet evening walks")
    User.objects.filter(pk=holder.pk).update(password=holder.password)
    alices = known_browser()
    assert LINK in guess("alice", 15, networks())
    assert sign_in(alices)["Location"] == "/today/"


def test_a_browser_is_no_longer_known_once_the_password_changed(few, alice):
    """A shared computer that keeps a count of its own for half a year, whatever its owner does."""
    alices = known_browser()
    alice.set_password("another-cast-password-2")
    alice.save()
    assert LINK in guess("alice", 15, networks())
    assert LINK in sign_in(alices, password="another-cast-password-2").content.decode()


def signed_in(place):
    client = browser(place)
    sign_in(client)
    client.get("/today/")
    return client


def one_device(client):
    return client.post(f"/me/devices/{Device.objects.get(session_key=client.other.session.session_key).pk}/end/")


@pytest.mark.parametrize("end", [lambda client: client.post("/me/devices/others/end/"), one_device], ids=["everywhere", "there"])
def test_who_signs_out_elsewhere_is_known_in_the_browser_in_hand_alone(few, alice, end):
    """A phone that was lost and signed out from afar went on as a known place to guess from, for half a year."""
    lost, here = signed_in("192.0.2.50"), signed_in("192.0.2.51")
    here.other = lost
    assert end(here)["Location"] == "/me/devices/"
    here.post("/accounts/logout/")
    guess("alice", 10, networks())
    assert LINK in sign_in(lost).content.decode()
    assert sign_in(here)["Location"] == "/today/"


def test_whom_staff_sign_out_everywhere_has_no_known_browser(few, alice, ada, client_of):
    """The same phone, when its owner had to ask for help."""
    lost = known_browser()
    client_of(ada).post(f"/staff/people/{alice.pk}/help-in/", {"what": "factors", "reason": "She came to the office."})
    guess("alice", 10, networks())
    assert LINK in sign_in(lost).content.decode()


def test_a_browser_of_an_earlier_release_stays_known(few, alice):
    """An upgrade that forgets everybody's browsers on the day on which a stranger guesses."""
    client = known_browser()
    stamp = salted_hmac("community.members.devices", alice.password).hexdigest()[:16]
    client.cookies["device"] = seal(f"known {json.dumps({str(alice.pk): [int(time.time()), stamp]})}")
    guess("alice", 10, networks())
    assert sign_in(client)["Location"] == "/today/"


def test_leaving_quickly_forgets_the_browser_also_without_a_session(alice):
    """A phone that still tells who had signed in on it, since they had signed out before they left."""
    alices = known_browser()
    assert alices.cookies["device"].value
    alices.post("/leave/", headers={"origin": "http://localhost:8000"})
    assert not alices.cookies["device"].value


def test_guesses_of_the_present_password_are_counted_with_the_others(client_of, alice, clock):
    """A session that was left open, and a form that takes five guesses a minute for as long as somebody likes."""
    client = client_of(alice)
    form = {"oldpassword": "not the one", "password1": "three quiet evening walks"}
    for _try in range(5):
        client.post("/accounts/password/change/", form)
    clock.shift(61)
    assert TIRED in client.post("/accounts/password/change/", form | {"oldpassword": PASSWORD}).content.decode()
    clock.shift(300)
    assert client.post("/accounts/password/change/", form | {"oldpassword": PASSWORD}).status_code == 302


# ------------------------------------------------- who has no mailbox for a link


@pytest.fixture
def dot(db):
    """Dot has no address, and signs in by "Tea at dawn"."""
    return make_person("dot", sign_in="Tea at dawn")


def by_name(client, password=PASSWORD):
    return client.post(LOGIN, {"login": "Tea at dawn", "password": password})


def test_who_has_no_mailbox_is_told_of_the_way_that_they_have(dot, monkeypatch):
    """Told to open the link in an e-mail that nobody can send, they had no way in for a day."""
    TOTP.activate(dot, secret_of("dot"))
    monkeypatch.setitem(attempt_limits.RATES, "day", "3/d/key")
    for n in range(4):
        stranger = browser(f"198.51.100.{n}")
        by_name(stranger)
        page = stranger.post(SECOND, {"code": "000000"}).content.decode()
    assert LINK not in page and "e-mail" not in page and "way back, or a code from the staff" in page
    owner = browser("192.0.2.7")
    answer = owner.post("/accounts/way-back/", {"login": "Tea at dawn", "code": ways_back.make(dot)[0]})
    form = owner.get(answer["Location"], follow=True)
    owner.post(form.redirect_chain[-1][0], {"password1": "the coat on the chair"})
    by_name(owner, "the coat on the chair")
    assert owner.post(SECOND, {"code": code_of("dot")})["Location"] == "/today/"


def test_a_found_phone_does_not_shut_them_out_of_their_own(few, dot, clock):
    """A day's guesses in one known browser were those of all that the account knows, and no link could come."""
    found, own = browser("192.0.2.50"), browser("192.0.2.51")
    for client in (found, own):
        by_name(client)
        client.get("/today/")
        client.post("/accounts/logout/")
    for _try in range(10):
        clock.shift(100)
        assert LINK not in by_name(found, "x").content.decode()
    clock.shift(301)
    assert by_name(own)["Location"] == "/today/"
