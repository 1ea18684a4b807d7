"""The centre's own lines: a list, each with the day of its last check, which staff are reminded of and Help now shows."""

import datetime as dt

import pytest
from django.core import checks
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.centre.models import Centre, OwnLine
from tests.centre.test_look import saved

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.localdate() - dt.timedelta(days=days)


def set_up(*lines, **fields):
    site = Centre(country="US", **fields)
    site.lines.set(lines)
    site.save()


def test_every_line_stands_on_help_with_what_it_takes_and_when_it_was_checked(client):
    """A line for texts alone, which nobody can ring, and one that nobody has tried for years and that looks as sure as the others."""
    set_up(OwnLine(name="Day desk", number="+1 (312) 555-0100", text="+1 312 555 0101", hours="9 to 5", checked=dt.date(2026, 10, 3)),
           OwnLine(name="Night texts", text="312-555-0102"))  # fmt: skip
    page = client.get("/help/").content.decode()
    assert 'href="tel:+13125550100"' in page and 'href="sms:+13125550101"' in page and 'href="sms:3125550102"' in page
    assert page.index("Day desk") < page.index("Checked on October 3, 2026") < page.index("Night texts")
    assert page.count("Checked on") == 1 and "numbers for United States were checked on" in page


@pytest.mark.parametrize("line", [OwnLine(name="Nothing to reach"), OwnLine(number="ring me"), OwnLine(text="write me")])
def test_a_line_without_a_number_is_refused(line):
    with pytest.raises(ValidationError):
        line.full_clean(exclude=["centre"])


def test_nobody_has_checked_a_line_tomorrow():
    with pytest.raises(ValidationError, match="hasn't come yet"):
        OwnLine(number="555 0100", checked=days_ago(-2)).full_clean(exclude=["centre"])


@pytest.mark.parametrize("checked, stale", [(days_ago(10), False), (days_ago(180), False), (days_ago(190), True), (None, True)])
def test_admins_alone_are_reminded_of_a_line_that_was_not_checked_for_long(client_of, ada, pat, alice, checked, stale):
    set_up(OwnLine(name="The night desk", number="555 0100", checked=checked))
    for person, told in ((ada, stale), (pat, False), (alice, False)):
        assert ("been checked for six months" in client_of(person).get("/today/").content.decode()) == told


def test_a_public_site_is_warned_and_not_stopped(settings):
    """A site that does not start because nobody rang a number would take the number away altogether."""
    settings.PRODUCTION = True
    set_up(OwnLine(name="The night desk", number="555 0100", checked=days_ago(400)))
    found = {problem.id: problem for problem in checks.run_checks(include_deployment_checks=True, databases=["default"])}
    warning = found["mainstay.W002"]
    assert "The night desk" in warning.msg and not warning.is_serious() and "mainstay.E004" not in found


def test_an_admin_writes_lines_and_each_error_stands_at_its_field(client_of, ada):
    lines = {"lines-TOTAL_FORMS": 2, "lines-0-name": "Day desk", "lines-0-number": "555 0100", "lines-0-ORDER": 1,
             "lines-1-name": "Broken", "lines-1-number": "ring me", "lines-1-ORDER": 2}  # fmt: skip
    page = saved(None, client_of(ada), **lines).content.decode()
    assert page.count("digits, with spaces, parentheses and hyphens") == 1 and not OwnLine.objects.exists()
    assert saved(None, client_of(ada), **lines | {"lines-1-number": "555 0101"}).status_code == 302
    assert [line.number for line in Centre.objects.get().own_lines] == ["555 0100", "555 0101"]


@pytest.mark.parametrize(
    "name", ["Lakeside Recovery", "The Rehab House", "Sober friends", "IOP alumni", "Detox corner", "Evening treatment centre"]
)
def test_a_name_that_gives_away_what_the_place_is_for_is_refused_at_its_field(client_of, ada, name):
    """It stands in every tab, on every phone and as the sender of every mail."""
    page = saved(None, client_of(ada), name=name).content.decode()
    assert "what this place is for" in page and Centre.objects.get().name == "Mainstay"
    assert name.split()[1 if name.split()[0] in ("Lakeside", "The", "Evening") else 0] in page


@pytest.mark.parametrize("name", ["Long Table", "Sobek House", "Tuesday Table", "Treat yourself"])
def test_a_neutral_name_is_taken(name):
    Centre(name=name).full_clean()
