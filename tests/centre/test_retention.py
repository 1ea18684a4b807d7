"""What is stored is deleted when the center says: by the schedule, in batches, repeatedly; the privacy page has these numbers."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.centre import retention
from community.centre.models import Centre
from community.centre.periods import KINDS
from community.centre.tasks import forget_old
from community.kit.limits import INVITATION_LIFETIME
from community.kit.models import AuditEntry, OutboxEmail, QueuedEmail
from community.members.invitations.actions import invite, resend, revoke
from community.members.joining.actions import answer
from community.members.models import ConsentText, Invitation
from community.notifications.models import Announcement, Notification, NotificationEvent
from community.safety import actions as safety
from community.safety.models import Report
from groups.chat import actions as chat
from groups.chat.models import Participant
from groups.peers import actions as peers
from groups.peers.models import Membership
from tests.cast import make_group

pytestmark = pytest.mark.postgresql


@pytest.fixture
def world(alice, bob, faye, mo, ada, group, channel):
    """Something of each kind that is forgotten, and beside it what stays."""
    said = chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Hello.")
    safety.decide(
        actor=mo, report=safety.report(member=bob, kind="message", target_id=said.pk, reason="other"), decision="none", why="Fine."
    )
    safety.report(member=faye, kind="message", target_id=said.pk, reason="other")
    chat.save_draft(member=bob, channel=channel.pk, body="Half a thought")
    open_one, revoked = (invite(actor=ada, email=f"{n}@example.org")[0] for n in "ab")
    revoke(actor=ada, invitation=revoked)
    joined = invite(actor=ada, email="c@example.org")[0]
    answer(invitation=joined, name="Cleo", password="a long password", text=ConsentText.objects.latest())
    other = make_group(actor=ada, facilitator=faye, members=(alice, bob), name="Other")
    peers.leave(member=alice, group=other)
    peers.remove(actor=faye, group=other, member=bob)
    NotificationEvent.objects.all().delete()  # what they tell of takes them with it
    Notification.objects.create(member=bob, kind="messages", about=str(channel.pk), read_at=timezone.now())
    NotificationEvent.objects.create(kind="of a room that is gone", about="x")
    Announcement.objects.create(title="A new room", body="Upstairs.", audience="everybody")
    return {"said": said, "open": open_one}


def left():
    """How many rows of each kind are there that could be forgotten some day."""
    return {
        "keep_invitations": Invitation.objects.filter(answered_at=None).count(),
        "keep_emails": QueuedEmail.objects.count() + OutboxEmail.objects.count(),
        "keep_drafts": Participant.objects.exclude(draft="").count(),
        "keep_notifications": Notification.objects.count() + NotificationEvent.objects.count() + Announcement.objects.count(),
        "keep_reports": Report.objects.filter(state="closed").count(),
        "keep_memberships": sum(not m.was_removed for m in Membership.objects.exclude(ended_at=None)),
        "keep_audit": AuditEntry.objects.count(),
    }


def test_every_period_that_is_promised_is_enforced():
    """A number on the privacy page behind which nothing happens."""
    assert {period.field for period in retention.PERIODS} == set(KINDS)


@pytest.mark.parametrize("field", KINDS)
def test_nothing_older_than_its_period_remains_and_nothing_younger_goes(world, time_machine, field):
    site = Centre.load()
    for name in KINDS:
        setattr(site, name, 3000)
    setattr(site, field, 40)
    site.save()
    before, now = left(), timezone.now()
    assert before[field]
    time_machine.move_to(now + timedelta(days=39), tick=False)
    forget_old()
    assert left() == before
    time_machine.move_to(now + INVITATION_LIFETIME + timedelta(days=40, hours=1), tick=False)  # an invitation counts from when it ran out
    forget_old()
    assert left() == before | {field: 0}
    forget_old()


def test_what_somebody_still_needs_is_never_forgotten(world, time_machine, alice, bob, channel):
    """An open report, what people wrote, who joined, and a removal: without it the removed would walk in again."""
    time_machine.move_to(timezone.now() + timedelta(days=4000), tick=False)
    forget_old()
    assert Report.objects.filter(state="open").count() == 1
    assert channel.messages.get(pk=world["said"].pk).body == "Hello."
    assert Invitation.objects.get().email == "c@example.org"
    assert [m.member for m in Membership.objects.exclude(ended_at=None)] == [bob]
    assert safety.block(member=bob, other=alice), "whose words still stand can still be blocked"


def test_a_lot_is_asked_again_while_it_is_taken(world, monkeypatch, time_machine, ada):
    """An invitation that was sent again between finding and deleting it must live."""
    time_machine.move_to(timezone.now() + timedelta(days=60), tick=False)
    period = next(period for period in retention.PERIODS if period.field == "keep_invitations")
    asked = []

    def old(before):
        if len(asked) == 1:
            resend(actor=ada, invitation=world["open"])
        asked.append(before)
        return period.old(before)

    monkeypatch.setattr(retention, "PERIODS", [retention.Period("keep_invitations", old)])
    assert retention.forget()["keep_invitations"] == 1 and Invitation.objects.filter(pk=world["open"].pk).exists()


def test_many_rows_go_in_lots(db, monkeypatch, time_machine):
    """One delete of a year's rows would hold up everybody who writes meanwhile."""
    monkeypatch.setattr(retention, "BATCH_SIZE", 4)
    AuditEntry.objects.bulk_create([AuditEntry(verb="x.y") for _ in range(10)])
    time_machine.move_to(timezone.now() + timedelta(days=366), tick=False)
    monkeypatch.setattr(retention, "PERIODS", [period for period in retention.PERIODS if period.field == "keep_audit"])
    with CaptureQueriesContext(connection) as asked:
        assert retention.forget()["keep_audit"] == 10
    assert sum(query["sql"].startswith("DELETE") for query in asked) == 3


def test_the_command_counts_first_and_forgets_when_told(world, time_machine):
    def told(**options):
        out = StringIO()
        call_command("retention", stdout=out, **options)
        return out.getvalue()

    time_machine.move_to(timezone.now() + timedelta(days=400), tick=False)
    before = left()
    dry = told(dry_run=True)
    assert left() == before and "Nothing was forgotten" in dry and f"{before['keep_audit']}  the list of who did what" in dry
    assert told().replace("Done.", "Nothing was forgotten.") == dry and not any(left().values())


@pytest.mark.parametrize("field, days", [("keep_audit", 5), ("keep_reports", 0), ("keep_drafts", 9999)])
def test_a_period_that_makes_no_sense_is_refused_at_its_field(field, days):
    """Limits are counted in the audit trail: without it names could be tried without end."""
    with pytest.raises(ValidationError) as refused:
        Centre(**{field: days}).full_clean()
    assert list(refused.value.message_dict) == [field]


def test_the_privacy_page_tells_the_numbers_that_hold(client, db):
    Centre(keep_reports=77, keep_drafts=1).save()
    page = client.get("/privacy/").content.decode()
    assert "moderator&#x27;s note to the author: 77 days after they were decided." in page
    assert "didn&#x27;t send: 1 day after they last changed it." in page and "no automatic deletion" not in page
    assert page.count(" days after ") == len(KINDS) - 1
