"""A room knows nothing of the rooms above it: not by an import (the contracts see that), nor by the name of a route or a template."""

import re

import pytest

from tests.house.tree import texts

ORDER = ("kit", "centre", "members", "downloads", "notifications", "safety", "chat", "peers", "cms")
# Whose a namespace of routes and a folder of templates is. Routes without a namespace are allauth's, or the roof's own.
OWNERS = {"suggestions": "peers", "mfa": "members", "account": "members", "wagtailadmin": "cms", "wagtailcore": "cms"}
ROUTE = re.compile(r"""["'](\w+):\w+["']""")
TEMPLATE = re.compile(r"""["'](\w+)/[\w/]+\.html["']""")


def room_of(path: str) -> str | None:
    """The room that a file belongs to; None for the roof and what all share."""
    parts = path.split("/")
    name = {"community": parts[1], "groups": parts[1], "templates": parts[1], "cms": "cms"}.get(parts[0]) if len(parts) > 1 else None
    owner = OWNERS.get(name or "", name)
    return owner if owner in ORDER else None


def ways_up(room: str, text: str) -> list[str]:
    """What a text of `room` names of a room above it."""
    named = [*ROUTE.finditer(text), *TEMPLATE.finditer(text)]
    above = ORDER[ORDER.index(room) + 1 :]
    return [found[0] for found in named if OWNERS.get(found[1], found[1]) in above]


def test_no_room_names_a_route_or_a_template_of_a_room_above_it():
    """A link that fails where the room above is left out, and a dependency that no import shows."""
    ours = [(path, text) for path, text in texts() if path.endswith((".py", ".html")) and "/migrations/" not in path]
    asked = [(path, room, text) for path, text in ours if (room := room_of(path))]
    assert len(asked) > 200
    assert {path: ways for path, room, text in asked if (ways := ways_up(room, text))} == {}


@pytest.mark.parametrize(
    ("room", "text"),
    [("members", "{% url 'peers:list' %}"), ("centre", 'reverse("members:policy")'), ("chat", '{% include "peers/row.html" %}'),
     ("safety", 'render(request, "suggestions/welcome.html")')],
)  # fmt: skip
def test_a_way_up_is_found(room, text):
    assert ways_up(room, text)
    assert not ways_up("cms", text)
