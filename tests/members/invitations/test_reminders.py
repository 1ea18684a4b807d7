"""Reminders: after 1, 3 and 7 days, in the morning, each once, and to nobody for whom the matter is over."""

import datetime as dt
import re
import smtplib
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from community.centre.models import Centre
from community.kit import schedule, task_queue
from community.kit.models import AuditEntry, QueuedEmail
from community.members.invitations import cohorts, do_not_write, reminders
from community.members.invitations.actions import invite, resend, revoke
from community.members.models import Invitation, Reminder, User
from tests.cast import make_person
from tests.databases import apps_at
from tests.joining import join, link_in
from tests.races import at_once, meet

ZONE = ZoneInfo("America/Chicago")
START = dt.datetime(2026, 3, 2, 15, 30, tzinfo=ZONE)  # a Monday; clocks change on the Sunday after
HALF_HOUR, DAY = dt.timedelta(minutes=30), dt.timedelta(days=1)
JO = "jo@example.org"


@pytest.fixture
def clock(time_machine, settings, db):
    """Time stands still until it is moved, at a site with a mail server in Chicago."""
    settings.MAIL_SERVER = True
    Centre(name="Quiet House", time_zone="America/Chicago").save()
    time_machine.move_to(START, tick=False)
    return time_machine


def send_due():
    schedule.JOBS["community.members.invitations.reminders.send_due"].do()


def live(clock, days, since=START):
    """Let days pass, in half hours; return when which e-mails left meanwhile."""
    left = []
    for step in range(1, int(days * DAY / HALF_HOUR) + 1):
        clock.move_to(since + step * HALF_HOUR, tick=False)
        before = len(mail.outbox)
        send_due()
        left += [(timezone.now().astimezone(ZONE), email) for email in mail.outbox[before:]]
    return left


def days_of(left):
    return [(at.date() - START.date()).days for at, _email in left]


def works(email):
    """True where the link of an e-mail opens, for somebody else's browser each time."""
    return Client().get(link_in(email)).status_code == 200


def the_reminder(clock):
    """The first reminder."""
    ((_at, email),) = live(clock, 2)
    return email


def test_somebody_is_reminded_three_times_in_the_morning_and_then_never_again(clock, ada):
    """One a day, one at night, a fourth; or none on the days after the clocks change. Every link works until the invitation runs out."""
    invite(actor=ada, email=JO)
    left = live(clock, 31)
    assert days_of(left) == [2, 4, 8], "the first morning after 1, 3 and 7 days"
    assert {(at.hour, at.minute) for at, _email in left} == {(8, 0)}
    assert {email.subject for _at, email in left} == {"Your invitation is still open"} and len(mail.outbox) == 4
    assert all("works until March 16." in email.body for _at, email in left)
    assert len({link_in(email) for email in mail.outbox}) == 4 and not any(map(works, mail.outbox))
    clock.move_to(START + 14 * DAY - HALF_HOUR, tick=False)
    assert all(map(works, mail.outbox))


@pytest.mark.parametrize("number", range(3))
def test_whoever_takes_the_link_of_a_reminder_joins_and_all_links_are_over(clock, ada, number):
    """A reminder whose link leads to nothing, or a link that makes a second account."""
    invite(actor=ada, email=JO)
    live(clock, (2, 4, 8)[number])
    assert len(mail.outbox) == number + 2
    assert join(Client(), link_in(mail.outbox[-1]))["Location"] == "/welcome/groups/"
    assert User.objects.filter(email=JO).count() == 1 and not any(map(works, mail.outbox))


def stop_by_joining(email, ada):
    join(Client(), link_in(email))


def stop_by_taking_back(email, ada):
    revoke(actor=ada, invitation=Invitation.objects.get())


def stop_by_asking(email, ada):
    Client().post(re.search(r"http://localhost:8000(/stop/\S+)", email.body)[1])


def stop_by_joining_elsewhere(email, ada):
    """Their address is that of somebody here, who changed to it meanwhile."""
    User.objects.filter(pk=make_person("jo").pk).update(email=JO)


@pytest.mark.parametrize("stop", [stop_by_joining, stop_by_taking_back, stop_by_asking, stop_by_joining_elsewhere])
@pytest.mark.parametrize("after", [0, 2])
def test_what_ends_reminders(clock, ada, stop, after):
    """Somebody who is reminded of what they have answered, or have asked to hear no more of."""
    invite(actor=ada, email=JO)
    live(clock, after)
    stop(mail.outbox[-1], ada)
    sent = len(mail.outbox)
    assert live(clock, 20, START + after * DAY) == [] and len(mail.outbox) == sent


