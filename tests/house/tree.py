"""The files of the project, as its tests about itself read them."""

import functools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".git", ".venv", "data", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "screenshots", "node_modules"}
ROOMS = ("community", "groups", "cms")
TEXT = {".py", ".html", ".txt", ".md", ".toml", ".css", ".js", ".json", ".xml", ".yml", ".yaml", ".sh", ".in", ".cfg", ".svg"}


@functools.cache
def files() -> list[Path]:
    """Every file that belongs to the project: git's list, new ones included; without git, all but what is made."""
    found = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        listed = [ROOT / name for name in found.stdout.split("\0") if name]
    else:
        listed = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return [path for path in listed if path.is_file()]


@functools.cache
def texts() -> tuple[tuple[str, str], ...]:
    """Path (from the root) and content of every text file, read once."""
    found = [path for path in files() if path.suffix in TEXT or path.name in ("Makefile", "run")]
    return tuple((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in found)


def ours(suffix: str, *folders: str) -> Iterator[tuple[str, str]]:
    """The texts with this suffix under these folders."""
    for name, text in texts():
        if name.endswith(suffix) and name.startswith(folders):
            yield name, text


def templates() -> dict[str, str]:
    """Every template by the name that code calls it, pages and mails alike."""
    return {name.removeprefix("templates/"): text for name, text in texts() if name.startswith("templates/")}


def without_code(template: str) -> str:
    """A template's own words and markup: no comments, tags, variables, nor what is translated already."""
    text = re.sub(r"{% comment.*?endcomment %}|{#.*?#}|<!--.*?-->", " ", template, flags=re.S)
    text = re.sub(r"{% block body_class %}.*?{% endblock[^%]*%}", " ", text, flags=re.S)
    text = re.sub(r"{% blocktrans.*?{% endblocktrans(late)? %}", " ", text, flags=re.S)
    return re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.S)
