"""The time zones that a person can choose from, and what is done where one is not known."""

import datetime as dt
import functools
import zoneinfo

_AREAS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def zone_choices() -> list[tuple[str, str]]:
    """Return (IANA name, readable name) of every zone named after a place, and UTC."""
    names = sorted(name for name in zoneinfo.available_timezones() if name.startswith(_AREAS))
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", ": ", 1)) for name in names)]


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
