"""What the rooms above add to the page of preferences, from their `hooks.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form


@dataclass(frozen=True)
class Section:
    """A form of its own on the page. It is posted to `route`, which shows the page again where something is wrong with it."""

    key: str
    heading: Any  # lazy
    about: Any  # lazy
    route: str
    form: Callable[[Any], Form]  # of a member; a form without fields isn't shown


SECTIONS: dict[str, Section] = {}


def register(section: Section) -> None:
    """Add a section to the page."""
    SECTIONS[section.key] = section
