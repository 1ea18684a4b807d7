"""What leaves for the push services: encrypted, signed, neutral, once, and by no other way than to them."""

import datetime as dt
import json
import re
import threading
import uuid
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from cryptography.exceptions import InvalidSignature
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from community.kit import limits
from community.kit.encryption import seal, unseal
from community.kit.ops.condition import troubles
from community.notifications import expansion
from community.notifications.models import Delivery, PushKey, PushSubscription
from community.notifications.push import actions, keys, posting, sending
from groups.chat import actions as chat

pytestmark = pytest.mark.django_db

WORKER = Path("community/static/community/js/worker.js")


def subscribe(service, member, name="one", session="of the test"):
    browser, key = service.browser(name), f"{session} {name}"
    Session.objects.get_or_create(session_key=key, defaults={"expire_date": timezone.now() + dt.timedelta(days=1)})
    actions.register(member=member, session_key=key, words="Firefox", given=browser.told(keys.current().public))
    return browser


def mention(channel, alice, bob):
    """Alice mentions Bob, and what that is to send is due."""
    Delivery.objects.all().delete()
    bob.notifications.all().delete()
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="A secret word for @Bob")
    expansion.run()
    due_now()


def due_now():
    Delivery.objects.filter(transport="push", state="waiting").update(due=timezone.now())


def pushed(**more):
    return [row.state for row in Delivery.objects.filter(transport="push", **more)]


@pytest.fixture
def loud(bob):
    """Bob has no quiet hours: what is due leaves at any time of day."""
    bob.notification_preferences = expansion.Preferences.objects.create(member=bob, is_quiet=False)


@pytest.fixture
def told(service, channel, alice, bob, loud):
    """Bob's browser, and that he was mentioned."""
    browser = subscribe(service, bob)
    mention(channel, alice, bob)
    return browser


def test_a_browser_can_read_what_it_is_sent_and_learns_nothing_from_it(service, told, channel, bob):
    """A payload that names who wrote or where; one that the browser cannot open; a signature that the services refuse."""
    sending.send_due()
    (came,) = service.to(told)
    text = came.opened(told).decode()
    assert not re.search("secret|Alice|Bob|group|" + str(channel.pk) + "|" + str(bob.pk), text, re.IGNORECASE)
    shown = json.loads(text)
    assert shown["notification"] == {"title": sending.TITLE, "body": sending.BODY, "navigate": "http://localhost:8000/inbox/"}
    assert shown["web_push"] == 8030 and uuid.UUID(shown["id"]) and shown.keys() == {"web_push", "notification", "id"}
    claims = came.claims(keys.current().public)
    assert claims["aud"] == service.url and claims["sub"] == "mailto:post@example.org"
    assert dt.timedelta(hours=1) < dt.datetime.fromtimestamp(claims["exp"], dt.UTC) - timezone.now() < dt.timedelta(hours=24)
    assert came.headers["ttl"] == "86400" and came.headers["urgency"] == "normal" and re.fullmatch(r"[\w-]{1,32}", came.headers["topic"])
    assert pushed() == ["sent"]
    with pytest.raises(InvalidSignature):
        came.claims(keys.make().public)


def test_every_push_is_as_long_as_every_other(service, told, channel, alice, bob):
    sending.send_due()
    mention(channel, alice, bob)
    sending.send_due()
    first, second = service.to(told)
    assert len(first.body) == len(second.body) and first.headers["topic"] == second.headers["topic"]


def test_the_worker_shows_the_same_words_as_the_payload_holds():
    """A phone without our worker shows the payload's words, the others those of the worker."""
    source = WORKER.read_text()
    assert f'const TITLE = "{sending.TITLE}"' in source and f'const BODY = "{sending.BODY}"' in source
    assert f'const INBOX = "{reverse("notifications:inbox")}"' in source


def test_each_browser_gets_one_push_for_all_that_is_due(service, told, channel, alice, bob):
    phone = subscribe(service, bob, "phone")
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="And again, @Bob")
    expansion.run()
    due_now()
    sending.send_due()
    assert len(service.to(told)) == len(service.to(phone)) == 1
    sending.send_due()
    assert len(service.came) == 2 and set(pushed()) == {"sent"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(service, told, status):
    service.answer("one", status)
    sending.send_due()
    assert not PushSubscription.objects.exists() and pushed() == ["failed"]


def test_a_redirect_is_not_followed(service, told):
    """It would turn the push into a question to a host that nobody chose, whose 404 ended the subscription."""
    service.answer("one", 302, Location=f"{service.url}/elsewhere")
    sending.send_due()
    assert [each.path for each in service.came] == ["/send/one"]
    assert PushSubscription.objects.get().refusals == 1 and pushed() == ["failed"]


def test_a_service_that_is_busy_is_asked_again_as_late_as_it_wants(service, told, channel, alice):
    """Three times, after 1, 5 and 30 minutes or later, and then no more."""
    for wait in (60, 300, 1800):
        service.answer("one", 503)
        sending.send_due()
        row = Delivery.objects.get(transport="push")
        assert row.state == "waiting" and wait - 5 < (row.due - timezone.now()).total_seconds() <= wait
        due_now()
    sending.send_due()
    assert pushed() == ["failed"] and len(service.came) == 4 and PushSubscription.objects.exists()
    service.answers.clear()
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="And another")
    expansion.run()
    assert sorted(pushed()) == ["failed", "waiting"], "what is new in the same conversation is pushed again"


