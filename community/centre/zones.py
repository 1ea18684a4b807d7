"""The time zones that a person can choose from, what is done where one is not known, and hours of the day in them.

Hours are chosen in quarters, since no zone's offset is anything finer, and looked for by walking in UTC: those that a change of clocks
leaves out or repeats need no rule of their own.
"""

import datetime as dt
import functools
import importlib.resources
import zoneinfo

from django.utils.translation import gettext as _

from community.kit.text.order import by_name

from .helplines import COUNTRIES

QUARTER = dt.timedelta(minutes=15)
_AREAS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def zone_choices() -> list[tuple[str, str]]:
    """Return (IANA name, readable name) of every zone named after a place, and UTC."""
    names = sorted(name for name in zoneinfo.available_timezones() if name.startswith(_AREAS))
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", ": ", 1)) for name in names)]


def zones_for(country: str, present: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the zones to choose from, in groups with a heading each: those of `country` first, then the others by continent.

    Each place stands there once, under its name of today; what somebody chose before, `present`, stays if it is another.
    """
    here = [(name, label) for code, name, label in _places() if code == country]
    areas: dict[str, list[tuple[str, str]]] = {}
    for _code, name, label in by_name(_places(), lambda place: place[2]):
        if (name, label) not in here:
            areas.setdefault(name.partition("/")[0], []).append((name, label))
    other = [("UTC", "UTC")]
    if present not in {"UTC", *(name for _code, name, _label in _places())}:
        other.append((present, present))
    first = [(str(COUNTRIES[country].name), here)] if here else []
    return [*first, *by_name(areas.items(), lambda area: area[0]), (_("Others"), other)]


@functools.cache
def _places() -> list[tuple[str, str, str]]:
    """Return (country, IANA name, readable name) of each zone in the table that comes with them, a country's largest first."""
    known = zoneinfo.available_timezones()
    table = importlib.resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    found = []
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        country, _where, name, *about = line.split("\t")
        place = name.partition("/")[2].replace("_", " ").replace("/", ": ")
        if name in known:
            found.append((country, name, " – ".join([place, *(words for words in about if words != place)])))
    return found


def zone_named(name: str) -> dt.tzinfo:
    """Return the zone; UTC where this machine does not know it, as after a move to an older one."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of an area
        return dt.UTC


@functools.lru_cache(maxsize=128)
def offsets(zone: dt.tzinfo, year: int) -> tuple[tuple[int, int], ...]:
    """Return (seconds since 1970, minutes ahead of UTC) of each change of the zone's clock from ten years before `year` to two after.

    With it a browser that does not know the zone writes the same times as we do.
    """

    def ahead(moment: int) -> int:
        offset = dt.datetime.fromtimestamp(moment, zone).utcoffset()
        return int(offset.total_seconds()) // 60 if offset else 0

    week = 7 * 24 * 60 * 60
    start, end = (int(dt.datetime(each, 1, 1, tzinfo=dt.UTC).timestamp()) for each in (year - 10, year + 3))
    changes = [(start, ahead(start))]
    for moment in range(start, end, week):
        before, after = moment, moment + week
        if ahead(after) == changes[-1][1]:
            continue
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if ahead(middle) == changes[-1][1] else (before, middle)
        changes.append((after, ahead(after)))
    return tuple(changes)


def quarter_of(moment: dt.datetime, zone: dt.tzinfo) -> int:
    """Return in which quarter of the local day (0 to 95) a moment lies."""
    local = moment.astimezone(zone)
    return local.hour * 4 + local.minute // 15


def is_quiet(moment: dt.datetime, zone: dt.tzinfo, start: int, end: int) -> bool:
    """Return whether a moment lies in the quiet hours from `start` until `end`, in quarters of the local day."""
    quarter = quarter_of(moment, zone)
    return start <= quarter or quarter < end if start > end else start <= quarter < end


def end_of_quiet(moment: dt.datetime, zone: dt.tzinfo, start: int, end: int) -> dt.datetime:
    """Return the first moment from `moment` on that isn't quiet."""
    if not is_quiet(moment, zone, start, end):
        return moment
    after = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0) + QUARTER
    while is_quiet(after, zone, start, end):
        after += QUARTER
    return after
