"""National help lines, by country. Each number carries the page it was checked on and the day of the check."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Helpline:
    name: str
    number: str  # as people read it
    dial: str  # as a telephone takes it; empty where the line is a text service alone
    about: str  # when it answers and what it is for
    text: str = ""  # how to reach it by text message
    sms: str = ""  # the number that a telephone writes to; empty where the text has to hold a word that a link cannot bring


@dataclass(frozen=True)
class Country:
    name: str
    emergency: str
    lines: tuple[Helpline, ...]
    checked: str  # the day of the last check, ISO 8601
    sources: tuple[str, ...]
    weather: str = ""  # a page that says nothing of who opens it


def _read() -> dict[str, Country]:
    data = tomllib.loads((Path(__file__).parent / "helplines.toml").read_text(encoding="utf-8"))
    return {
        code: Country(
            name=entry["name"],
            emergency=entry["emergency"],
            lines=tuple(Helpline(**line) for line in entry.get("lines", [])),
            checked=entry["checked"],
            sources=tuple(entry["sources"]),
            weather=entry.get("weather", ""),
        )
        for code, entry in data.items()
    }


COUNTRIES = _read()