@pytest.mark.parametrize(
    ("after", "least", "most"), [("7200", 7200, 7230), ("Fri, 31 Dec 2100 23:59:59 GMT", 21600, 21630), ("soon", 0, 60), ("-5", 0, 60)]
)
def test_retry_after_counts_up_to_six_hours(service, told, after, least, most):
    service.answer("one", 429, Retry_After=after)
    sending.send_due()
    wait = (Delivery.objects.get(transport="push").due - timezone.now()).total_seconds()
    assert least - 5 <= wait <= most


def test_a_push_that_is_not_answered_is_not_sent_again(service, told, monkeypatch):
    """The service may have taken it, and the phone would show it twice."""
    monkeypatch.setattr(posting, "TIMEOUT", (1, 0.1))
    service.answer("one", 0)
    sending.send_due()
    due_now()
    service.answers.clear()
    sending.send_due()
    assert pushed() == ["unknown"] and len(service.came) == 1
    assert any("may not have arrived" in sentence for sentence in troubles())


def test_a_service_that_does_not_answer_rests_and_holds_up_nobody(service, told, channel, alice, bob, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", (1, 0.1))
    service.answer("one", 0)
    for _n in range(4):
        sending.send_due()
        mention(channel, alice, bob)
    assert len(service.came) == 3 and pushed() == ["waiting"]


def test_no_phone_rings_late_in_the_quiet_hours(service, channel, alice, bob, time_machine):
    """It was off when the push came, and is turned on in the night."""
    bob.notification_preferences = expansion.Preferences.objects.create(member=bob, quiet_from=84, quiet_until=32)
    time_machine.move_to(dt.datetime(2027, 3, 1, 19, 40, tzinfo=ZoneInfo(bob.time_zone or "UTC")), tick=True)
    subscribe(service, bob)
    mention(channel, alice, bob)
    sending.send_due()
    [came] = service.came
    assert 4700 < int(came.headers["ttl"]) <= 4800


def test_a_browser_that_was_turned_off_while_it_was_posted_to_harms_no_other(service, channel, alice, bob, faye, loud, monkeypatch):
    """An error over one row, and nobody knows what became of the pushes of fifty people."""
    expansion.Preferences.objects.create(member=faye, is_quiet=False)
    for person, name in ((bob, "one"), (faye, "two")):
        subscribe(service, person, name)
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="@Bob, @Faye")
    expansion.run()
    due_now()
    service.answer("one", 403)
    send = sending.send

    def meanwhile(browsers, ids):
        answered = send(browsers, ids)
        PushSubscription.objects.filter(member=bob).delete()
        return answered

    monkeypatch.setattr(sending, "send", meanwhile)
    sending.send_due()
    assert set(pushed()) == {"failed", "sent"}


def test_refused_tests_are_no_sign_that_all_are_refused(service, alice, bob, faye):
    """Three browsers that somebody made up, and nobody gets a push for an hour."""
    for person, name in ((alice, "one"), (bob, "two"), (faye, "three")):
        subscribe(service, person, name)
        service.answer(name, 403)
    assert [sending.send_test(row) for row in PushSubscription.objects.all()] == ["refused"] * 3
    assert PushKey.objects.get().refused_at is None


def test_a_service_that_is_away_is_tried_later(service, told, monkeypatch):
    def away(*args, **kwargs):
        raise requests.ConnectionError(f"no route to {told.endpoint}")

    monkeypatch.setattr(requests.Session, "post", away)
    sending.send_due()
    assert pushed() == ["waiting"]


def test_no_address_of_a_browser_is_logged(service, told, monkeypatch, caplog):
    """Whoever has it can write to that browser, and an error's own words hold it."""

    def broken(*args, **kwargs):
        raise ValueError(f"bad key for {told.endpoint}")

    monkeypatch.setattr(posting, "_post", broken)
    sending.send_due()
    assert "ValueError" in caplog.text and "/send/" not in caplog.text


def test_no_address_is_logged_where_a_push_service_answers_in_a_broken_way(service, told, caplog):
    """The library beneath quoted the whole address beside a header that it could not read."""
    service.answer("one", 201, X="y\r\nno header at all")
    sending.send_due()
    assert pushed() == ["sent"] and "/send/" not in caplog.text


# ---------------------------------------------------------------- refusals


