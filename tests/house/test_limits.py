"""Every limit that somebody can run into stands in one module, and in the table of docs/operating.md."""

import datetime as dt
import re

from community.kit import limits
from tests.house.tree import ROOT, ours

TABLE = re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", (ROOT / "docs/operating.md").read_text().partition("\n## Limits\n")[2], re.M)
LIMITS = {name: value for name, value in vars(limits).items() if name.isupper()}
UNITS = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}
WINDOW = re.compile(r"^[A-Z_]+_(?:WITHIN|WINDOW|LIFETIME)\b.* = |^(?:RATES\b.*\"\d+/)", re.M)


def in_words(value: object) -> str:
    """A limit as the table has it: "4,000", "12 hours", "10 in 1 hour", or a rate of django-allauth as it is."""
    if isinstance(value, limits.Rate):
        return f"{value.most:,} in {in_words(value.within)}"
    if isinstance(value, dt.timedelta):
        unit, seconds = next((unit, seconds) for unit, seconds in UNITS.items() if not value.total_seconds() % seconds)
        number = int(value.total_seconds()) // seconds
        return f"{number} {unit}{'' if number == 1 else 's'}"
    if isinstance(value, tuple):
        return ", ".join(map(in_words, value))
    return f"`{value}`" if isinstance(value, str) else f"{value:,}"


def test_the_table_of_limits_is_what_the_code_does():
    """An operator who is told of three e-mails while the code sends five, or not at all of a limit that a member meets."""
    assert dict(TABLE) == {name: in_words(value) for name, value in LIMITS.items()}
    assert [name for name, _value in TABLE] == list(LIMITS)


def test_each_limit_says_why():
    """A number that nobody dares to change, since nobody knows what it is for."""
    lines = (ROOT / "community/kit/limits.py").read_text().splitlines()
    assert [line for line in lines if re.match(r"[A-Z_]+ = ", line) and "  # " not in line] == []


def test_each_limit_is_used():
    code = "\n".join(text for name, text in ours(".py", "community/", "cms/", "groups/") if name != "community/kit/limits.py")
    assert [name for name in LIMITS if not re.search(rf"\b{name}\b", code)] == []


def test_no_room_has_a_rate_or_a_lifetime_of_its_own():
    """A limit that stands where nobody looks for it, and in no table."""
    rooms = [(name, text) for name, text in ours(".py", "community/", "cms/", "groups/") if name != "community/kit/limits.py"]
    assert {name: found for name, text in rooms if (found := WINDOW.findall(text))} == {}
