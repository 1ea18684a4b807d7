"""What leaves the site is claimed by one worker, asked about once more, and sent at most once where nobody can know."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from community.notifications import actions, deliveries, expansion
from community.notifications.kinds import Transport
from community.notifications.models import Delivery, Notification, Preferences, PushSubscription, TextNumber
from tests.notifications.kills import before, killed_before_each_statement
from tests.races import at_once, meet

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def due(kind, reached, alice, bob, settings):
    """Alice and Bob are to be told of two things, by e-mail, push and text message, now."""
    settings.SMS_URL = "https://sms.example.org/"
    kind.recipients = [alice, bob]
    reached(kind.recipients)
    for person in kind.recipients:
        TextNumber.objects.create(member=person, sealed="", number_hash=str(person.pk), agreed_to="Yes.", agreed_at=timezone.now())
    for about in "xy":
        actions.notify("test", about)
    expansion.run()
    make_due()


def make_due():
    """Let the time pass until all that waits is due, and all that was claimed should be done."""
    Delivery.objects.update(due=timezone.now() - dt.timedelta(seconds=1))


def without_devices():
    PushSubscription.objects.all().delete()
    TextNumber.objects.all().delete()


def states(transport, member=None):
    rows = Delivery.objects.filter(transport=transport)
    return sorted((rows.filter(notification__member=member) if member else rows).values_list("state", flat=True))


def names(claims):
    return sorted(claim.member.name for claim in claims)


@pytest.mark.usefixtures("due")
def test_all_that_is_due_for_a_member_is_one_claim(alice):
    """A push for each of ten things that were held over night."""
    claims = deliveries.claim(Transport.PUSH)
    assert [(claim.member.name, len(claim.deliveries), claim.tries) for claim in sorted(claims, key=lambda c: c.member.name)] == [
        ("Alice", 2, 1), ("Bob", 2, 1),
    ]  # fmt: skip
    assert deliveries.claim(Transport.PUSH) == []
    for claim in claims:
        assert claim.close(State.SENT)
    assert states("push") == ["sent"] * 4
    assert states("email") == ["waiting"] * 4


@pytest.mark.usefixtures("due")
def test_what_is_put_off_is_claimed_again_when_it_is_due():
    (first, *_others) = claims = deliveries.claim(Transport.PUSH)
    for claim in claims:
        claim.put_off(timezone.now() + dt.timedelta(minutes=1))
    assert deliveries.claim(Transport.PUSH) == []
    make_due()
    assert {claim.tries for claim in deliveries.claim(Transport.PUSH)} == {2}
    assert not first.close(State.SENT)


@pytest.mark.usefixtures("due")
def test_of_a_killed_worker_a_push_is_unknown_and_an_email_waits_again():
    """A push that is sent twice, or an e-mail that never leaves."""
    deliveries.claim(Transport.PUSH)
    deliveries.claim(Transport.EMAIL)
    make_due()
    assert deliveries.claim(Transport.PUSH) == []
    assert names(deliveries.claim(Transport.EMAIL)) == ["Alice", "Bob"]
    assert states("push") == ["unknown"] * 4
    assert states("email") == ["leaving"] * 4


@pytest.mark.usefixtures("due")
def test_a_worker_that_wakes_up_late_changes_nothing():
    """What another worker has sent meanwhile, sent again or put off."""
    late = deliveries.claim(Transport.EMAIL)
    make_due()
    now = deliveries.claim(Transport.EMAIL)
    assert names(now) == ["Alice", "Bob"]
    assert not any(claim.close(State.SENT) for claim in late)
    for claim in late:
        claim.put_off(timezone.now())
    assert states("email") == ["leaving"] * 4
    assert all(claim.close(State.SENT) for claim in now)


@pytest.mark.parametrize(
    "taken",
    [
        lambda kind, bob: kind.hidden.add(bob.pk),
        lambda kind, bob: actions.mark_all_read(bob),
        lambda kind, bob: Preferences.objects.filter(member=bob).update(kinds_off=["test"]),
        lambda kind, bob: (without_devices(), Preferences.objects.update(email=Preferences.Email.OFF)),
        lambda kind, bob: (without_devices(), Preferences.objects.update(email_refusals=3)),
        lambda kind, bob: type(bob).objects.filter(pk=bob.pk).update(suspended_at=timezone.now()),
        lambda kind, bob: type(bob).objects.filter(pk=bob.pk).update(is_active=False),
    ],
    ids=["right", "read", "kind", "way", "refusals", "suspended", "closed"],
)
@pytest.mark.usefixtures("due")
def test_what_may_no_longer_be_told_is_dropped(kind, bob, taken):
    """A push about what somebody may not read any more, for which there was a right when it was queued."""
    taken(kind, bob)
    for transport in Transport:
        assert "Bob" not in names(deliveries.claim(transport))
        assert states(transport, bob) == ["dropped"] * 2


@pytest.mark.parametrize(
    ("chosen", "until"),
    [
        ({"pause": "until", "paused_until": timezone.now() + dt.timedelta(days=3)}, dt.timedelta(days=2)),
        ({"pause": "back"}, dt.timedelta(days=1000)),
        ({"is_quiet": True}, dt.timedelta()),
    ],
    ids=["pause", "until they come back", "quiet hours"],
)
@pytest.mark.usefixtures("due")
def test_a_pause_and_quiet_hours_that_began_since_put_it_off(bob, chosen, until):
    """What was queued by day, at night; or in the first night of a week's pause."""
    now = timezone.now()
    quarter = now.hour * 4 + now.minute // 15
    type(bob).objects.update(time_zone="UTC")
    quiet = {"quiet_from": (quarter - 1) % 96, "quiet_until": (quarter + 4) % 96}
    Preferences.objects.filter(member=bob).update(**quiet, **chosen)
    for transport in Transport:
        assert names(deliveries.claim(transport)) == ["Alice"]
        waiting = Delivery.objects.filter(notification__member=bob, transport=transport)
        assert {row.state for row in waiting} == {"waiting"}
        assert all(row.due > now + until for row in waiting)