@pytest.mark.parametrize("refused", ["invitation", "reminder"])
def test_an_address_that_refuses_is_not_written_to_again(clock, ada, monkeypatch, refused):
    """A wrong address that gets three e-mails more; the list says what happened."""
    take, refusing = EmailBackend.send_messages, [refused == "invitation"]

    def send_messages(self, messages):
        if refusing[0]:
            raise smtplib.SMTPRecipientsRefused({JO: (550, b"nobody here")})
        return take(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    invite(actor=ada, email=JO)
    refusing[0] = True
    live(clock, 9)
    refusing[0] = False
    assert live(clock, 9, START + 9 * DAY) == [] and Invitation.objects.get().state == "bounced"
    assert Reminder.objects.count() == (refused == "reminder")


@pytest.mark.parametrize("stop", [stop_by_joining, stop_by_taking_back, stop_by_asking])
def test_a_reminder_that_waits_for_the_mail_server_is_withdrawn(clock, ada, settings, stop):
    """One that comes hours after somebody joined, since the mail server was away."""
    invite(actor=ada, email=JO)
    settings.TASKS = settings.QUEUED
    live(clock, 2)
    assert QueuedEmail.objects.filter(template="reminder", state="waiting").count() == 1
    stop(mail.outbox[0], ada)
    task_queue.run_waiting()
    assert len(mail.outbox) == 1 and not QueuedEmail.objects.filter(template="reminder").exists()


def test_after_a_week_without_a_site_one_reminder_is_sent(clock, ada):
    """Three at once, to make up for it; or none at all."""
    invite(actor=ada, email=JO)
    since = START + 7 * DAY
    assert days_of(live(clock, 7, since)) == [8] and Reminder.objects.get().days == 7


def test_nobody_is_reminded_of_what_runs_out_the_same_day(clock, ada):
    invite(actor=ada, email=JO)
    assert live(clock, 4, START + 13 * DAY) == []


def test_no_reminder_overtakes_the_invitation(clock, ada, settings):
    """Two e-mails at once, after the mail server was away for days."""
    at_once, settings.TASKS = settings.TASKS, settings.QUEUED
    invite(actor=ada, email=JO)
    live(clock, 2)
    assert not Reminder.objects.exists()
    task_queue.run_waiting()
    settings.TASKS = at_once
    assert [email.subject for email in mail.outbox] == ["You have an invitation"]
    assert len(live(clock, 1, START + 2 * DAY)) == 1


def test_without_a_mail_server_nobody_is_reminded(clock, ada, settings):
    """Reminders that nobody gets, and that are counted as sent."""
    invite(actor=ada, email=JO)
    settings.MAIL_SERVER = False
    assert live(clock, 9) == [] and not Reminder.objects.exists()


@pytest.mark.postgresql
def test_an_address_gets_four_emails_in_thirty_days_whoever_sends_them(clock, ada):
    """Sending again, and reminders on top of it; each reminder is sent once, also after that."""
    invitation, _key = invite(actor=ada, email=JO)
    live(clock, 2)
    resend(actor=ada, invitation=invitation)
    again = START + 2 * DAY
    left = live(clock, 28 - 1 / 24, again)
    assert days_of(left) == [6] and len(mail.outbox) == 4, "the one after three days; the one after a week would be the fifth"


def test_sending_again_ends_the_links_of_reminders_too(clock, ada):
    """The first e-mails may have gone to the wrong person."""
    invitation, _key = invite(actor=ada, email=JO)
    the_reminder(clock)
    clock.shift(60)
    resend(actor=ada, invitation=invitation)
    assert [works(email) for email in mail.outbox] == [False, False, True]
    assert join(Client(), link_in(mail.outbox[1])).status_code == 404


# ------------------------------------------------------------------ without reminders, and what the lists say


@pytest.mark.postgresql
def test_one_person_or_a_cohort_can_be_left_without_reminders(clock, ada, client_of):
    client = client_of(ada)
    client.post("/staff/people/invite/", {"email": "one@example.org", "role": "alumnus", "without_reminders": "on"})
    client.post("/staff/cohorts/new/", {"name": "Finished in May", "without_reminders": "on"})
    cohort = cohorts.Cohort.objects.get()
    assert "They aren't reminded" in client.post(f"/staff/cohorts/{cohort.pk}/invite/", {"pasted": "two@example.org"}).content.decode()
    client.post(f"/staff/cohorts/{cohort.pk}/invite/", {"good": "1 two@example.org", "send": "1"})
    client.post("/staff/people/invite/", {"email": "three@example.org", "role": "alumnus"})
    assert {email.to[0] for _at, email in live(clock, 3)} == {"three@example.org"}
    page = client_of(ada).get(f"/staff/cohorts/{cohort.pk}/edit/").content.decode()
    assert re.search(r'name="without_reminders"[^>]*checked', page)
    client_of(ada).post(f"/staff/cohorts/{cohort.pk}/edit/", {"name": "Finished in May"})
    assert {email.to[0] for _at, email in live(clock, 2, START + 3 * DAY)} == {"two@example.org", "three@example.org"}


def test_invitations_of_an_earlier_release_are_not_reminded(clock, ada):
    """Who got an e-mail without the words by which they can stop the next."""
    old = apps_at("members", "0017_no_address_needed").get_model("members", "Invitation")
    old.objects.create(email=JO, key_hash="0" * 64, sent_at=START, expires_at=START + 7 * DAY)
    assert live(clock, 8) == []
    invitation = Invitation.objects.get()
    resend(actor=ada, invitation=invitation)
    assert days_of(live(clock, 5, START + 8 * DAY)) == [10, 12], "the e-mail that was sent again has those words"


def listed(client, address="/staff/people/?show=invited"):
    page = re.sub(r"<[^>]+>", "", client.get(address).content.decode())
    return re.sub(r"\s+", " ", page[page.index(JO) :])


def test_the_lists_say_what_was_sent_and_what_comes_next(clock, ada, client_of):
    """Staff who press "Send again" since they do not know that a reminder leaves tomorrow."""
    cohort = cohorts.make_cohort(actor=ada, name="Finished in May", buddy=None)
    User.objects.filter(pk=ada.pk).update(time_zone="America/Chicago")
    invite(actor=ada, email=JO, cohort=cohort)
    for address in ("/staff/people/?show=invited", f"/staff/cohorts/{cohort.pk}/"):
        assert "Next reminder: Wednesday, March 4" in listed(client_of(ada), address)
    live(clock, 2)
    assert "Reminded March 4, 2026, 8:00 AM. Next reminder: Friday, March 6" in listed(client_of(ada))
    live(clock, 7, START + 2 * DAY)
    assert "8:00 AM. No more reminders" in listed(client_of(ada))
    stop_by_joining(mail.outbox[-1], ada)
    joined = listed(client_of(ada), f"/staff/cohorts/{cohort.pk}/")
    assert "No more reminders" not in joined and "Reminded March 4" in joined


def test_the_next_reminder_is_none_where_the_limit_is_reached(clock, ada, client_of):
    """A day on which nothing comes."""
    invitation, _key = invite(actor=ada, email=JO)
    for _time in range(3):
        resend(actor=ada, invitation=invitation)
    assert "No more reminders" in listed(client_of(ada)) and live(clock, 9) == []


def test_reminding_is_written_down_without_an_address(clock, ada):
    invitation, _key = invite(actor=ada, email=JO)
    the_reminder(clock)
    entry = AuditEntry.objects.get(verb="members.remind")
    assert (entry.actor, entry.target) == (None, str(invitation.pk))


# ------------------------------------------------------------------ several workers


@pytest.fixture
def read_first(monkeypatch):
    """Whoever sends reminders has read who is due before any of them locks an invitation."""
    remind = reminders._remind

    def slowly(*args):
        meet()
        remind(*args)

    monkeypatch.setattr(reminders, "_remind", slowly)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_each_person_once(clock, ada, read_first):
    """Who is due twice, or a worker that fails since another was quicker, and reminds nobody after."""
    invite(actor=ada, email=JO)
    invite(actor=ada, email="kim@example.org")
    clock.move_to(START + 2 * DAY - dt.timedelta(hours=7), tick=False)
    at_once(lambda _worker: send_due(), range(3))
    assert sorted(email.to[0] for email in mail.outbox[2:]) == [JO, "kim@example.org"] and Reminder.objects.count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", [stop_by_joining, stop_by_taking_back, stop_by_asking])
def test_who_stops_them_in_the_same_moment_gets_none(clock, ada, settings, monkeypatch, stop):
    """An e-mail that is queued while somebody joins, and leaves after it. All that can stop it waits for the lock, or comes before it."""
    invite(actor=ada, email=JO)
    first, may_write_to = mail.outbox[0], reminders._may_write_to
    monkeypatch.setattr(reminders, "_may_write_to", lambda *args: may_write_to(*args) and not meet())
    settings.TASKS = settings.QUEUED
    clock.move_to(START + 2 * DAY - dt.timedelta(hours=7), tick=False)
    at_once(lambda act: act(), [send_due, lambda: stop(first, ada)])
    assert not QueuedEmail.objects.filter(template="reminder", state="waiting").exists()


def test_a_link_to_stop_is_the_same_in_each_email(clock, ada):
    """One that works only until the next e-mail, or that tells one e-mail from another."""
    invite(actor=ada, email=JO)
    live(clock, 8)
    stops = {email.message()["List-Unsubscribe"] for email in mail.outbox}
    assert stops == {f"<{do_not_write.link_to_stop(JO)}>"} and len(mail.outbox) == 4
