"""When somebody may be reached, over the changes of the clocks in 2027: never while it is quiet, and never later than it must be."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import Min
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from community.kit.models import QueuedEmail
from community.members.models import User
from community.notifications import actions, expansion
from community.notifications.email import sending
from community.notifications.expansion import Renewal
from community.notifications.kinds import KINDS, NotificationKind, Shown
from community.notifications.models import Delivery, Preferences
from community.notifications.preferences import hours

ZONES = ["Australia/Lord_Howe", "Africa/Cairo", "America/New_York", "Europe/Berlin", "America/Santiago"]
MINUTE, QUARTER = dt.timedelta(minutes=1), dt.timedelta(minutes=15)
START, END = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), dt.datetime(2028, 1, 1, tzinfo=dt.UTC)


def changes(zone):
    """The moments of 2027 at which the clocks of a zone change."""
    hourly = [START + dt.timedelta(minutes=30 * n) for n in range(365 * 48)]
    return [now for before, now in itertools.pairwise(hourly) if before.astimezone(zone).utcoffset() != now.astimezone(zone).utcoffset()]


AROUND = {name: changes(ZoneInfo(name)) for name in ZONES}
quarters = st.integers(0, 95)


@st.composite
def moments(draw, zone):
    """A moment of 2027, most often within two days of a change of clocks."""
    if draw(st.integers(0, 3)):
        change = draw(st.sampled_from(AROUND[zone]))
        return change + dt.timedelta(seconds=draw(st.integers(-2 * 86400, 2 * 86400)))
    return START + dt.timedelta(seconds=draw(st.integers(0, 364 * 86400)))


@st.composite
def cases(draw):
    name = draw(st.sampled_from(ZONES))
    start = draw(quarters)
    end = draw(quarters.filter(lambda each: each != start))
    email = draw(st.sampled_from(["each", "daily", "weekly"]))
    chosen = Preferences(email=email, is_quiet=draw(st.integers(0, 4)) > 0, quiet_from=start, quiet_until=end)
    now = draw(moments(name))
    if draw(st.booleans()):
        chosen.pause, chosen.paused_until = "until", now + dt.timedelta(seconds=draw(st.integers(-86400, 86400)))
    return chosen, ZoneInfo(name), now


def is_quiet(chosen, zone, moment):
    """Said once more, and in another way: by the clock on the wall."""
    if chosen.pause == "until" and moment < chosen.paused_until:
        return True
    local = moment.astimezone(zone).time()
    start, end = (dt.time(each // 4, each % 4 * 15) for each in (chosen.quiet_from, chosen.quiet_until))
    return chosen.is_quiet and (start <= local < end if start < end else local >= start or local < end)


def test_every_zone_changes_its_clocks():
    """What follows proves nothing where nothing changes."""
    assert [len(AROUND[name]) for name in ZONES] == [2] * len(ZONES)


@given(cases())
@settings(max_examples=400, deadline=None)
def test_who_may_be_reached_is_so_at_the_first_moment_that_is_not_quiet(case):
    chosen, zone, now = case
    allowed = hours.next_allowed(chosen, zone, now)
    assert allowed >= now and not is_quiet(chosen, zone, allowed)
    before = now
    while before < allowed:
        assert is_quiet(chosen, zone, before), before
        before += MINUTE
    assert allowed == now or is_quiet(chosen, zone, allowed - dt.timedelta(microseconds=1))


@given(cases())
@settings(max_examples=150, deadline=None)
def test_a_digest_comes_on_the_first_morning_that_is_not_quiet(case):
    """On its day, not before its hour, and no digest that could have come before is left out."""
    chosen, zone, now = case
    due = hours.next_digest(chosen, zone, now)
    assert due > now and not is_quiet(chosen, zone, due)
    start = max(now, chosen.paused_until) if chosen.pause else now
    first = chosen.quiet_until if chosen.is_quiet else 32
    for day in (start.astimezone(zone).date() + dt.timedelta(days=n) for n in range(9)):
        if chosen.email == "weekly" and day.weekday() != 0:
            continue
        # The quarters of that day that its clock calls morning or later. A clock that is set back may come to be there twice.
        noon = dt.datetime.combine(day, dt.time(12), tzinfo=zone).astimezone(dt.UTC)
        around = [at for n in range(-120, 120) if (at := noon + n * QUARTER).astimezone(zone).date() == day]
        late = {at for at in around if hours.quarter_of(at, zone) >= first}
        found = min((at for at in late if at - QUARTER not in late and at > start), default=None)
        if found:
            while is_quiet(chosen, zone, found):
                found += QUARTER
            assert due == found
            return
    raise AssertionError("no morning was found")


# ---------------------------------------------------------------- what is really sent


@pytest.fixture
def kind(monkeypatch):
    """A kind of which everything can be read."""
    made = NotificationKind("test", "a test", lambda pairs: {pair: Shown("New", "", "/", "groups") for pair in pairs})
    monkeypatch.setitem(KINDS, "test", made)
    return made


@st.composite
def lives(draw):
    """A few days of somebody's: when something new comes, when they look, and where they are."""
    name = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(AROUND[name]))
    start, end = draw(quarters), draw(quarters)
    chosen = {
        "email": draw(st.sampled_from(["each", "daily", "weekly"])),
        "is_quiet": start != end,
        "quiet_from": start,
        "quiet_until": end,
    }
    step = st.tuples(st.integers(0, 36 * 4), st.sampled_from(["new", "new", "new", "look", "travel"]), st.sampled_from(ZONES))
    steps = draw(st.lists(step, min_size=3, max_size=9))
    return name, chosen, change - dt.timedelta(days=3), steps


def next_due():
    return Delivery.objects.filter(state__in=["waiting", "leaving"]).aggregate(due=Min("due"))["due"]


@given(life=lives())
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@pytest.mark.django_db
def test_nothing_is_sent_while_it_is_quiet_and_what_came_meanwhile_is_one_email(kind, alice, mailoutbox, life):
    """Through days in which the clocks change and somebody travels. The sender runs whenever something is due, as it does each second."""
    name, chosen, now, steps = life
    mailoutbox.clear()
    QueuedEmail.objects.all().delete()
    alice.notifications.all().delete()
    User.objects.filter(pk=alice.pk).update(time_zone=name)
    Preferences.objects.update_or_create(pk=alice.pk, defaults=chosen)
    choice, zone, days = Preferences(**chosen), ZoneInfo(name), []
    for number, (wait, deed, other) in enumerate([*steps, (15 * 96, "end", name)]):
        until = now + wait * QUARTER
        while (due := next_due()) and due <= until:
            now, count = max(now, due), len(mailoutbox)
            with time_machine.travel(now, tick=False):
                sending.send_due()
            assert len(mailoutbox) - count <= 1, "what waited together leaves together"
            if len(mailoutbox) > count:
                assert not is_quiet(choice, zone, now)
                days.append(hours.digest_key(choice, zone, now))
        now = until
        with time_machine.travel(now, tick=False):
            if deed == "new":
                itself = type(alice).objects.filter(pk=alice.pk)
                expansion.notify_members(Renewal(kind, str(number), int(now.timestamp()), now, itself), [alice.pk])
            elif deed == "look":
                actions.mark_all_read(alice)
            elif deed == "travel":
                zone = ZoneInfo(other)
                User.objects.filter(pk=alice.pk).update(time_zone=other)
    if chosen["email"] != "each":
        assert len(days) == len(set(days)), "one a day, or a week"
    assert next_due() is None, "and nothing waits for ever"
