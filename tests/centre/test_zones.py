"""Zones that one side knows and the other does not."""

import datetime as dt
import zoneinfo

import pytest

from community.centre.zones import offsets, zone_choices, zone_named
from community.members.models import User


@pytest.mark.parametrize("name", ["America/Not_Yet_Known", "", "../etc/passwd", "Europe"])
def test_a_zone_that_this_machine_does_not_know_takes_no_page_with_it(alice, client_of, name):
    """A server with older zones than the one that the site was moved from, on which every page of a member is a 500."""
    User.objects.filter(pk=alice.pk).update(time_zone=name)
    assert zone_named(name) is dt.UTC
    assert client_of(alice).get("/today/").status_code == 200


def test_the_changes_of_every_zone_s_clock_are_told_to_the_minute():
    """An hour beside it where a browser does not know the zone: between two changes that lie near, or where there is none."""
    for name, _label in zone_choices():
        zone = zoneinfo.ZoneInfo(name)
        told = offsets(zone, 2026)
        for at, ahead in told:
            assert dt.datetime.fromtimestamp(at, zone).utcoffset() == dt.timedelta(minutes=ahead), (name, at)
        for moment in range(told[0][0], told[0][0] + 12 * 365 * 86_400, 5 * 86_400):
            ahead = next(minutes for start, minutes in reversed(told) if start <= moment)
            assert dt.datetime.fromtimestamp(moment, zone).utcoffset() == dt.timedelta(minutes=ahead), (name, moment)
