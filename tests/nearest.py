"""For `make quick`: the test files nearest to what changed since the branch left `origin/main` or, without one, since the last commit.

Nearest are: a test file that changed itself; those of the same name; those that import what changed; else those of its room. Whole sites
start only where a test of theirs changed or has the name of what did.
"""

import re
import subprocess
from pathlib import Path, PurePath

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
SLOW = ("browser", "delivery", "flows", "upgrade", "chaos", "screens")
ALWAYS = ("tests/house/test_tree.py", "tests/house/test_templates.py", "tests/house/test_words.py")


def changed() -> list[PurePath]:
    """What differs from the base, new files included, as paths from the root."""
    base = _git("merge-base", "HEAD", "origin/main").strip() or "HEAD"
    names = _git("diff", "--name-only", base) + _git("ls-files", "--others", "--exclude-standard")
    return [PurePath(name) for name in sorted(set(names.split("\n"))) if name and (ROOT / name).exists()]


def _git(*command: str) -> str:
    return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False).stdout


def nearest(path: PurePath, files: dict[str, str]) -> set[str]:
    """Return the test files (of `files`, path to text) that are nearest to one changed file."""
    if str(path) in files:
        return {str(path)}
    stem = path.stem.strip("_")
    named = {name for name in files if stem in re.split("_", PurePath(name).stem)[1:] or PurePath(name).stem == f"test_{stem}"}
    if path.suffix == ".py":
        module = ".".join(path.with_suffix("").parts)
        package, _, last = module.rpartition(".")
        imports = re.compile(
            rf"^from {re.escape(module)} import|^import {re.escape(module)}$|^from {re.escape(package)} import .*\b{last}\b", re.M
        )
        named |= {name for name, text in files.items() if imports.search(text)}
    return {name for name in named if not _is_slow(name) or PurePath(name).stem == f"test_{stem}"} or _of_room(path, files)


def _of_room(path: PurePath, files: dict[str, str]) -> set[str]:
    """The tests of a wing or a room: of the last folder of the path that has some; of a script, those of the modules."""
    for folder in ["modules"] if path.suffix == ".js" else reversed(path.parts[:-1]):
        if found := {name for name in files if folder in PurePath(name).parts[1:-1] and not _is_slow(name)}:
            return found
    return set()


def _is_slow(name: str) -> bool:
    return PurePath(name).parts[1] in SLOW


def main() -> None:
    files = {str(path.relative_to(ROOT)): path.read_text() for path in sorted(TESTS.rglob("test_*.py"))}
    chosen = set(ALWAYS).union(*(nearest(path, files) for path in changed()))
    print(*sorted(chosen))


if __name__ == "__main__":
    main()
