"""Notifications by text message: signed, one for all that is due, neutral, never twice, and none after a STOP."""

import datetime as dt
import time
import uuid
from io import StringIO
from unittest.mock import Mock

import pytest
import requests
from django.core.management import call_command
from django.utils import timezone

from community.centre.models import Centre
from community.kit.encryption import seal
from community.kit.ops.condition import troubles
from community.members.invitations.do_not_write import hash_of_address
from community.members.models import DoNotWrite
from community.members.texting import posting
from community.members.texting.numbers import hash_of
from community.notifications import expansion
from community.notifications.models import Delivery, TextNumber
from community.notifications.texting import actions, sending
from groups.chat import actions as chat
from tests.house.outgoing import Reader

pytestmark = pytest.mark.django_db
BOBS = "+12125550123"


def give(member, number):
    return TextNumber.objects.create(
        member=member, sealed=seal([number]), number_hash=hash_of(number), agreed_to="Yes", agreed_at=timezone.now()
    )


def mention(channel, alice, bob):
    Delivery.objects.all().delete()
    bob.notifications.all().delete()
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="A secret word for @Bob")
    expansion.run()
    due_now()


def due_now():
    Delivery.objects.filter(transport="text", state="waiting").update(due=timezone.now())


def states(**more):
    return [row.state for row in Delivery.objects.filter(transport="text", **more)]


@pytest.fixture(autouse=True)
def center(db):
    Centre(name="Long Table", country="US", no_line=True).save()


@pytest.fixture
def told(gateway, channel, alice, bob):
    """Bob has a number and no quiet hours, and was mentioned."""
    expansion.Preferences.objects.create(member=bob, is_quiet=False)
    give(bob, BOBS)
    mention(channel, alice, bob)


def test_it_says_that_there_is_something_new_and_no_more(gateway, told, channel, bob):
    """A text that names who wrote or where, on a phone that others look at; or one that a stranger could have handed to the gateway."""
    sending.send_due()
    (came,) = gateway.came
    assert came.number == BOBS and came.text == "Long Table: something new"
    assert Reader(frozenset({"Alice", "Bob", "secret", channel.name or "group"}), "Long Table").told(came.text) == []
    assert abs(int(came.headers["mainstay-timestamp"]) - time.time()) < 60
    assert uuid.UUID(came.id) and came.headers["content-type"] == "application/json" and states() == ["sent"]


def test_a_gateway_with_another_secret_takes_nothing(gateway, told, settings):
    settings.SMS_SECRET = "x" * 40
    sending.send_due()
    assert not gateway.came and states() == ["waiting"]


def test_one_leaves_for_all_that_is_due_and_none_twice(gateway, told, channel, alice):
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="And again, @Bob")
    expansion.run()
    due_now()
    sending.send_due()
    sending.send_due()
    assert len(gateway.came) == 1 and set(states()) == {"sent"}


def test_it_waits_for_a_quarter_of_an_hour_and_leaves_only_if_it_was_not_read(gateway, channel, alice, bob):
    expansion.Preferences.objects.create(member=bob, is_quiet=False)
    give(bob, BOBS)
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="@Bob")
    expansion.run()
    for row in Delivery.objects.filter(transport="text"):
        assert dt.timedelta(minutes=14) < row.due - timezone.now() <= dt.timedelta(minutes=15)
    bob.notifications.update(read_at=timezone.now())
    due_now()
    sending.send_due()
    assert not gateway.came and set(states()) == {"dropped"}


def test_nobody_gets_one_who_has_given_no_number(gateway, channel, alice, bob):
    expansion.Preferences.objects.create(member=bob, is_quiet=False)
    mention(channel, alice, bob)
    assert states() == []


def test_in_quiet_hours_none_leaves(gateway, told, bob):
    quarter = timezone.now().hour * 4 + timezone.now().minute // 15
    type(bob).objects.filter(pk=bob.pk).update(time_zone="UTC")
    chosen = {"is_quiet": True, "quiet_from": (quarter - 2) % 96, "quiet_until": (quarter + 4) % 96}
    expansion.Preferences.objects.filter(member=bob).update(**chosen)
    sending.send_due()
    assert not gateway.came and states() == ["waiting"] and not troubles_of_texts()


@pytest.mark.parametrize(("status", "body"), [(410, b""), (200, b'{"stop": true}'), (202, b'{"stop": true, "more": [1]}')])
def test_stop_ends_all_texts_to_that_number_at_once(gateway, told, channel, alice, bob, status, body):
    """Whatever the gateway answers it with. What waits is dropped, and the number is kept by its hash alone."""
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="And again, @Bob")
    expansion.run()
    gateway.answer(status, body)
    sending.send_due()
    assert not TextNumber.objects.exists() and set(states()) == {"dropped"}
    assert [row.address_hash for row in DoNotWrite.objects.all()] == [hash_of_address(BOBS)]
    gateway.answer(200)
    mention(channel, alice, bob)
    sending.send_due()
    assert len(gateway.came) == 1 and states() == []


