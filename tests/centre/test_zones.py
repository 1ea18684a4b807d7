"""Zones that one side knows and the other does not."""

import datetime as dt
import re
import zoneinfo

import pytest

from community.centre.models import Centre
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


@pytest.mark.parametrize(("country", "first"), [("US", "New York – Eastern (most areas)"), ("", "Abidjan")])
def test_a_zone_is_chosen_from_those_of_the_centre_s_country_first(alice, client_of, country, first):
    """Six hundred names in one list, such as "America: Knox IN", most of them of other countries or other names for the same place."""
    Centre(country=country).save()
    page = client_of(alice).get("/me/").content.decode()
    choices = re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)<', page.partition('name="time_zone"')[2].partition("</select>")[0])
    assert choices[0][1] == first and ("America/Knox_IN", "Knox IN") not in choices
    assert len({name for name, _label in choices}) == len(choices) and 400 < len(choices) < 430
    assert ('<optgroup label="United States">' in page) is bool(country) and '<optgroup label="Europe">' in page


def test_the_centre_chooses_from_the_same_groups(client_of, ada):
    """Six hundred names, and no end to them, on the page where a site's first choice is made."""
    Centre(country="US", time_zone="America/Chicago").save()
    page = client_of(ada).get(f"/cms/settings/centre/centre/{Centre.objects.get().pk}/").content.decode()
    shown = page.partition('name="time_zone"')[2].partition("</select>")[0]
    first = re.findall(r'<optgroup label="([^"]+)"', shown)[0]
    assert first == "United States" and '<option value="America/Chicago" selected>' in shown and 400 < shown.count("<option") < 430


def test_a_zone_that_was_chosen_under_another_name_stays(alice, client_of):
    """Whoever changes their name loses their zone, or cannot save."""
    User.objects.filter(pk=alice.pk).update(time_zone="America/Knox_IN")
    assert 'value="America/Knox_IN" selected' in client_of(alice).get("/me/").content.decode()
    client_of(alice).post("/me/", {"name": "Robin", "time_zone": "America/Knox_IN"})
    assert (found := User.objects.get(pk=alice.pk)).name == "Robin" and found.time_zone == "America/Knox_IN"
