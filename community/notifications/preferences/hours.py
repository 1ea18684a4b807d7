"""When somebody may be reached: quiet hours, pauses and the time of a digest. All moments are in UTC; only hours of the day are local.

They are looked for by walking in UTC, in quarters of an hour (community/centre/zones.py).
"""

import datetime as dt
from typing import Any

from community.centre.zones import QUARTER, end_of_quiet, is_quiet, quarter_of

from ..models import Preferences

FOREVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
MORNING = 32  # 8:00, where there are no quiet hours to end
DIGEST_WEEKDAY = 0  # Monday


def paused_until(preferences: Preferences, moment: dt.datetime) -> dt.datetime:
    """Return when a pause ends that holds at `moment`; `moment` itself where there is none."""
    if preferences.pause == Preferences.Pause.BACK:
        return FOREVER
    if preferences.pause == Preferences.Pause.UNTIL and preferences.paused_until and preferences.paused_until > moment:
        return preferences.paused_until
    return moment


def break_of(preferences: Preferences, moment: dt.datetime) -> dict[str, Any]:
    """Return what pages say of a break: whether there is one at `moment`, and until when, where that is known."""
    until = paused_until(preferences, moment)
    return {"is_paused": until > moment, "paused_until": until if until < FOREVER else None}


def next_allowed(preferences: Preferences, zone: dt.tzinfo, moment: dt.datetime) -> dt.datetime:
    """Return the first moment from `moment` on in which this member may be reached outside the site."""
    start = paused_until(preferences, moment)
    if start == FOREVER or not preferences.is_quiet:
        return start
    return end_of_quiet(start, zone, preferences.quiet_from, preferences.quiet_until)


def next_quiet(preferences: Preferences, zone: dt.tzinfo, moment: dt.datetime) -> dt.datetime:
    """Return when the quiet hours begin next, within a day after `moment`, which is none of them; FOREVER where there are none."""
    if not preferences.is_quiet or preferences.quiet_from == preferences.quiet_until:
        return FOREVER
    after = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0) + QUARTER
    last = moment + dt.timedelta(days=1)
    while after < last and not is_quiet(after, zone, preferences.quiet_from, preferences.quiet_until):
        after += QUARTER
    return after


def next_digest(preferences: Preferences, zone: dt.tzinfo, moment: dt.datetime) -> dt.datetime:
    """Return when the next digest is due after `moment`: in the morning, each day or on Mondays."""
    start = paused_until(preferences, moment)
    if start == FOREVER:
        return start
    morning = next_morning(preferences, zone, start)
    while preferences.email == Preferences.Email.WEEKLY and morning.astimezone(zone).weekday() != DIGEST_WEEKDAY:
        morning = next_morning(preferences, zone, morning)
    return next_allowed(preferences, zone, morning)


def next_morning(preferences: Preferences, zone: dt.tzinfo, moment: dt.datetime) -> dt.datetime:
    """Return when it is morning next: when quiet hours end, or at 8:00. On a day that skips that quarter, the first one after it."""
    start = preferences.quiet_until if preferences.is_quiet else MORNING
    after = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0) + QUARTER
    while not _is_first_quarter(after, zone, start):
        after += QUARTER
    return after


def _is_first_quarter(moment: dt.datetime, zone: dt.tzinfo, start: int) -> bool:
    """Whether this is the first quarter of its local day at or after the one called `start`."""
    before = moment - QUARTER
    is_new_day = before.astimezone(zone).date() != moment.astimezone(zone).date()
    return quarter_of(moment, zone) >= start and (is_new_day or quarter_of(before, zone) < start)


def digest_key(preferences: Preferences, zone: dt.tzinfo, moment: dt.datetime) -> str:
    """Return the name of the local day or week of a digest: each has one at most, wherever its member travels."""
    day = moment.astimezone(zone).date()
    return day.strftime("%G-W%V") if preferences.email == Preferences.Email.WEEKLY else day.isoformat()
