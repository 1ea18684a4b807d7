"""The time zones that a person can choose from."""

import zoneinfo

_AREAS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def zone_choices() -> list[tuple[str, str]]:
    """Return (IANA name, readable name) of every zone named after a place, and UTC."""
    names = sorted(name for name in zoneinfo.available_timezones() if name.startswith(_AREAS))
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", ": ", 1)) for name in names)]
