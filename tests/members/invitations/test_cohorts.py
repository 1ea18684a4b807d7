"""Inviting many at once: what is wrong is shown, what is good is kept, nobody is asked too often, and what became of each is seen."""

import re
import smtplib
from datetime import timedelta
from importlib import import_module

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from community.centre.models import centre
from community.kit import schedule, tasks
from community.kit.errors import Refused
from community.kit.mail import PAUSES
from community.kit.models import AuditEntry, QueuedEmail
from community.members.invitations import cohorts
from community.members.invitations.actions import invite, note_bounce, resend, revoke
from community.members.models import Cohort, Invitation, User
from community.members.people.actions import suspend
from community.members.settings.actions import set_welcoming
from tests.databases import apps_at
from tests.joining import join, link_in

NEW = "/staff/cohorts/new/"


@pytest.fixture
def cohort(ada):
    return cohorts.make_cohort(actor=ada, name="Finished in May", buddy=None)


@pytest.fixture
def desk(client_of, ada, cohort):
    """Ada's desk: `desk(path, **fields)` posts below the cohort's address and returns the page that follows."""
    client = client_of(ada)

    def post(path, **fields):
        return client.post(f"/staff/cohorts/{cohort.pk}/{path}", fields, follow=True).content.decode()

    post.client = client
    post.page = lambda query="": client.get(f"/staff/cohorts/{cohort.pk}/{query}").content.decode()
    return post


@pytest.fixture
def refusing(monkeypatch):
    """A mail server that refuses the addresses named here for good."""
    refused = set()
    take = mail.backends.locmem.EmailBackend.send_messages

    def send_messages(self, messages):
        for message in messages:
            if refused & set(message.to):
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"nobody here")})
        return take(self, messages)

    monkeypatch.setattr(mail.backends.locmem.EmailBackend, "send_messages", send_messages)
    return refused


def invited():
    return set(Invitation.objects.open().values_list("email", flat=True))


def test_the_whole_way_from_a_list_to_emails(client_of, ada, faye):
    """Catches any broken step between naming a cohort and its e-mails, and one that sends before it was told to."""
    client = client_of(ada)
    made = client.post(NEW, {"name": "Finished in May", "buddy": str(faye.pk)})
    assert made["Location"] == f"/staff/cohorts/{Cohort.objects.get().pk}/"
    where = made["Location"] + "invite/"
    page = client.post(where, {"pasted": "jo@x.org\nnonsense\nKim <kim@x.org>\nlee@x"}).content.decode()
    assert "2 lines are good." in page and "2 lines are not." in page
    assert "Line 2" in page and "no e-mail address in this line" in page and "Line 4" in page and "like name@example.org" in page
    assert not mail.outbox and not Invitation.objects.exists()
    page = client.post(where, {"good": "1 jo@x.org\r\n3 kim@x.org", "line-2": "", "line-4": "lee@x.org"}).content.decode()
    assert "3 lines are good." in page and "Send 3 invitations" in page and not mail.outbox
    done = client.post(where, {"good": "1 jo@x.org\n3 kim@x.org\n4 lee@x.org", "send": "1"}, follow=True).content.decode()
    assert invited() == {"jo@x.org", "kim@x.org", "lee@x.org"} and len(mail.outbox) == 3
    assert "3 e-mails" in done and "Waiting 3" in done and Cohort.objects.get().invitations.count() == 3
    for message in [email.message() for email in mail.outbox]:
        del message["Date"]  # which names a month of its own
        assert not re.search(r"(?<![A-Za-z0-9])(May|Faye)(?![A-Za-z0-9])", str(message))


def test_each_reason_that_only_staff_may_learn(desk, cohort, ada, alice):
    invite(actor=ada, email="open@x.org")
    often, _key = invite(actor=ada, email="often@x.org")
    for _time in range(3):
        resend(actor=ada, invitation=often)
    revoke(actor=ada, invitation=often)
    page = desk("invite/", pasted="ALICE@example.org\nopen@x.org\noften@x.org\nnew@x.org")
    assert "1 line is good." in page and "Somebody with this address is here already." in page
    assert "This address has an open invitation." in page
    assert "This address got 4 e-mails in the last 30 days. You can write to it again after" in page
    desk("invite/", good="4 new@x.org", send="1", **{"line-1": "alice@example.org", "line-2": "open@x.org", "line-3": "often@x.org"})
    assert set(cohort.invitations.values_list("email", flat=True)) == {"new@x.org"}


