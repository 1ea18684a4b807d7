"""Times on the page: exact for machines, in the reader's zone for people."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils import timezone

MOMENT = datetime(2026, 10, 14, 22, 30, tzinfo=UTC)


def shown(template, value=MOMENT, zone="America/New_York"):
    with timezone.override(ZoneInfo(zone)):
        return engines["django"].from_string(template).render({"value": value})


def test_a_moment_is_shown_in_the_reader_s_zone_and_carried_in_utc():
    assert shown("{{ value|moment }}") == '<time datetime="2026-10-14T22:30:00Z">October 14, 2026, 6:30 PM</time>'
    assert "October 15, 2026, 7:30 AM" in shown("{{ value|moment }}", zone="Asia/Tokyo")


def test_a_moment_is_carried_in_whole_seconds():
    """Six digits of a second in `datetime`, which HTML does not know."""
    assert shown("{{ value|exact }}", value=MOMENT.replace(microsecond=123456)) == "2026-10-14T22:30:00Z"


def test_a_day_is_the_reader_s_day_and_tells_its_year_when_it_is_another():
    assert "Thursday, October 15" in shown("{{ value|day }}", zone="Asia/Tokyo")
    assert "2019" in shown("{{ value|day }}", value=MOMENT.replace(year=2019))


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_time_is_shown_as_nothing(nothing):
    assert shown("{{ value|moment }}{{ value|clock }}{{ value|day }}", value=nothing) == ""
