"""The page "Notifications on this device": whose a browser is, and when its notifications end."""

import copy
import json
import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from community.members.models import Device
from community.members.people import actions as people
from community.members.signing_in.devices import sign_out_everywhere
from community.members.signing_in.sessions import UNTIL
from community.notifications.models import PushSubscription
from community.notifications.push import keys
from community.notifications.push.reading import hash_of_session
from tests.cast import PASSWORD
from tests.notifications.kills import before
from tests.races import at_once, meet

pytestmark = pytest.mark.django_db

PAGE = "/me/notifications/device/"


def register(client, service, name="one", **more):
    told = service.browser(name).told(keys.current().public, **more)
    return client.post(f"{PAGE}register/", told, content_type="application/json")


def signed_in(person):
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    client.get("/me/")
    return client


def in_two_tabs(person):
    client, other_tab = signed_in(person), Client()
    other_tab.cookies = copy.deepcopy(client.cookies)
    return client, other_tab


def test_a_session_is_stored_as_a_hash(service, bob):
    """Backups hold these rows, and no session that somebody who reads one could go on with."""
    client = signed_in(bob)
    register(client, service)
    row = PushSubscription.objects.values().get()
    assert client.session.session_key not in str(row)


@pytest.mark.parametrize("path", ["/leave/", "/accounts/logout/"])
def test_who_leaves_after_the_session_has_run_out_is_reached_no_more(service, bob, path):
    """The page stood open on a shared computer for two hours, and then its member left for good."""
    client = signed_in(bob)
    register(client, service)
    Session.objects.filter(session_key=client.session.session_key).update(expire_date=timezone.now())
    answer = client.post(path, headers={"origin": "http://localhost:8000"})
    assert whose() == [] and answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def whose():
    return sorted(PushSubscription.objects.values_list("member__name", flat=True))


def test_a_browser_is_listed_tested_and_turned_off(service, bob):
    client = signed_in(bob)
    page = client.get(PAGE).content.decode()
    assert "Nowhere yet." in page and f'data-key="{keys.current().public}"' in page and " data-on>" not in page
    assert register(client, service).status_code == 200
    row = PushSubscription.objects.get()
    page = client.get(PAGE).content.decode()
    assert "This one" in page and " data-on>" in page and f'data-push="{row.endpoint_hash}"' in page
    answer = client.post(f"{PAGE}{row.pk}/test/", follow=True)
    assert "The test is on its way." in answer.content.decode() and len(service.came) == 1
    page = client.post(f"{PAGE}{row.pk}/remove/", follow=True).content.decode()
    assert not PushSubscription.objects.exists() and 'data-push=""' in page


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(410, "has turned its notifications off"), (503, "answer right now"), (403, "refused the test"), (302, "refused the test")],
)
def test_a_test_says_the_truth(service, bob, status, sentence):
    client = signed_in(bob)
    register(client, service)
    service.answer("one", status)
    answer = client.post(f"{PAGE}{PushSubscription.objects.get().pk}/test/", follow=True)
    assert sentence in answer.content.decode()


def test_tests_have_a_limit(service, bob):
    client = signed_in(bob)
    register(client, service)
    row = PushSubscription.objects.get()
    for _n in range(6):
        answer = client.post(f"{PAGE}{row.pk}/test/", follow=True)
    assert len(service.came) == 5 and "Please wait a few minutes." in answer.content.decode()


def test_without_an_address_that_services_take_nobody_is_asked(service, bob, settings):
    settings.DEFAULT_FROM_EMAIL = "post@localhost"
    assert 'data-key=""' in signed_in(bob).get(PAGE).content.decode()


def test_another_s_browser_cannot_be_tested_or_turned_off(service, alice, bob):
    register(signed_in(bob), service)
    row, client = PushSubscription.objects.get(), signed_in(alice)
    assert {client.post(f"{PAGE}{row.pk}/{deed}/").status_code for deed in ("test", "remove")} == {404}
    assert whose() == ["Bob"] and not service.came


def test_a_form_of_another_site_registers_nothing(service, bob):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert register(client, service).status_code == 403 and not PushSubscription.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "null", "{", "x" * 10_000, "[" * 8000, b"\xff", '{"endpoint": 5, "former": {}, "renew": true}'])
def test_rubbish_is_refused(service, bob, body):
    answer = signed_in(bob).post(f"{PAGE}register/", body, content_type="application/json")
    assert answer.status_code in (404, 409) and not PushSubscription.objects.exists()


@pytest.mark.parametrize("field", ["endpoint", "former"])
@pytest.mark.parametrize("renew", [True, False])
def test_what_is_no_text_is_refused(service, bob, field, renew):
    """Half a character, of which nobody can work out a hash: the page failed."""
    told = service.browser().told(keys.current().public, renew=renew) | {field: "https://fcm.googleapis.com/\ud800"}
    answer = signed_in(bob).post(f"{PAGE}register/", json.dumps(told), content_type="application/json")
    assert answer.status_code in (404, 409) and not PushSubscription.objects.exists()


# ---------------------------------------------------------------- whose it is


def test_a_browser_belongs_to_who_signed_in_last(service, alice, bob):
    """Bob's phone went on buzzing for Alice, who had lent it to him; or his notifications came to hers."""
    alices = signed_in(alice)
    register(alices, service)
    bobs = signed_in(bob)
    assert 'data-push=""' in bobs.get("/me/").content.decode()
    assert register(bobs, service, renew=True).status_code == 200
    assert whose() == ["Bob"]


