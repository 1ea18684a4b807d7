"""Letters say nothing about what this site is for, and leave once."""

import re
import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail as django_mail
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from community.centre.models import Centre
from community.centre.tasks import forget_old
from community.kit import mail, task_queue, tasks
from community.kit.errors import Refused
from community.kit.models import OutboxEmail, QueuedEmail
from community.members.invitations.actions import invite
from tests.cast import make_group

TELLING = re.compile(
    r"recover|sober|addict|alcohol|drug|cocaine|opio|substance|treatment|rehab|clinic|patient|program|therap|alumn|member|group|peer|"
    r"facilitat|meeting|crisis|health|Tuesday|Alice|Ada\b",
    re.IGNORECASE,
)  # fmt: skip
EXAMPLES = {
    "invitation": {"link": "http://localhost:8000/invitation/k/", "days": 14, "unsubscribe": "http://localhost:8000/stop/k/"},
    "reminder": {"link": "http://localhost:8000/invitation/k/", "until": "December 14", "unsubscribe": "http://localhost:8000/stop/k/"},
    "password_reset": {"link": "http://localhost:8000/accounts/password/reset/key/1-2/"},
    "sign_in_changed": {"link": "http://localhost:8000/accounts/signing-in/"},
    "way_in": {"link": "http://localhost:8000/accounts/password/reset/key/1-2/"},
    "address_asked": {"link": "http://localhost:8000/address/stop/k/"},
    "address_confirm": {"link": "http://localhost:8000/address/confirm/k/", "days": 7},
    "address_changed": {},
    "notification": {"link": "http://localhost:8000/inbox/", "unsubscribe": "http://localhost:8000/u/0123456789abcdefghijkl/"},
    "test": {},
}


@pytest.fixture
def queue(settings, db):
    """The site's own queue, which nobody works through but the test."""
    settings.TASKS = settings.QUEUED
    DBTaskResult.objects.all().delete()  # Wagtail's migrations leave some


@pytest.fixture
def broken(monkeypatch):
    """A mail server that fails with each error in turn, then takes letters."""
    errors = []
    take = django_mail.backends.locmem.EmailBackend.send_messages

    def send_messages(self, messages):
        if errors:
            raise errors.pop(0)
        return take(self, messages)

    monkeypatch.setattr(django_mail.backends.locmem.EmailBackend, "send_messages", send_messages)
    return errors


def send(to="robin@example.org", **options):
    return mail.send("test", to=to, context={}, **options)


@pytest.mark.parametrize("letter", list(mail.TEMPLATES))
def test_a_letter_gives_nothing_away(letter, ada, faye, alice, db):
    """Whoever sees the mailbox must not learn what this is: subject, sender, body, headers, no pictures, no list."""
    make_group(actor=ada, facilitator=faye, members=(alice,), name="Cocaine recovery")
    Centre(name="Quiet House").save()
    mail.send(letter, to="robin@example.org", context=EXAMPLES[letter])
    sent = django_mail.outbox[0]
    raw = sent.message().as_string()
    assert not TELLING.search(raw.replace("robin@example.org", "")), TELLING.search(raw)
    assert sent.from_email == "Quiet House <post@localhost>" and sent.subject and "\n" not in sent.subject
    assert sent.message().get_content_type() == "text/plain" and not sent.attachments
    lists = [name for name in sent.message() if name.startswith("List-")]
    assert lists == (["List-Unsubscribe", "List-Unsubscribe-Post"] if letter in ("notification", "invitation", "reminder") else [])
    assert "&#x27;" not in raw and "&amp;" not in raw


def test_an_invitation_names_its_sender_on_the_page_alone(ada):
    invite(actor=ada, email="robin@example.org")
    raw = django_mail.outbox[0].message().as_string()
    assert django_mail.outbox[0].subject == "You have an invitation" and not TELLING.search(re.sub(r"http\S+", "", raw))


def test_a_letter_that_is_not_registered_is_not_sent(db):
    """Every outgoing text is known, with all that goes into it."""
    with pytest.raises(LookupError):
        mail.send("gossip", to="robin@example.org", context={})
    with pytest.raises(LookupError):
        mail.send("test", to="robin@example.org", context={"group": "Cocaine recovery"})


@pytest.mark.parametrize(
    "to", ["a@example.org\nBcc: b@example.org", "a@example.org, b@example.org", "Robin <a@example.org>", "a@example.org\r", ""]
)
def test_an_address_is_one_address(db, to):
    with pytest.raises(Refused):
        send(to)
    assert not QueuedEmail.objects.exists()


def test_a_centres_name_cannot_add_headers(db):
    Centre(name="Quiet\nBcc: x@example.org").save()
    send()
    assert django_mail.outbox[0].message()["Bcc"] is None and len(django_mail.outbox[0].recipients()) == 1