@pytest.mark.parametrize("body", [b"", b"{", b'{"stop": "true"}', b'{"stop": false}', b"[true]", b'"stop"', b"\xff", b"[" * 4000])
def test_no_other_answer_is_a_stop(gateway, told, body):
    gateway.answer(200, body)
    sending.send_due()
    assert states() == ["sent"] and TextNumber.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503, 302, 401, 404])
def test_what_the_gateway_cannot_take_now_is_tried_later(gateway, told, status):
    """Three times, under the same id, and then no more; meanwhile an admin is told, and no longer when one has left."""
    gateway.answer(status, Location="/elsewhere")
    for minutes in (1, 5, 30):
        sending.send_due()
        row = Delivery.objects.get(transport="text")
        assert row.state == "waiting" and minutes * 60 - 5 < (row.due - timezone.now()).total_seconds() <= minutes * 60
        assert troubles_of_texts() and "texts" in status_of_site()
        due_now()
    sending.send_due()
    assert states() == ["failed"] and len(gateway.came) == 4 and len({each.id for each in gateway.came}) == 1
    assert troubles_of_texts()


def test_an_admin_hears_no_more_of_it_when_one_has_left(gateway, told, channel, alice, bob):
    gateway.answer(503)
    sending.send_due()
    assert troubles_of_texts()
    gateway.answer(200)
    due_now()
    sending.send_due()
    assert states() == ["sent"] and not troubles_of_texts()


def test_it_waits_as_long_as_the_gateway_asks(gateway, told):
    gateway.answer(429, Retry_After="600")
    sending.send_due()
    wait = (Delivery.objects.get(transport="text").due - timezone.now()).total_seconds()
    assert 590 < wait < 640


def test_a_number_that_is_refused_for_good_is_not_tried_again(gateway, told):
    gateway.answer(422)
    sending.send_due()
    due_now()
    sending.send_due()
    assert states() == ["failed"] and len(gateway.came) == 1


def test_what_was_never_answered_is_unknown_and_not_sent_again(gateway, told, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", (3, 0.2))
    gateway.answer(0)
    sending.send_due()
    sending.send_due()
    assert states() == ["unknown"] and len(gateway.came) == 1


def test_where_its_worker_was_killed_it_is_unknown(gateway, told):
    """Between claim and answer."""
    Delivery.objects.filter(transport="text").update(state="leaving", claim=uuid.uuid4(), due=timezone.now())
    sending.send_due()
    assert states() == ["unknown"] and not gateway.came and any("may not have arrived" in sentence for sentence in troubles())


def test_a_gateway_that_is_away_is_asked_once_for_all(gateway, told, channel, alice, bob, faye, settings, monkeypatch):
    """Fifty that wait for ten seconds each, and codes behind them. Who wasn't tried loses no try."""
    give(faye, "+12125550124")
    expansion.Preferences.objects.update_or_create(member=faye, defaults={"is_quiet": False})
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="@Faye")
    expansion.run()
    due_now()
    post = Mock(side_effect=requests.ConnectTimeout)
    monkeypatch.setattr(requests.Session, "post", post)
    sending.send_due()
    assert post.call_count == 1 and set(states()) == {"waiting"}
    assert sorted({row.tries for row in Delivery.objects.filter(transport="text")}) == [0, 1]


def test_a_number_removed_meanwhile_gets_nothing(gateway, told, bob):
    actions.remove(member=bob)
    sending.send_due()
    assert not gateway.came and states() == ["dropped"]


def test_without_a_gateway_nothing_is_queued(gateway, told, channel, alice, bob, settings):
    settings.SMS_URL = ""
    mention(channel, alice, bob)
    sending.send_due()
    assert states() == [] and not gateway.came and "no gateway is set" in status_of_site()


def troubles_of_texts():
    return [sentence for sentence in troubles() if "MAINSTAY_SMS_URL" in sentence]


def test_status_counts_those_who_get_them(gateway, alice, bob):
    """A number that was proven by joining, and at which nobody asked for notifications, is among those who get them."""
    TextNumber.objects.create(member=alice, sealed=seal(["+12025550148"]), number_hash="0")
    assert "0 numbers" in status_of_site()
    give(bob, "+12025550143")
    assert "1 number" in status_of_site()


def status_of_site():
    out = StringIO()
    with pytest.raises(SystemExit):  # no worker runs, no backup was made
        call_command("status", stdout=out)
    return next(line for line in out.getvalue().splitlines() if line[2:].startswith("texts"))
