"""Notifications by e-mail: how they leave, and how they are stopped by people, mail services, and mailboxes that refuse them."""

import datetime as dt
import logging
import smtplib
import uuid
from email import message_from_bytes, policy
from email.parser import BytesHeaderParser
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from community.kit import limits, mail, task_queue, tasks
from community.kit.models import QueuedEmail
from community.kit.ops.logs import DiscreetLine
from community.members.models import User
from community.members.signing_in.shared_mailboxes import set_address
from community.notifications import expansion
from community.notifications.email import sending
from community.notifications.models import Delivery, Preferences
from community.notifications.preferences import actions as preferences
from groups.chat import actions as chat
from groups.chat.models import Participant

pytestmark = pytest.mark.django_db
NOBODYS = "n" * 22


def write(member, channel, body="Hello"):
    return chat.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=body)


def leave():
    """Let everything leave that is due now."""
    Delivery.objects.filter(state=Delivery.State.WAITING).update(due=timezone.now())
    sending.send_due()


@pytest.fixture
def told(channel, alice, bob):
    """Bob wants an e-mail each time, at any hour."""
    Preferences.objects.create(member=bob, email="each", is_quiet=False)
    Preferences.objects.create(member=User.objects.get(name="Faye"), email="off")


@pytest.fixture
def email(told, channel, alice):
    """The bytes of an e-mail to Bob, as they leave."""
    write(alice, channel, "Are you still sober, @Bob?")
    expansion.run()
    leave()
    (sent,) = django_mail.outbox
    return sent.message().as_bytes()


@pytest.fixture
def refusing(monkeypatch):
    """A mail server that refuses the addresses in this set for good."""
    refused = set()
    take = EmailBackend.send_messages

    def send_messages(self, messages):
        if refused & set(messages[0].to):
            raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})
        return take(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return refused


def unsubscribe_address(email):
    return urlsplit(message_from_bytes(email, policy=policy.default)["List-Unsubscribe"].strip().strip("<>"))


def wants(member):
    return Preferences.objects.get(pk=member.pk).email


def test_an_email_says_that_there_is_something_and_how_to_stop_it(email, bob):
    """Who wrote, where, or what; or an e-mail that nobody can end."""
    read = message_from_bytes(email, policy=policy.default)
    body = read.get_content()
    key = Preferences.objects.get(pk=bob.pk).unsubscribe_key
    assert read["Subject"] == "There is something new for you" and read.get_content_type() == "text/plain" and not read.is_multipart()
    assert f"http://localhost:8000/u/{key}/" in body.splitlines() and "http://localhost:8000/inbox/" in body.splitlines()
    assert read["List-Unsubscribe"].strip() == f"<http://localhost:8000/u/{key}/>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert set(read) == {
        "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted",
        "List-Unsubscribe", "List-Unsubscribe-Post",
    }  # fmt: skip
    for word in ("Alice", "sober", "Bob"):
        assert word not in email.decode()


def test_a_long_host_is_told_whole(db, settings):
    """A line that is folded after the name of its header, of which a simple reader sees nothing."""
    address = f"https://{'long.' * 20}example.org/u/{NOBODYS}/"
    mail.send("notification", to="robin@example.org", context={"link": "x", "unsubscribe": address})
    raw = django_mail.outbox[0].message().as_bytes()
    assert f"List-Unsubscribe: <{address}>\n".encode() in raw
    for reader in (BytesHeaderParser(policy=policy.default), BytesHeaderParser(policy=policy.SMTP), BytesHeaderParser()):
        assert reader.parsebytes(raw)["List-Unsubscribe"].strip() == f"<{address}>"


def test_what_came_together_is_one_email(told, channel, alice):
    for n in range(3):
        write(alice, channel, f"@Bob {n}")
    expansion.run()
    leave()
    assert len(django_mail.outbox) == 1
    leave()
    assert len(django_mail.outbox) == 1


def test_the_digests_of_a_morning_leave_at_once(channel, alice, django_assert_max_num_queries, time_machine):
    """Fifty a second, or a look at the database for each member beyond what an e-mail itself needs."""
    time_machine.move_to(dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC), tick=True)
    people = [User(email=f"m{n}@example.org", name=f"M{n}", name_key=f"m{n}", time_zone="UTC") for n in range(60)]
    Participant.objects.bulk_create([Participant(channel=channel, member=person) for person in User.objects.bulk_create(people)])
    write(alice, channel)
    expansion.run()
    Delivery.objects.update(due=timezone.now())
    with django_assert_max_num_queries(62 * 20 + 40):
        sending.send_due()
    assert len(django_mail.outbox) == 62, "more than are claimed at once"


# ---------------------------------------------------------------- stopping


def test_a_mail_service_stops_them_without_a_session(email, bob):
    """RFC 8058: a POST from a machine, without a cookie or a token; no redirect, and again changes nothing."""
    service = Client(enforce_csrf_checks=True)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        body = b"List-Unsubscribe=One-Click" if "urlencoded" in kind else (
            b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
        )  # fmt: skip
        answer = service.post(unsubscribe_address(email).path, body, content_type=kind, headers={"user-agent": "a mail service"})
        assert (answer.status_code, wants(bob)) == (200, "off") and not answer.cookies


def test_who_opens_the_link_stops_nothing(email, bob):
    """A scanner of links, which would end the e-mails of everybody whose mailbox has one."""
    path = unsubscribe_address(email).path
    scanner = Client()
    for answer in (scanner.get(path), scanner.head(path), scanner.get(path, {"List-Unsubscribe": "One-Click"}), scanner.options(path)):
        assert answer.status_code in (200, 405) and wants(bob) == "each" and not answer.cookies
    page = scanner.get(path).content.decode()
    assert "Stop these e-mails?" in page and page.count("<button") - page.count('type="button"') >= 1


