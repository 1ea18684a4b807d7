"""Words and times as the reader has them: the same that the server writes on the page, in every zone and on every day."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from community.centre.zones import offsets
from groups.chat.page.layout import day_name
from tests.modules.rows import handover

_ASK = """
    const { Words, fill } = await load("chat/js/model/words.js");
    const words = new Words(given.page);
    return { fill, few: words.few, count: (...all) => words.count(...all), clock: (at) => words.clock(Date.parse(at)),
      key: (at) => words.dayKey(Date.parse(at)), day: (at) => words.dayName(Date.parse(at)) }[given.what](...given.of);
"""
ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago"]


def ask(stage, what, *of, **page):
    return stage.run(_ASK, {"what": what, "of": list(of), "page": handover(**page)})


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("{name}: {text}", {"name": "Bob", "text": "Hi"}, "Bob: Hi"),
        ("{name} and {name}", {"name": "Bob"}, "Bob and Bob"),
        ("{n} new", {"n": 0}, "0 new"),
        ("{name}", {"name": "{text}", "text": "Hi"}, "{text}"),
        ("{name}", {}, "{name}"),
        ("{name}", {"name": "$& $1"}, "$& $1"),
        ("{a b}", {"a b": "Hi"}, "{a b}"),
        ("{name}", {"name": ""}, ""),
    ],
)
def test_a_sentence_is_filled_with_what_belongs_in_it(stage, text, values, filled):
    """A person called "{text}" or "$&" whose name becomes something else, and a 0 or an empty name that leaves its braces on the page."""
    assert ask(stage, "fill", text, values) == filled


@pytest.mark.parametrize(("n", "said"), [(0, "0 news"), (1, "1 new"), (2, "2 news"), (11, "11 news"), (101, "101 news")])
def test_a_number_has_its_form(stage, n, said):
    """ "1 new messages"."""
    assert ask(stage, "count", {"one": "{n} new", "other": "{n} news"}, n) == said


@pytest.mark.parametrize(("language", "n", "said"), [("fr", 0, "0 neuf"), ("fr", 2, "2 neufs"), ("ja", 1, "1 neufs"), ("pl", 3, "3 neufs")])
def test_a_number_has_the_form_of_the_reader_s_language(stage, language, n, said):
    """A number with the forms of English, or nothing where a language has more forms than were given."""
    assert ask(stage, "count", {"one": "{n} neuf", "other": "{n} neufs"}, n, language=language) == said


@pytest.mark.parametrize(("n", "said"), [(0, "0"), (99, "99"), (100, "99+"), (1_000, "99+")])
def test_many_are_not_counted(stage, n, said):
    """ "100" where the server counts no further."""
    assert ask(stage, "few", n) == said


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "at",
    [
        *("2026-11-25T00:00:00Z", "2026-11-25T00:59:59Z", "2026-11-25T11:59:00Z", "2026-11-25T12:00:00Z", "2026-11-25T13:05:00Z"),
        *("2026-11-25T23:59:59.999Z", "2026-07-01T12:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-29T01:30:00Z"),
    ],
)
def test_the_clock_is_the_server_s(stage, zone, at):
    """Another time after a message was drawn anew: 0:30 for 12:30, AM for PM, or an hour beside it where the clocks change."""
    with timezone.override(zone):
        local = timezone.localtime(dt.datetime.fromisoformat(at))
        assert ask(stage, "clock", at, zone=zone) == date_format(local, "g:i A")
        assert ask(stage, "clock", at, zone=zone, twelve_hours=False) == date_format(local, "H:i")
        assert ask(stage, "key", at, zone=zone) == local.date().isoformat()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-11-25T12:00:00Z", "2026-11-25T11:00:00Z"),
        ("2026-11-25T12:00:00Z", "2026-11-25T00:10:00Z"),
        ("2026-11-25T12:00:00Z", "2026-11-24T23:50:00Z"),
        ("2026-11-25T12:00:00Z", "2026-11-24T00:10:00Z"),
        ("2026-11-25T12:00:00Z", "2026-11-23T12:00:00Z"),
        ("2026-11-25T12:00:00Z", "2026-01-01T12:00:00Z"),
        ("2026-11-25T12:00:00Z", "2025-12-31T12:00:00Z"),
        ("2026-11-25T12:00:00Z", "2024-02-29T12:00:00Z"),
        ("2026-01-01T12:00:00Z", "2025-12-31T12:00:00Z"),
        ("2026-01-02T12:00:00Z", "2025-12-31T12:00:00Z"),
        ("2026-03-01T12:00:00Z", "2026-02-28T12:00:00Z"),
        ("2026-10-25T12:00:00Z", "2026-10-24T12:00:00Z"),
        # days of 23 and of 25 hours, in New York and in London
        ("2026-03-09T04:30:00Z", "2026-03-08T16:00:00Z"),
        ("2026-03-09T04:30:00Z", "2026-03-07T16:00:00Z"),
        ("2026-11-02T04:30:00Z", "2026-10-31T16:00:00Z"),
        ("2026-03-29T23:30:00Z", "2026-03-29T12:00:00Z"),
        ("2026-10-25T23:30:00Z", "2026-10-24T12:00:00Z"),
    ],
)
def test_a_day_is_called_as_the_server_calls_it(stage, monkeypatch, zone, now, at):
    """ "Yesterday" is not now minus 24 hours: on the morning after the clocks change that was Saturday.

    A line "Today" over yesterday's words, two names of one day on a page, or a day of last year without its year."""
    moment = dt.datetime.fromisoformat(now)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    stage.set_time(moment)
    with timezone.override(zone):
        assert ask(stage, "day", at, zone=zone) == day_name(dt.datetime.fromisoformat(at))


@pytest.mark.parametrize("zone", [*ZONES, "Africa/Casablanca", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    "at",
    [
        *("2026-11-25T00:00:00Z", "2026-11-25T13:05:00Z", "2026-07-01T23:30:00Z", "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z"),
        *("2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", "2017-01-01T00:00:00Z", "2018-06-30T23:59:00Z", "2027-07-01T12:30:00Z"),
    ],
)
def test_a_zone_that_the_browser_does_not_know_is_written_as_the_server_writes_it(stage, monkeypatch, zone, at):
    """A conversation that stands still without a word, since the reader's zone is newer than their browser; or an hour beside it."""
    now = dt.datetime.fromisoformat("2026-11-25T12:00:00Z")
    monkeypatch.setattr(timezone, "now", lambda: now)
    stage.set_time(now)
    with timezone.override(zone):
        moment = dt.datetime.fromisoformat(at)
        local = timezone.localtime(moment)
        page = {"zone": "America/Not_Yet_Known", "offsets": offsets(timezone.get_current_timezone(), 2026)}
        assert ask(stage, "clock", at, **page) == date_format(local, "g:i A")
        assert ask(stage, "key", at, **page) == local.date().isoformat()
        assert ask(stage, "day", at, **page) == day_name(moment)