def test_what_came_between_the_two_steps_is_asked_again(desk, cohort, ada, alice):
    """Somebody who joined, or was invited by another admin, while the page was open; and a form that somebody wrote themselves."""
    invite(actor=ada, email="open@x.org")
    sent = len(mail.outbox)
    forged = {"line-" + "9" * 500: "c@x.org", "line-x": "d@x.org", "line--1": "e@x.org"}
    good = "1 open@x.org\n2 alice@example.org\n3 x@x.org,y@x.org\nz@x.org\n4 a@x.org\r\nBcc: b@x.org\n" + "9" * 5000 + " f@x.org"
    page = desk("invite/", good=good, send="1", **forged)
    assert "3 lines were left out" in page
    assert [email.to for email in mail.outbox[sent:]] == [["a@x.org"]]


def test_a_good_line_is_sent_while_bad_ones_are_left_out(desk):
    page = desk("invite/", good="1 jo@x.org", send="1", **{"line-2": "nonsense", "line-3": ""})
    assert invited() == {"jo@x.org"} and "1 line was left out." in page


def test_a_list_without_a_good_line_sends_nothing_and_keeps_what_was_typed(desk):
    page = desk("invite/", good="", send="1", **{"line-2": "nonsense"})
    assert 'value="nonsense"' in page and not mail.outbox


# ------------------------------------------------------------------ files


def file(content, name="list.csv"):
    return SimpleUploadedFile(name, content, content_type="text/csv")


def test_a_file_is_read_for_its_addresses_and_nothing_of_it_is_kept(desk, settings):
    """Names and notes of a centre's own table, left behind in our database or in a folder of uploads."""
    table = '\ufeffName;E-Mail;Notes\r\n"Doe; Josephine";jo@x.org;Ward seven\r\nKim;;Ward eight\r\n'.encode()
    page = desk("invite/", file=file(table))
    assert "1 line is good." in page and "Line 3" in page
    carried = page[page.index('<form class="stack" method="post">') :]
    assert "Ward seven" not in carried and "Josephine" not in carried
    desk("invite/", good="2 jo@x.org", send="1")
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            assert "Ward" not in str(cursor.fetchall()), name
    assert not settings.MEDIA_ROOT.exists() or not list(settings.MEDIA_ROOT.rglob("*list*"))