def test_a_person_stops_them_by_hand(email, bob, client_of, alice):
    """Whoever is signed in here: it asks nobody who they are."""
    path = unsubscribe_address(email).path
    for person in (Client(enforce_csrf_checks=True), client_of(alice)):
        page = person.post(path, {"List-Unsubscribe": "One-Click"})
        assert page.status_code == 200 and "The e-mails have stopped" in page.content.decode() and wants(bob) == "off"
    assert not Preferences.objects.filter(pk=alice.pk, email="off").exists()


def test_a_key_that_nobody_has_answers_alike(email):
    """An answer that tells whether somebody is here."""
    path, other = unsubscribe_address(email).path, f"/u/{NOBODYS}/"
    stranger = Client()
    for ask in (stranger.get, stranger.post):
        one, two = ask(path), ask(other)
        assert (one.status_code, one.content, dict(one.headers)) == (two.status_code, two.content, dict(two.headers))


def test_the_key_is_in_no_log(email, caplog, monkeypatch):
    """Whoever reads the log could stop somebody's e-mails, or see who has stopped them. It is an error that is logged with its address."""
    console = next(handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, DiscreetLine))
    monkeypatch.setattr(preferences, "unsubscribe", Mock(side_effect=ValueError(f"{unsubscribe_address(email).path}")))
    assert Client(raise_request_exception=False).post(unsubscribe_address(email).path).status_code == 500
    (failed,) = [record for record in caplog.records if record.name == "django.request"]
    console.filter(failed)
    said = console.format(failed)
    assert "notifications:unsubscribe" in said and "/u/" not in said and "ValueError" in said


def test_what_waits_before_a_slow_server_is_withdrawn(told, channel, alice, bob, settings):
    """An e-mail that comes after somebody has asked for no more."""
    settings.TASKS = settings.QUEUED
    write(alice, channel)
    expansion.run()
    leave()
    Client().post(f"/u/{Preferences.objects.get(pk=bob.pk).unsubscribe_key}/")
    task_queue.run_waiting()
    assert not django_mail.outbox and not QueuedEmail.objects.exists()


# ---------------------------------------------------------------- mailboxes that refuse


def write_and_leave(alice, channel, bob):
    chat.mark_read(member=bob, channel=channel.pk, seq=10**9)
    write(alice, channel)
    expansion.run()
    leave()


def test_a_mailbox_that_refuses_is_left_in_peace(told, channel, alice, bob, ada, client_of, refusing):
    """Writing on to it harms the center's mail. The member and an admin see it, and the member can have it tried again."""
    refusing.add("bob@example.org")
    for _time in range(limits.MAX_EMAIL_REFUSALS + 2):
        write_and_leave(alice, channel, bob)
    assert QueuedEmail.objects.filter(template="notification").count() == limits.MAX_EMAIL_REFUSALS
    page, person = client_of(bob), client_of(ada)
    assert "Our e-mails don&#x27;t reach you" in page.get("/today/").content.decode(), "seen only by who happens to open their preferences"
    assert "Our e-mails don't reach you" in page.get("/me/notifications/").content.decode()
    assert "came back, so we stopped sending them" in person.get(f"/staff/people/{bob.pk}/").content.decode()
    assert "under “How you hear from us”" in person.get(f"/staff/people/{bob.pk}/").content.decode()
    assert "came back" not in person.get(f"/staff/people/{alice.pk}/").content.decode()
    refusing.clear()
    page.post("/me/notifications/try-again/")
    write_and_leave(alice, channel, bob)
    assert len(django_mail.outbox) == 1
    for seen in ("/me/notifications/", "/today/"):
        assert "Our e-mails" not in page.get(seen).content.decode()
    assert "came back" not in person.get(f"/staff/people/{bob.pk}/").content.decode()


def test_who_wants_no_email_is_not_asked_to_mend_it(bob, client_of):
    Preferences.objects.create(member=bob, email="off", email_refusals=limits.MAX_EMAIL_REFUSALS)
    for page in ("/today/", "/me/notifications/"):
        assert "Our e-mails" not in client_of(bob).get(page).content.decode()


def test_an_email_that_arrives_ends_the_count(told, channel, alice, bob, refusing):
    """Three refusals in three years are none in a row."""
    for refused in (2, 0, 2, 0):
        refusing.update({"bob@example.org"} if refused else ())
        for _time in range(refused or 1):
            write_and_leave(alice, channel, bob)
        refusing.clear()
    assert len(django_mail.outbox) == 2 and Preferences.objects.get(pk=bob.pk).email_refusals == 0


def test_a_new_address_is_written_to(told, channel, alice, bob, refusing):
    refusing.add("bob@example.org")
    for _time in range(limits.MAX_EMAIL_REFUSALS):
        write_and_leave(alice, channel, bob)
    set_address(User.objects.get(pk=bob.pk), "bob@elsewhere.example")
    write_and_leave(alice, channel, bob)
    assert [sent.to for sent in django_mail.outbox] == [["bob@elsewhere.example"]]


def test_a_server_that_is_away_is_no_refusal(told, channel, alice, bob, monkeypatch):
    """An hour without a mail server, after which nobody is ever written to."""

    def away(self, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    write_and_leave(alice, channel, bob)
    for days in range(9):
        with time_machine.travel(timezone.now() + timezone.timedelta(days=days)):
            tasks.send_again()
    assert QueuedEmail.objects.get().state == "failed" and Preferences.objects.get(pk=bob.pk).email_refusals == 0
