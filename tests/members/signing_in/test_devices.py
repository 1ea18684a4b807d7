"""Where one is signed in: in words, without an address, and ended from anywhere."""

import re

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from community.members.models import Device
from community.members.signing_in.devices import device_words, forget_ended
from tests.cast import PASSWORD

DEVICES = "/me/devices/"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
LAPTOP = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15"


def sign_in(agent, name="alice"):
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR="192.0.2.77")
    client.post("/accounts/login/", {"login": f"{name}@example.org", "password": PASSWORD})
    client.get("/today/")
    return client


@pytest.mark.parametrize(
    "agent, words",
    [
        (PHONE, "Firefox on Android"),
        (LAPTOP, "Safari on Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Safari/604.1", "Chrome on iPhone"),
        ("curl/8", "A device that does not say what it is"),
        ("", "A device that does not say what it is"),
        ("<script>Firefox/1", "Firefox"),
    ],
)
def test_a_device_is_said_in_words(agent, words):
    assert device_words(agent) == words


def test_the_list_shows_each_place_and_marks_this_one(alice):
    sign_in(PHONE)
    page = sign_in(LAPTOP).get(DEVICES).content.decode()
    rows = re.findall(r'<li class="row">(.*?)</li>', page, re.S)
    assert sorted("This one" in row for row in rows) == [False, True]
    assert next("Safari on Mac" in row for row in rows if "This one" in row) and "Firefox on Android" in page


def test_neither_an_address_nor_what_the_browser_said_is_kept(alice):
    """Where somebody was when they opened this site is nobody's business, and would lie in every backup."""
    sign_in(PHONE)
    assert "192.0.2.77" not in str(list(Device.objects.values())) and "Gecko" not in str(list(Device.objects.values()))
    assert "192.0.2.77" not in str([session.get_decoded() for session in Session.objects.all()])


def test_one_place_is_signed_out_and_no_other(alice):
    phone, laptop = sign_in(PHONE), sign_in(LAPTOP)
    laptop.post(f"{DEVICES}{Device.objects.get(words='Firefox on Android').pk}/end/")
    assert phone.get("/today/").status_code == 302 and laptop.get("/today/").status_code == 200
    assert "Firefox" not in laptop.get(DEVICES).content.decode()


def test_everywhere_else_means_everywhere(alice, bob):
    """Also a session that was opened before any of this was noted, and nobody else's."""
    phone, laptop, bobs = sign_in(PHONE), sign_in(LAPTOP), sign_in(PHONE, "bob")
    old = Client()
    old.force_login(alice)
    laptop.post(DEVICES + "others/end/")
    assert [client.get("/today/").status_code for client in (phone, laptop, bobs, old)] == [302, 200, 200, 302]


def test_nobody_ends_anothers_session(alice, bob):
    phone, bobs = sign_in(PHONE), sign_in(LAPTOP, "bob")
    assert bobs.post(f"{DEVICES}{Device.objects.get(member=alice).pk}/end/").status_code == 404
    assert phone.get("/today/").status_code == 200


def test_a_new_password_ends_the_other_sessions_in_the_list_too(alice):
    """A list that shows as signed in who is not."""
    phone, laptop = sign_in(PHONE), sign_in(LAPTOP)
    laptop.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "the coat on the chair"})
    page = laptop.get(DEVICES).content.decode()
    assert page.count('<li class="row">') == 1 and "Safari on Mac" in page and "Firefox" not in page
    assert phone.get("/today/").status_code == 302


def test_what_is_noted_is_written_once_an_hour(alice, django_assert_num_queries):
    """A write for each page would cost every reader a disk."""
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as clock:
        phone = sign_in(PHONE)
        before = Device.objects.get().seen_at
        clock.shift(1800)
        phone.get("/me/")
        assert Device.objects.get().seen_at == before
        clock.shift(1801)
        phone.get("/me/")
        assert Device.objects.get().seen_at > before


def test_the_lines_of_ended_sessions_go(alice, bob):
    sign_in(PHONE)
    sign_in(PHONE, "bob").post("/accounts/logout/")
    forget_ended()
    assert [device.member for device in Device.objects.all()] == [alice]