def test_a_letter_holds_no_control_characters(db):
    """A sender's name of before the rule, on which a mail server or a reader breaks."""
    Centre(name="Quiet\x0bHouse\x07").save()
    send()
    assert django_mail.outbox[0].from_email == "Quiet House <post@localhost>"


def test_what_waits_is_sealed_and_what_has_left_is_gone(queue):
    """A copy of the database must hold no address and no link of a letter."""
    mail.send("password_reset", to="robin@example.org", context={"link": "http://localhost/secret"})
    row = QueuedEmail.objects.get()
    assert row.sealed and "robin" not in row.sealed and "secret" not in str(DBTaskResult.objects.get().args_kwargs)
    task_queue.run_waiting()
    row.refresh_from_db()
    assert (row.state, row.sealed) == ("sent", "") and len(django_mail.outbox) == 1


def test_a_letter_of_a_change_that_failed_is_not_sent(queue):
    """The letter is queued with the change or not at all."""
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send()
        raise ZeroDivisionError
    task_queue.run_waiting()
    assert not django_mail.outbox and not QueuedEmail.objects.exists()


def test_one_occasion_is_one_letter(queue):
    first, second = send(key="the same"), send(key="the same")
    task_queue.run_waiting()
    assert first == second and len(django_mail.outbox) == 1


def test_a_task_that_runs_twice_sends_once(queue):
    letter = send()
    mail.deliver.enqueue(str(letter))
    task_queue.run_waiting()
    assert len(django_mail.outbox) == 1 and QueuedEmail.objects.get().state == "sent"


def test_a_letter_is_tried_again_when_the_server_is_away(queue, broken):
    broken += [smtplib.SMTPServerDisconnected("away"), OSError("no route")]
    send()
    task_queue.run_waiting()
    tasks.send_again()
    task_queue.run_waiting()
    assert not django_mail.outbox, "too soon"
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        tasks.send_again()
        task_queue.run_waiting()
    assert QueuedEmail.objects.get().state == "waiting"
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        tasks.send_again()
        task_queue.run_waiting()
    assert len(django_mail.outbox) == 1 and QueuedEmail.objects.get().state == "sent"


def test_a_letter_is_given_up_at_last(queue, broken, caplog):
    broken += [OSError("for robin@example.org")] * 99
    send()
    for day in range(20):
        with time_machine.travel(timezone.now() + timedelta(days=day)):
            tasks.send_again()
            task_queue.run_waiting()
    assert (QueuedEmail.objects.get().state, QueuedEmail.objects.get().sealed) == ("failed", "")
    assert len(broken) == 99 - len(mail.PAUSES) - 1
    assert "robin" not in caplog.text


def test_an_address_that_the_server_refuses_for_good_is_not_tried_again(queue, broken):
    broken.append(smtplib.SMTPRecipientsRefused({"robin@example.org": (550, b"no such person")}))
    send()
    task_queue.run_waiting()
    assert QueuedEmail.objects.get().state == "failed"


def test_a_worker_killed_in_mid_send_loses_no_letter(queue):
    """Killed between taking the letter and noting that it left: tried again, under the same Message-ID."""
    letter = send()
    QueuedEmail.objects.update(state=QueuedEmail.State.LEAVING, due=timezone.now(), tries=1)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now(), worker_ids=["killed"])
    tasks.send_again()
    task_queue.run_waiting()
    assert [sent.message()["Message-ID"] for sent in django_mail.outbox] == [f"<{letter}@localhost>"]


@pytest.fixture
def leaves_once(monkeypatch):
    monkeypatch.setattr(mail, "ONCE", {"test"})


def kill_the_worker(tries=1):
    """What a worker leaves that was killed with all e-mails in hand."""
    QueuedEmail.objects.update(state=QueuedEmail.State.LEAVING, due=timezone.now(), tries=tries)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now(), worker_ids=["killed"])


@pytest.mark.parametrize("tries", [1, len(mail.PAUSES) + 1])
def test_what_leaves_once_is_not_sent_again_after_a_kill(queue, leaves_once, tries):
    """The same notification twice, or one counted as failed that may have arrived."""
    send()
    kill_the_worker(tries)
    tasks.send_again()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        tasks.send_again()
        task_queue.run_waiting()
    row = QueuedEmail.objects.get()
    assert (row.state, row.sealed, django_mail.outbox) == ("unknown", "", [])
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget_old()
    assert not QueuedEmail.objects.exists()


def test_what_leaves_once_is_tried_again_when_the_server_is_away(queue, leaves_once, broken):
    """A mail server that is restarted, and a week without a digest."""
    broken.append(ConnectionRefusedError())
    send()
    task_queue.run_waiting()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        tasks.send_again()
        task_queue.run_waiting()
    assert len(django_mail.outbox) == 1 and QueuedEmail.objects.get().state == "sent"


