"""`manage.py status`, and what the admins' Today says of backups: whether all is well, seen from outside."""

import datetime as dt
import io
import json
import shutil
import uuid
from collections import namedtuple

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from community import VERSION
from community.kit import schedule
from community.kit.mail import deliver
from community.kit.models import AuditEntry, QueuedEmail, Schedule, Serving
from community.kit.ops import last_backup, pulse
from community.management.commands import status as command
from community.members.models import User
from community.notifications.models import Delivery, Notification, NotificationEvent
from tests import forks
from tests.databases import clean_environment

pytestmark = pytest.mark.postgresql
LATE = dt.timedelta(days=3)


def status(*options):
    out = io.StringIO()
    try:
        call_command("status", *options, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def told():
    code, text = status("--json")
    found = json.loads(text)
    assert (code == 0) == found["well"]
    return found


@pytest.fixture
def well(ada):
    """A site where all is well: the schedule has run, the queue is done, and a backup was made."""
    schedule.tick()
    DBTaskResult.objects.all().delete()
    last_backup.note(made=True)


def back(made_by):
    """Have a note been written three days ago."""
    AuditEntry.objects.filter(verb=made_by).update(at=timezone.now() - LATE)


def test_a_well_site_says_so_in_few_lines_without_a_name(well, alice, group):
    """More than fits a glance, or a name in the mail of whoever watches."""
    pulse.note_live(uuid.uuid4(), 3)
    code, text = status()
    lines = text.splitlines()
    assert code == 0, text
    assert len(lines) == 13 and lines[-1] == "All is well." and not any(line.startswith("!") for line in lines)
    assert f"version   {VERSION}" in lines[0] and "live      3 members now" in text
    assert "Alice" not in text and "@" not in text


def test_json_says_the_same(well):
    found = told()
    assert found["well"] and found["wrong"] == [] and found["version"] == VERSION and found["database"] == "ok"
    assert {"worker", "queue", "email", "notified", "disk", "backup", "live", "redis"} < found.keys()
    assert dt.datetime.fromisoformat(found["worker"]) > timezone.now() - dt.timedelta(minutes=1)


def stop_worker(monkeypatch):
    Schedule.objects.update(due=timezone.now() - pulse.WORKER_TIMEOUT)


def never_a_worker(monkeypatch):
    Schedule.objects.all().delete()


def let_work_wait(monkeypatch):
    DBTaskResult.objects.create(
        task_path=deliver.module_path, args_kwargs={}, backend_name="default", worker_ids=[], run_after=get_date_max()
    )
    DBTaskResult.objects.update(enqueued_at=timezone.now() - pulse.MAX_QUEUE_AGE - dt.timedelta(seconds=1))


def let_mail_wait(monkeypatch):
    QueuedEmail.objects.create(key="one", template="test")
    QueuedEmail.objects.update(made_at=timezone.now() - pulse.MAX_UNSENT_AGE - dt.timedelta(seconds=1))


def let_notifications_wait(monkeypatch):
    make_delivery(state="waiting")


def let_events_wait(monkeypatch):
    NotificationEvent.objects.create(kind="gone", about="x", at=timezone.now() - LATE)


def make_delivery(state, since=dt.timedelta(minutes=6)):
    told = Notification.objects.create(member=User.objects.first(), kind="mention", about=str(uuid.uuid4()))
    Delivery.objects.create(notification=told, transport="push", state=state, due=timezone.now() - since)


def fill_disk(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(100 * 10**9, 99 * 10**9, 10**9))


def fail_backup(monkeypatch):
    last_backup.note(made=False)


def age_backup(monkeypatch):
    back(last_backup.MADE)


def take_redis_away(monkeypatch):
    monkeypatch.setattr(command, "redis_state", lambda: "away")


@pytest.mark.parametrize(
    ("part", "breaks"),
    [
        ("worker", stop_worker), ("worker", never_a_worker), ("queue", let_work_wait), ("email", let_mail_wait), ("disk", fill_disk),
        ("notified", let_notifications_wait), ("notified", let_events_wait),
        ("backup", fail_backup), ("backup", age_backup), ("redis", take_redis_away),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_ends_with_1(well, monkeypatch, part, breaks):
    """A machine's watcher that sees a zero while nothing leaves, or while the disk is full."""
    breaks(monkeypatch)
    assert told()["wrong"] == [part]
    code, text = status()
    assert code == 1 and f"Not well: {part}." in text and [line for line in text.splitlines() if line.startswith(f"! {part}")]


def test_work_that_was_put_off_waits_since_it_could_be_done(well):
    """An alarm over what was asked for days ago, for a time that has just come."""
    let_work_wait(None)
    DBTaskResult.objects.update(run_after=timezone.now())
    assert told()["queue"]["count"] == 1


def test_a_letter_that_was_refused_is_counted_and_no_alarm(well):
    QueuedEmail.objects.create(key="one", template="test", state=QueuedEmail.State.FAILED)
    assert told()["email"]["refused"] == 1


def test_what_failed_or_may_not_have_left_is_counted_for_a_day_and_no_alarm(well):
    """An alarm that never ends; or pushes that were lost with a server, of which nobody hears."""
    for state in ("failed", "unknown", "unknown", "sent"):
        make_delivery(state)
    make_delivery("unknown", since=LATE)
    found = told()["notified"]
    assert (found["failed"], found["unknown"], found["waiting"]["count"]) == (1, 2, 0)
    assert "notified  0 waiting, 1 failed today, 2 perhaps sent" in status()[1]


def test_a_letter_of_which_nobody_knows_is_counted_and_no_alarm(well):
    QueuedEmail.objects.create(key="one", template="test", state=QueuedEmail.State.UNKNOWN)
    assert told()["email"]["unknown"] == 1 and "0 waiting, 0 refused, 1 perhaps sent" in status()[1]


def test_who_has_gone_is_not_counted(well):
    """Members of a server that was killed, live for ever."""
    pulse.note_live(uuid.uuid4(), 3)
    process = uuid.uuid4()
    pulse.note_live(process, 5)
    pulse.note_live(process, 4)
    assert told()["live"] == 7
    Serving.objects.filter(pk=process).update(seen_at=timezone.now() - pulse.SERVER_TIMEOUT)
    assert told()["live"] == 3


@pytest.mark.parametrize("url", ["postgres://nobody@127.0.0.1:1/none", ""])
def test_a_database_that_is_away_or_empty_is_said_and_no_traceback(tmp_path, url):
    done = forks.run(["manage.py", "status", "--json"], clean_environment() | {"MAINSTAY_DATA": str(tmp_path), "DATABASE_URL": url})
    found = json.loads(done.stdout)
    assert done.returncode == 1 and "database" in found["wrong"] and found["queue"] is None and "Traceback" not in done.stderr


# ---------------------------------------------------------------- what an admin reads


def today(client_of, person):
    return client_of(person).get("/today/").content.decode()


def test_todays_page_says_nothing_of_backups_while_all_is_well(client_of, ada):
    assert "backup" not in today(client_of, ada)
    last_backup.note(made=False)
    last_backup.note(made=True)
    assert "backup" not in today(client_of, ada)


def test_a_failed_backup_shows_to_admins_alone(client_of, ada, alice, faye, mo):
    """A night's failure that nobody hears of until the backup is needed; or members who read of the server's affairs."""
    last_backup.note(made=True)
    last_backup.note(made=False)
    assert "The last backup failed." in today(client_of, ada)
    assert not any("backup" in today(client_of, person) for person in (alice, faye, mo))


def test_an_old_backup_shows_and_so_does_none(client_of, ada):
    type(ada).objects.update(joined_at=timezone.now() - LATE)
    assert "Nobody has made a backup" in today(client_of, ada)
    last_backup.note(made=True)
    assert "backup" not in today(client_of, ada)
    back(last_backup.MADE)
    assert "more than two days old" in today(client_of, ada)


def test_notifications_that_wait_or_may_be_lost_show_to_admins_alone(client_of, ada, alice):
    """A worker that no longer tells anybody of anything, and an admin who hears of it from members."""
    NotificationEvent.objects.all().delete()  # of the cast's group
    assert "notified of has been waiting" not in today(client_of, ada)
    make_delivery("waiting")
    make_delivery("unknown")
    text = today(client_of, ada)
    assert "has been waiting for more than five minutes" in text and "a notification may not have arrived" in text
    assert "may not have arrived" not in today(client_of, alice)
    QueuedEmail.objects.create(key="k", template="notification", about=str(ada.pk), state="unknown")
    assert "2 notifications may not have arrived" in today(client_of, ada)