def test_where_every_service_refuses_us_push_rests_and_nothing_is_deleted(service, told, channel, alice, bob):
    """A clock that is wrong would end everybody's subscriptions."""
    service.answer("one", 403)
    for _n in range(6):
        sending.send_due()
        due_now()
    assert len(service.came) == 1 and PushSubscription.objects.get().refusals == 0 and pushed() == ["waiting"]
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("status", stdout=out)
    assert "Push services refuse what this site sends." in out.getvalue()
    assert any("Push services refuse" in sentence for sentence in troubles())
    PushKey.objects.update(refused_at=timezone.now() - dt.timedelta(minutes=61))
    service.answers.clear()
    sending.send_due()
    assert len(service.came) == 2 and pushed() == ["sent"] and not any("Push services" in sentence for sentence in troubles())


def test_one_browser_that_is_refused_is_its_own_affair(service, told, channel, alice, bob, faye):
    """Somebody who makes one up would silence everybody; one that was refused five times in a row is forgotten."""
    subscribe(service, alice, "hers")
    service.answer("one", 403)
    for n in range(1, 6):
        mention(channel, alice, bob)
        sending.send_due()
        assert [row.refusals for row in PushSubscription.objects.filter(member=bob)] == ([n] if n < 5 else [])
    assert not PushKey.objects.exclude(refused_at=None).exists() and PushSubscription.objects.count() == 1


def test_a_push_that_was_taken_ends_the_count_of_refusals(service, told, channel, alice, bob):
    subscribe(service, alice, "hers")
    service.answer("one", 400)
    sending.send_due()
    service.answers.clear()
    mention(channel, alice, bob)
    sending.send_due()
    assert PushSubscription.objects.get(member=bob).refusals == 0


@pytest.mark.parametrize(
    "address", ["post@localhost", "post@127.0.0.1", "post@[::1]", "post@site.internal", "post@site.invalid", "post@site.test"]
)
def test_an_address_that_services_refuse_switches_push_off_and_says_so(service, told, settings, address):
    """Apple answers 403 to each push that is signed with one."""
    settings.DEFAULT_FROM_EMAIL = address
    sending.send_due()
    assert not service.came and pushed() == ["waiting"]
    assert any("MAINSTAY_MAIL_FROM" in sentence for sentence in troubles())
    settings.DEFAULT_FROM_EMAIL = "post@example.org"
    sending.send_due()
    assert len(service.came) == 1


# ---------------------------------------------------------------- keys


def test_a_browser_of_a_former_key_is_reached_until_it_has_the_new_one(service, told, bob):
    """A new key ended all subscriptions, and nobody was told."""
    former = keys.current()
    out = StringIO()
    call_command("rotate_push_key", stdout=out)
    assert keys.current().pk != former.pk and keys.current().pk in out.getvalue()
    sending.send_due()
    assert service.to(told)[0].claims(former.public)
    assert PushKey.objects.count() == 2
    subscribe(service, bob)
    keys.forget_unused()
    assert PushKey.objects.get() == keys.current()


def test_keys_and_addresses_are_sealed_and_outlast_a_new_secret_key(service, told, settings):
    """What is sealed under a former secret key can't be read any more once that is dropped."""
    row, key = PushSubscription.objects.get(), keys.current()
    assert told.endpoint not in row.sealed and service.url not in row.sealed
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of the site, as long as one should be", [settings.SECRET_KEY]
    keys.seal_afresh()
    settings.SECRET_KEY_FALLBACKS = []
    row.refresh_from_db()
    assert unseal(row.sealed)[0] == told.endpoint and keys.current().pk == key.pk


def test_a_key_that_is_lost_is_replaced(service, told, settings):
    """With the secret key gone for good, every push failed, for ever."""
    lost = keys.current()
    settings.SECRET_KEY = "another key of the site, as long as one should be"
    assert keys.current().pk != lost.pk
    sending.send_due()
    assert not PushSubscription.objects.exists() and not service.came


def test_a_host_that_is_no_longer_on_the_list_is_not_posted_to(service, told, settings):
    settings.PUSH_HOSTS = ()
    sending.send_due()
    assert not service.came and PushSubscription.objects.get().refusals == 1


def test_nothing_is_sent_twice_by_two_workers(service, told):
    """Both would have read the same rows."""
    first = sending.deliveries.claim("push")
    assert len(first) == 1 and sending.deliveries.claim("push") == []
    assert threading.active_count() and not service.came


def test_a_member_has_no_more_than_so_many_browsers(service, bob):
    for n in range(limits.MAX_PUSH_BROWSERS + 2):
        subscribe(service, bob, f"b{n}")
    kept = {unseal(row.sealed)[0].rpartition("/")[2] for row in PushSubscription.objects.all()}
    assert kept == {f"b{n}" for n in range(2, limits.MAX_PUSH_BROWSERS + 2)}


def test_rubbish_in_a_sealed_address_is_forgotten(service, told):
    PushSubscription.objects.update(sealed=seal([]))
    sending.send_due()
    assert not PushSubscription.objects.exists() and pushed() == ["failed"]