def test_a_worker_that_wakes_up_late_changes_nothing(queue, monkeypatch):
    """A stopped process that goes on after another has taken over, and says that the e-mail is to be sent again."""

    def take_over(self, messages):
        QueuedEmail.objects.update(state=QueuedEmail.State.SENT, tries=2, sealed="")
        raise OSError("the connection is gone")

    monkeypatch.setattr(django_mail.backends.locmem.EmailBackend, "send_messages", take_over)
    send()
    task_queue.run_waiting()
    assert QueuedEmail.objects.get().state == "sent"


def test_what_leaves_once_is_not_sent_again_where_the_mail_server_fell_silent(queue, leaves_once, monkeypatch):
    """The answer after the words never came: perhaps it has them."""
    take = django_mail.backends.locmem.EmailBackend.send_messages

    def fall_silent(self, messages):
        take(self, messages)
        raise TimeoutError

    monkeypatch.setattr(django_mail.backends.locmem.EmailBackend, "send_messages", fall_silent)
    send()
    task_queue.run_waiting()
    assert QueuedEmail.objects.get().state == "unknown"
    monkeypatch.setattr(django_mail.backends.locmem.EmailBackend, "open", lambda self: take(self, []) or fall_silent(self, []))
    QueuedEmail.objects.all().delete()
    send()
    task_queue.run_waiting()
    assert QueuedEmail.objects.get().state == "waiting", "it was never connected"


def test_no_password_waits_behind_a_thousand_digests(queue, leaves_once):
    """They were queued before, and the mail server takes a second for each."""
    for _digest in range(20):
        send()
    kill_the_worker()
    QueuedEmail.objects.filter(state="leaving").update(state="waiting")
    DBTaskResult.objects.all().delete()
    tasks.send_again()  # also those that are tried again
    for _digest in range(20):
        send()
    mail.send("password_reset", to="robin@example.org", context=EXAMPLES["password_reset"])
    task_queue.run_waiting()
    assert [sent.subject for sent in django_mail.outbox].index("Your new password") == 0 and len(django_mail.outbox) == 41


@pytest.mark.parametrize(
    ("error", "heard"),
    [
        (None, ["taken"]),
        (smtplib.SMTPRecipientsRefused({"robin@example.org": (550, b"no such person")}), ["refused"]),
        (ValueError("what waits cannot be read"), ["given up"]),
        (smtplib.SMTPRecipientsRefused({"robin@example.org": (450, b"later")}), []),
    ],
)
def test_the_sender_hears_what_became_of_it(queue, broken, error, heard):
    """A mailbox that is written to for ever, or given up since our own server was away."""
    said = []
    on_taken = lambda email, **_: said.append("taken")  # noqa: E731
    on_given_up = lambda email, refused, **_: said.append("refused" if refused else "given up")  # noqa: E731
    mail.taken.connect(on_taken)
    mail.given_up.connect(on_given_up)
    broken += [error] if error else []
    send()
    task_queue.run_waiting()
    assert said == heard
    mail.taken.disconnect(on_taken)
    mail.given_up.disconnect(on_given_up)


def test_a_task_of_a_killed_worker_goes_back_to_the_queue_a_few_times(queue):
    """Its row would otherwise stay RUNNING for ever."""
    send()
    row = DBTaskResult.objects.get()
    for worker in range(task_queue.MAX_STARTS + 1):
        DBTaskResult.objects.filter(status=TaskResultStatus.READY).update(
            status=TaskResultStatus.RUNNING, started_at=timezone.now(), worker_ids=[str(n) for n in range(worker + 1)]
        )
        tasks.take_up_dropped()
        row.refresh_from_db()
        if worker == 0:
            assert row.status == TaskResultStatus.RUNNING, "a task at work must be left alone"
        with time_machine.travel(timezone.now() + task_queue.LEASE * 2):
            tasks.take_up_dropped()
        row.refresh_from_db()
        if worker + 1 < task_queue.MAX_STARTS:
            assert row.status == TaskResultStatus.READY
    assert row.status == TaskResultStatus.FAILED


def test_old_letters_and_results_are_forgotten(queue, settings):
    settings.EMAIL_BACKEND = "community.kit.mail.OutboxBackend"
    send()
    task_queue.run_waiting()
    for job in (tasks.forget_done, forget_old):
        job()
    assert DBTaskResult.objects.exists() and QueuedEmail.objects.exists() and OutboxEmail.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        for job in (tasks.forget_done, forget_old):
            job()
    assert not DBTaskResult.objects.exists() and not QueuedEmail.objects.exists() and not OutboxEmail.objects.exists()


def test_a_session_that_has_run_out_is_forgotten(db, client_of, alice):
    """Kept for ever, the rows would tell who signed in, and grow with each sign-in."""
    client_of(alice)
    tasks.forget_done()
    assert Session.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        tasks.forget_done()
    assert not Session.objects.exists()