@pytest.mark.parametrize(
    ("content", "says"),
    [("jö@x.org".encode("latin-1"), "UTF-8"), (b"x" * 200_001, "too large"), (b"", "nothing in this list"),
     ("\n".join(f"p{n}@x.org" for n in range(301)).encode(), "more than 300 lines")],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(desk, content, says):
    page = desk("invite/", file=file(content))
    assert says in page and "There is a problem" in page and not mail.outbox


def test_a_list_and_a_file_at_once_are_one_too_many(desk):
    page = desk("invite/", pasted="jo@x.org", file=file(b"kim@x.org"))
    assert "not both at once" in page and "jo@x.org</textarea>" in page
    assert "nothing in this list" in desk("invite/", pasted=" \n ")


# ------------------------------------------------------------------ how often


def test_an_address_gets_four_emails_in_thirty_days_and_then_more(ada, client_of, time_machine):
    """A mailbox that is filled by whoever presses "Send again"; or one that can never be asked again."""
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    invitation, _key = invite(actor=ada, email="jo@x.org")
    client = client_of(ada)
    for _time in range(4):
        page = client.post(f"/staff/invitations/{invitation.pk}/resend/", follow=True).content.decode()
    again = date_format(timezone.localtime(start + timedelta(days=30)), "F j, Y")
    assert "4 e-mails in the last 30 days" in page and again in page and len(mail.outbox) == 4
    time_machine.move_to(start + timedelta(days=30, seconds=1), tick=False)
    resend(actor=ada, invitation=invitation)
    assert len(mail.outbox) == 5


def test_taking_back_and_inviting_anew_is_no_way_around_it(ada):
    for _time in range(4):
        revoke(actor=ada, invitation=invite(actor=ada, email="jo@x.org")[0])
    with pytest.raises(Refused) as refusal:
        invite(actor=ada, email="JO@x.org")
    assert refusal.value.code == "rate_limited" and len(mail.outbox) == 4


def test_setting_up_a_site_is_not_counted(db):
    """An owner at their own machine whose fourth try to reach the first admin is refused for a month."""
    for _time in range(5):
        revoke(actor=None, invitation=invite(actor=None, email="first@x.org")[0])


# ------------------------------------------------------------------ all at once, and at a glance


@pytest.fixture
def each_state(cohort, ada, client, refusing):
    """A cohort with an invitation in each state; the one by each name is its address."""
    refusing.add("bounced@x.org")
    cohorts.invite_all(
        actor=ada, cohort=cohort, addresses=[f"{name}@x.org" for name in ("pending", "expired", "revoked", "bounced", "joined")]
    )
    Invitation.objects.filter(email="expired@x.org").update(expires_at=timezone.now() - timedelta(days=1))
    revoke(actor=ada, invitation=Invitation.objects.get(email="revoked@x.org"))
    join(client, link_in(next(email for email in mail.outbox if email.to == ["joined@x.org"])))
    return cohort


def test_what_became_of_each_is_counted_and_can_be_filtered(each_state, desk, client_of, ada):
    page = desk.page()
    assert all(f"{label} 1" in page for label in ("Waiting", "Joined", "Run out", "Taken back", "Not delivered")) and "All 5" in page
    for state in ("pending", "joined", "expired", "revoked", "bounced"):
        shown = desk.page(f"?state={state}")
        assert f"{state}@x.org" in shown and shown.count("@x.org</span>\n") == 1, state
        invitation = Invitation.objects.get(email=f"{state}@x.org")
        assert invitation.state == state, "one row and a filter must agree"
    listed = client_of(ada).get("/staff/cohorts/").content.decode()
    assert "Waiting 1 · Joined 1 · Run out 1 · Taken back 1 · Not delivered 1" in listed


def queries(ask):
    """How many queries a request makes, beside the one for the centre's settings, which are read every few seconds, and first ones."""
    ask()
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len([query for query in asked if "centre_centre" not in query["sql"]])


def test_the_lists_ask_the_database_as_often_for_many_as_for_one(cohort, ada, desk):
    lists = [desk.page, lambda: desk.client.get("/staff/cohorts/")]
    invite(actor=ada, email="first@x.org", cohort=cohort)
    few = [queries(page) for page in lists]
    for number in range(6):
        other = cohorts.make_cohort(actor=ada, name=f"Cohort {number}", buddy=None)
        cohorts.invite_all(actor=ada, cohort=cohort, addresses=[f"i{number}@x.org"])
        cohorts.invite_all(actor=ada, cohort=other, addresses=[f"o{number}@x.org"])
    assert [queries(page) for page in lists] == few


def test_a_list_is_checked_in_as_many_queries_however_long(desk):
    def check(many):
        return queries(lambda: desk("invite/", pasted="\n".join(f"p{n}@x.org" for n in range(many))))

    assert check(1) == check(60)


def test_sending_all_again_reaches_those_who_wait_and_nobody_else(each_state, desk):
    sent, hashes = len(mail.outbox), dict(Invitation.objects.values_list("email", "key_hash"))
    page = desk("resend/")
    assert {email.to[0] for email in mail.outbox[sent:]} == {"pending@x.org", "expired@x.org"} and "2 e-mails" in page
    after = dict(Invitation.objects.values_list("email", "key_hash"))
    assert {email for email in after if after[email] != hashes[email]} == {"pending@x.org", "expired@x.org"}
    desk("resend/")
    desk("resend/")
    assert "2 lines were left out." in desk("resend/")


def test_taking_all_back_kills_every_open_link_of_this_cohort_alone(each_state, desk, ada, client):
    other, _key = invite(actor=ada, email="other@x.org")
    link = link_in(next(email for email in mail.outbox if email.to == ["pending@x.org"]))
    assert "3 invitations are taken back." in desk("revoke/")
    assert client.__class__().get(link).status_code == 404
    assert {each.email: each.state.value for each in each_state.invitations.all()} == {
        f"{name}@x.org": "joined" if name == "joined" else "revoked" for name in ("pending", "expired", "revoked", "bounced", "joined")
    }
    other.refresh_from_db()
    assert other.state == "pending" and User.objects.filter(email="joined@x.org").exists()


def test_an_invitation_goes_back_to_the_page_it_was_changed_from(each_state, desk, cohort):
    pending = Invitation.objects.get(email="pending@x.org")
    from_cohort = desk.client.post(f"/staff/invitations/{pending.pk}/resend/", {"cohort": "1"})
    assert from_cohort["Location"] == f"/staff/cohorts/{cohort.pk}/"
    assert desk.client.post(f"/staff/invitations/{pending.pk}/revoke/")["Location"] == "/staff/people/"


# ------------------------------------------------------------------ e-mails that do not arrive


def test_an_email_that_is_refused_for_good_is_seen_until_one_arrives(cohort, ada, desk, refusing):
    refusing.add("jo@x.org")
    invite(actor=ada, email="jo@x.org", cohort=cohort)
    assert "Not delivered 1" in desk.page() and "couldn't be delivered" in desk.page()
    QueuedEmail.objects.all().delete()  # what is over is forgotten after a while
    assert "Not delivered 1" in desk.page()
    refusing.clear()
    desk.client.post(f"/staff/invitations/{Invitation.objects.get().pk}/resend/")
    assert "Waiting 1" in desk.page() and "couldn't be delivered" not in desk.page()


def test_an_email_whose_last_worker_was_killed_counts_as_not_delivered(cohort, ada, desk):
    """The sweep that gives such an e-mail up tells nobody otherwise."""
    invite(actor=ada, email="jo@x.org", cohort=cohort)
    QueuedEmail.objects.update(state=QueuedEmail.State.LEAVING, due=timezone.now(), tries=len(PAUSES) + 1)
    tasks.send_again()
    assert QueuedEmail.objects.get().state == "failed" and "Not delivered 1" in desk.page()


def test_emails_that_an_earlier_release_gave_up_are_noted_at_the_upgrade(cohort, ada, desk):
    """What the desk had said of them, gone with the upgrade."""
    invite(actor=ada, email="jo@x.org", cohort=cohort)
    invite(actor=ada, email="kim@x.org", cohort=cohort)
    QueuedEmail.objects.filter(about=str(Invitation.objects.get(email="jo@x.org").pk)).update(state=QueuedEmail.State.FAILED)
    name = "0006_bounced_invitations"
    import_module(f"community.members.migrations.{name}").note(apps_at("members", name), None)
    assert Invitation.objects.get(email="jo@x.org").state == "bounced" and "Waiting 1" in desk.page()


def test_an_earlier_email_that_fails_late_says_nothing_of_the_newer_one(cohort, ada):
    """Two days of tries end after the address was written to anew."""
    invitation, _key = invite(actor=ada, email="jo@x.org", cohort=cohort)
    first = QueuedEmail.objects.get()
    resend(actor=ada, invitation=invitation)
    note_bounce(email_key=first.key)
    invitation.refresh_from_db()
    assert invitation.state == "pending"


# ------------------------------------------------------------------ names, buddies, forgetting


def test_two_cohorts_have_two_names(desk, cohort, client_of, ada):
    assert "Another cohort has this name" in client_of(ada).post(NEW, {"name": " Finished in May "}).content.decode()
    cohorts.make_cohort(actor=ada, name="Finished in June", buddy=None)
    page = desk("edit/", name="Finished in June")
    assert "Another cohort has this name" in page and 'value="Finished in June"' in page
    desk("edit/", name="Finished early")
    assert Cohort.objects.filter(pk=cohort.pk, name="Finished early").exists()


def test_only_who_is_willing_and_here_can_be_named(client_of, ada, alice, bob, charlie):
    set_welcoming(member=alice, may_welcome=False)
    suspend(actor=ada, member=bob)
    page = client_of(ada).get(NEW).content.decode()
    assert "Charlie" in page and not re.search(r"\b(Alice|Bob)\b", page)
    client_of(ada).post(NEW, {"name": "Finished in May", "buddy": str(alice.pk)})
    assert not Cohort.objects.exists()
    with pytest.raises(Refused):
        cohorts.make_cohort(actor=ada, name="Finished in May", buddy=alice)


def forget(moment, time_machine):
    time_machine.move_to(moment, tick=False)
    schedule.JOBS["community.centre.tasks.forget_old"].do()


def test_what_nobody_answered_is_forgotten_some_weeks_later(each_state, ada, time_machine):
    """Addresses of people who never came, kept for good; or those forgotten whom one could still ask about."""
    empty = cohorts.make_cohort(actor=ada, name="Asked nobody", buddy=None)
    nobody_came = cohorts.make_cohort(actor=ada, name="Nobody came", buddy=None)
    invite(actor=ada, email="late@x.org", cohort=nobody_came)
    end = Invitation.objects.get(email="late@x.org").expires_at + timedelta(days=centre().keep_invitations)
    forget(end - timedelta(minutes=1), time_machine)
    assert Invitation.objects.filter(email="late@x.org").exists() and Cohort.objects.filter(pk=nobody_came.pk).exists()
    forget(end + timedelta(minutes=1), time_machine)
    assert set(Invitation.objects.values_list("email", flat=True)) == {"joined@x.org"}
    assert set(Cohort.objects.all()) == {each_state} and not Cohort.objects.filter(pk__in=[empty.pk, nobody_came.pk]).exists()


def test_every_act_on_a_cohort_is_written_down_without_an_address(desk, cohort, ada):
    desk("invite/", good="1 jo@x.org", send="1")
    desk("edit/", name="Finished early")
    desk("resend/")
    desk("revoke/")
    verbs = list(AuditEntry.objects.filter(actor=ada).order_by("at").values_list("verb", flat=True))
    assert verbs == [f"members.{act}" for act in ("make_cohort", "invite", "change_cohort", "resend", "revoke")]
    assert "@" not in " ".join(AuditEntry.objects.values_list("target", flat=True))
