"""One scene: a door, who stands in it, and what they do there before the picture is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Page

Deed = Callable[[Page], None]
Kind = Literal["full", "empty", "error"]


@dataclass(frozen=True)
class Scene:
    area: str
    name: str
    door: str  # the route, as tests/house/doors.py names it
    path: str
    who: str = ""  # a session of `inside.py`; empty: a guest
    kind: Kind = "full"
    do: Deed | None = None
    site: Literal["full", "empty", "quiet"] = "full"
    screenful: bool = False  # only what fits on the screen, for pages that are one screen high

    def act(self, page: Page, things: dict[str, Any]) -> None:
        """Open the door and do what is done there; `things` are what the path names."""
        page.goto(self.path.format(**things))
        if self.do:
            self.do(page)
