"""What the demo is made of, as it stands in the files under `data/`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@cache
def read(name: str) -> dict[str, Any]:
    """Return the contents of `data/<name>.toml`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def read_all(folder: str) -> dict[str, dict[str, Any]]:
    """Return each file of `data/<folder>`, by its name without the ending, in the order of the names."""
    return {path.stem: read(f"{folder}/{path.stem}") for path in sorted((FOLDER / folder).glob("*.toml"))}


def people() -> dict[str, dict[str, Any]]:
    """Return the people of the demo by their key: name, email or sign_in_name, ago (days since they joined), and for some more."""
    file = read("people")
    return {key: {"ago": file["ago"], **entry} for key, entry in file.items() if isinstance(entry, dict)}


def groups() -> dict[str, dict[str, Any]]:
    """Return the groups by the name of their file, each line of their messages as an entry.

    A line is `[days before today, time in the centre's zone, who, what]`, where `what` is said, or is `{does = "join"}` or "leave".
    After what is said may stand `{key = …}` for others to answer `{to = …}`, `{edit = …}` for what it became, `{delete = true}`,
    and `{signs = {heart = [who, …]}}` for the reactions of others. `@Name` in what is said names somebody of the group.
    """
    return {name: {**file, "messages": [_entry(*line) for line in file["messages"]]} for name, file in read_all("groups").items()}


def _entry(ago: int, at: str, by: str, what: str | dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"ago": ago, "at": at, "by": by, **(what if isinstance(what, dict) else {"say": what}), **(more or {})}


def password() -> str:
    """Return the password that everybody who can sign in shares."""
    return str(read("people")["password"])