@pytest.mark.usefixtures("due")
def test_where_nobody_can_say_what_it_reads_it_waits_and_is_not_unknown(kind, monkeypatch):
    """A mistake in one kind, by which a push that never left counts as unknown."""
    monkeypatch.setattr(kind, "hidden", None)
    with pytest.raises(TypeError):
        deliveries.claim(Transport.PUSH)
    assert states("push") == ["waiting"] * 4
    monkeypatch.setattr(kind, "hidden", set())
    make_due()
    assert names(deliveries.claim(Transport.PUSH)) == ["Alice", "Bob"]


@pytest.mark.usefixtures("due")
def test_a_worker_that_is_killed_anywhere_while_it_claims_loses_no_email_and_sends_no_push_twice():
    """A delivery that stays claimed for ever."""
    for n in killed_before_each_statement(lambda: deliveries.claim(Transport.EMAIL)):
        make_due()
        claims = deliveries.claim(Transport.EMAIL)
        assert names(claims) == ["Alice", "Bob"], f"killed before statement {n}"
        for claim in claims:
            claim.close(State.WAITING)
        make_due()
    assert n > 3
    for n in killed_before_each_statement(lambda: deliveries.claim(Transport.PUSH)):
        claimed = states("push").count("leaving")
        make_due()
        claims = deliveries.claim(Transport.PUSH)
        assert states("push").count("unknown") == claimed, f"killed before statement {n}"
        assert states("push").count("leaving") == 4 - claimed
        Delivery.objects.update(state=State.WAITING, claim=None)
        make_due()
    assert n > 3


@pytest.mark.usefixtures("due")
def test_what_is_renewed_while_it_leaves_is_told_again(kind, alice, bob):
    """A worker that closes what came after its claim."""
    claims = deliveries.claim(Transport.PUSH)
    actions.mark_all_read(bob)
    actions.notify("test", "x")
    expansion.run()
    for claim in claims:
        claim.close(State.SENT)
    assert states("push", bob) == ["sent", "waiting"]
    assert states("push", alice) == ["sent", "sent"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("due")
def test_of_two_workers_at_once_one_claims():
    """A push that leaves twice."""

    def work(_case):
        with before('UPDATE "notifications_delivery"', meet):
            return names(deliveries.claim(Transport.PUSH))

    assert sorted(at_once(work, (1, 2))) == [[], ["Alice", "Bob"]]
    assert states("push") == ["leaving"] * 4
    assert Notification.objects.count() == 4
    connection.close()
