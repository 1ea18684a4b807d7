"""The panels of the editor's first page: what to do, and what to know. Each part of the room registers its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wagtail.admin.ui.components import Component

from community.members.models import User

MAX_ROWS = 5  # a panel shows so many, and leads to the rest


@dataclass(frozen=True)
class HomeRow:
    """One thing in a panel: its title, where it leads, and a few words on it."""

    title: str
    url: str
    note: Any = ""


@dataclass(frozen=True)
class HomePanel:
    """A panel, which is there for an editor for whom `find` finds something.

    `find` returns the first rows that this editor may know of, one more than are shown where there are more; `more` is the address of
    all of them, if there is one.
    """

    name: str
    heading: Any
    order: int
    find: Callable[[User, int], Sequence[HomeRow]]
    more: Callable[[User], str] | None = None


_panels: list[HomePanel] = []


def register(panel: HomePanel) -> None:
    """Show `panel` on the first page of the editor."""
    _panels.append(panel)


class HomeList(Component):
    """A panel as Wagtail draws it."""

    template_name = "cms/home_panel.html"

    def __init__(self, panel: HomePanel, editor: User) -> None:
        self.panel, self.order = panel, panel.order
        self.rows = panel.find(editor, MAX_ROWS + 1)
        self.more = panel.more(editor) if panel.more and len(self.rows) > MAX_ROWS else None

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"panel": self.panel, "id": f"home-{self.panel.name}", "rows": self.rows[:MAX_ROWS], "more": self.more}


class WritePanel(Component):
    """The way to a new article, before everything else."""

    template_name = "cms/home_write.html"
    order = 0

    def __init__(self, url: str, *, is_quiet: bool) -> None:
        self.url, self.is_quiet = url, is_quiet

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"url": self.url, "is_quiet": self.is_quiet}


def panels_for(editor: User, write_url: str) -> list[Component]:
    """The panels for `editor`. Wagtail puts them in their order."""
    lists = [HomeList(panel, editor) for panel in _panels]
    found = [each for each in lists if each.rows]
    return [WritePanel(write_url, is_quiet=not found), *found]