def test_a_page_registers_nothing_that_nobody_asked_for(service, bob):
    """Turned off, or ended with a sign-out that the browser missed, it came back with the next page."""
    client = signed_in(bob)
    assert register(client, service, renew=True).status_code == 404
    register(client, service)
    client.post(f"{PAGE}{PushSubscription.objects.get().pk}/remove/")
    assert register(client, service, renew=True).status_code == 404 and not PushSubscription.objects.exists()


def test_what_a_browser_has_lost_is_registered_again_by_its_page(service, bob):
    client = signed_in(bob)
    register(client, service)
    assert register(client, service, "two", renew=True).status_code == 200
    assert PushSubscription.objects.count() == 1, "one browser, one subscription"


def test_a_page_with_a_former_key_gets_the_present_one(service, bob):
    client = signed_in(bob)
    register(client, service)
    former, new = keys.current().public, keys.make().public
    answer = client.post(f"{PAGE}register/", service.browser().told(former, renew=True), content_type="application/json")
    assert answer.status_code == 409 and answer.json()["key"] == new
    again = signed_in(bob)  # its session knows nothing of the browser, but the former address does
    told = service.browser("two").told(new, renew=True, former=service.browser().endpoint)
    assert again.post(f"{PAGE}register/", told, content_type="application/json").status_code == 200
    assert PushSubscription.objects.get().key_id == keys.current().pk


# ---------------------------------------------------------------- when it ends


def leave(client, bob, ada):
    client.post("/leave/", headers={"origin": "http://localhost:8000"})


ENDS = {
    "signed out": lambda client, bob, ada: client.post("/accounts/logout/"),
    "left quickly": leave,
    "signed out from another device": lambda client, bob, ada: signed_in(bob).post(
        f"/me/devices/{Device.objects.get(session_key=client.session.session_key).pk}/end/"
    ),
    "signed out everywhere": lambda client, bob, ada: sign_out_everywhere(bob),
    "signed out everywhere else": lambda client, bob, ada: signed_in(bob).post("/me/devices/others/end/"),
    "paused": lambda client, bob, ada: people.suspend(actor=ada, member=bob),
    "closed": lambda client, bob, ada: people.close_account(actor=ada, member=bob),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_notifications_end_with(service, bob, ada, end):
    """A phone that its member signed out of, or had to leave in a hurry, buzzed on."""
    client = signed_in(bob)
    register(client, service)
    end(client, bob, ada)
    assert whose() == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_sign_out_ends_what_is_turned_on_in_the_same_moment(service, bob):
    """A tap on "Turn on" and another on "Sign out": the phone buzzed on."""
    client, other_tab = in_two_tabs(bob)
    told = service.browser().told(keys.current().public)

    def work(case):
        if case == "on":
            with before('INSERT INTO "notifications_pushsubscription"', meet):
                return client.post(f"{PAGE}register/", told, content_type="application/json").status_code
        with before('DELETE FROM "django_session"', meet):
            return other_tab.post("/accounts/logout/").status_code

    assert at_once(work, ("on", "out"))[1] == 302
    assert whose() == []


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_nothing_is_turned_on_where_this_has_ended_just_now(service, bob, ada, end):
    """What the page had asked for before came after, and outlasted a sign-out or a pause."""
    client, other_tab = in_two_tabs(bob)
    told = service.browser().told(keys.current().public)
    with before('"notifications_pushkey"', lambda: end(other_tab, bob, ada)):
        assert client.post(f"{PAGE}register/", told, content_type="application/json").status_code == 400
    assert whose() == []


def run_out(client):
    Session.objects.filter(session_key=client.session.session_key).update(expire_date=timezone.now())


def past_its_end(client):
    session = client.session
    session[UNTIL] = time.time() - 1
    session.save()
    session.model.objects.update(expire_date=timezone.now() + timezone.timedelta(hours=1))


@pytest.mark.parametrize("end", [run_out, past_its_end])
def test_a_session_that_ends_by_itself_ends_no_notifications(service, bob, end):
    """A push is what brings somebody back after that: the page that they then opened ended the pushes, with the worker."""
    client = signed_in(bob)
    register(client, service)
    end(client)
    answer = client.get("/groups/")
    assert answer.status_code == 302 and answer["Clear-Site-Data"] == '"cache"' and whose() == ["Bob"]


def test_a_session_that_ends_by_itself_clears_every_other_browser(service, bob):
    register(signed_in(bob), service)
    other = signed_in(bob)
    run_out(other)
    assert other.post("/groups/")["Clear-Site-Data"] == '"cache", "storage"'


def test_a_changed_password_ends_them_elsewhere_and_keeps_them_here(service, bob):
    """Changing it gives the session a new key."""
    here, there = signed_in(bob), signed_in(bob)
    register(here, service, "here")
    register(there, service, "there")
    new = "the coat on the chair"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert "_auth_user_id" in here.session and "_auth_user_id" not in there.session
    assert 'data-push=""' in here.get("/me/").content.decode()
    assert register(here, service, "here", renew=True).status_code == 200
    assert PushSubscription.objects.get().session_hash == hash_of_session(here.session.session_key)
