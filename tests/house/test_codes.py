"""Codes that machines are told are enums, and docs/codes.md says of each what it means."""

import ast
import re
from pathlib import Path

from community import urls  # noqa: F401  (every room, with its verbs)
from community.kit.audit import Verb
from community.kit.errors import Refusal
from community.members.roles import Role
from community.members.verbs import MembersVerb
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "codes.md").read_text()


def told(part: str) -> set[str]:
    """The codes in the table of one part of the page."""
    section = PAGE.split(f"## {part}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {code for row in rows for code in re.findall("`([^`]+)`", row)}


def test_every_refusal_is_explained():
    assert told("Refusals") == set(Refusal)


def test_every_verb_is_explained():
    """Rooms list their verbs apart, so that one could be missed."""
    rooms = Verb.__subclasses__()
    assert len(rooms) == len(list(ROOT.glob("*/verbs.py")) + list(ROOT.glob("*/*/verbs.py"))) + 1  # the site's own are in kit
    assert told("The audit trail") == {verb for room in rooms for verb in room}


def test_every_role_can_be_given_and_taken():
    """The verb of a role is put together from its name: a new role would be a 500 on the page that gives it."""
    assert all(MembersVerb(f"members.{act}_{role}") for act in ("give", "take") for role in Role)


def _sources() -> list[Path]:
    return [path for room in ("community", "groups", "cms") for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]


def test_every_code_is_used():
    """A code of a refusal that is gone stays on the page, and somebody waits for it."""
    used = {code for path in _sources() for code in re.findall(r"\bRefusal\.([A-Z_]+)", path.read_text())}
    assert {code.name for code in Refusal} == used


def _refuses(function: ast.FunctionDef, helpers: dict[str, ast.FunctionDef]) -> bool:
    """Whether a function raises Refused itself, or by a private helper beside it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None and "Refused(" in ast.unparse(node.exc):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in helpers:
            others = {name: helper for name, helper in helpers.items() if name != node.func.id}
            if _refuses(helpers[node.func.id], others):
                return True
    return False


def test_who_refuses_says_so():
    """A caller that doesn't know of a refusal shows a 500 in the place of its sentence. Views are not called: they answer."""
    silent = []
    for path in _sources():
        functions = {node.name: node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
        helpers = {name: function for name, function in functions.items() if name.startswith("_")}
        for name, function in functions.items():
            says = re.search(r"[Rr]aises? Refused", ast.get_docstring(function) or "")
            if name not in helpers and path.name != "views.py" and not says and _refuses(function, helpers):
                silent.append(f"{path.relative_to(ROOT)}: {name}")
    assert silent == []
