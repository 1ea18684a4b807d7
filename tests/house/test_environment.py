"""deploy/environment.py on machines that lack something: each gets one clear sentence, and an install that broke is mended."""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT

SCRIPT = ROOT / "deploy" / "environment.py"


def under(setup: str, *, script: Path = SCRIPT, arguments: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a Python that `setup` has made older or poorer."""
    code = f"import runpy, sys; sys.argv = {[str(script), *arguments]!r}; {setup}; runpy.run_path({str(script)!r}, run_name='__main__')"
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHON" and not name.startswith("PIP_")}
    return subprocess.run([sys.executable, "-c", code], env=inherited | environment, capture_output=True, text=True, check=False)


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What it said, which must be one line and no traceback."""
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


OLD = "sys.version_info = (3, 9, 2, 'final', 0)"


def test_any_old_python_can_read_it():
    """A syntax error in the place of the sentence about the version."""
    source = SCRIPT.read_text(encoding="ascii")
    tree = ast.parse(source, feature_version=(3, 4))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.NamedExpr | ast.AnnAssign | ast.AsyncFunctionDef)]
    assert "print(" not in source.replace('print("', "")


def test_an_old_python_without_a_newer_one(tmp_path):
    assert "needs Python 3.11 or newer" in sentence(under(OLD, PATH=str(tmp_path)))


def test_an_old_python_beside_a_newer_one_uses_it(tmp_path):
    newer = tmp_path / "python3.12"
    newer.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "newer: $@"\n')
    newer.chmod(0o755)
    done = under(OLD, arguments=("--tests",), PATH=f"{tmp_path}:/usr/bin:/bin")
    assert done.stdout == f"newer: {SCRIPT} --tests\n"


def test_an_old_python_that_was_asked_for_by_name_is_taken_at_its_word(tmp_path):
    """Another Python than the one that the person named."""
    assert "is Python 3.9" in sentence(under(OLD, PYTHON="python3.9"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script in a tree of its own, whose lock wants one small package that lies beside it; installed once, which takes seconds."""
    root = tmp_path_factory.mktemp("tree")
    (root / "deploy").mkdir()
    (root / "tests").mkdir()
    shutil.copy(SCRIPT, root / "deploy")
    lock(root, wheel(root))
    assert build(root).returncode == 0
    return root


@pytest.fixture
def tree(built: Path) -> Path:
    """That tree, as it was after the installation, but for its environment, which a test may have changed."""
    lock(built, wheel(built))
    return built


def wheel(tree: Path, version: str = "1.0") -> Path:
    path = tree / f"small-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small.py", f"version = {version!r}\n")
        archive.writestr(f"small-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: small\nVersion: {version}\n")
        archive.writestr(
            f"small-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"small-{version}.dist-info/RECORD", "")
    return path


def lock(tree: Path, package: Path, digest: str = "") -> None:
    found = digest or hashlib.sha256(package.read_bytes()).hexdigest()
    for name in ("requirements.txt", "tests/requirements.txt"):
        (tree / name).write_text(f"small=={package.name.split('-')[1]} --hash=sha256:{found}\n")


def build(tree: Path, setup: str = "pass", **environment: str) -> subprocess.CompletedProcess[str]:
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tree)}
    return under(setup, script=tree / "deploy" / "environment.py", **(offline | environment))


def cut_off(tree: Path) -> None:
    """Leave the tree as an installation that was interrupted does: the note is written last."""
    (tree / ".venv/installed.txt").unlink(missing_ok=True)
    for left in (tree / ".venv").rglob("small*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def installed(tree: Path) -> str:
    done = subprocess.run(
        [tree / ".venv/bin/python", "-c", "import small; print(small.version)"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def test_it_installs_once_and_again_when_something_changed(tree):
    """A second start that installs again, an interrupted one that is never finished, or a new lock that is ignored."""
    assert build(tree).returncode == 0 and installed(tree) == "1.0"
    quiet = build(tree, PIP_FIND_LINKS="")
    assert quiet.returncode == 0 and quiet.stdout == ""

    cut_off(tree)
    assert build(tree).returncode == 0 and installed(tree) == "1.0"

    shutil.rmtree(tree / ".venv/bin")  # cut off while it was made
    assert build(tree).returncode == 0 and installed(tree) == "1.0"

    lock(tree, wheel(tree, "2.0"))
    assert build(tree).returncode == 0 and installed(tree) == "2.0"


@pytest.mark.parametrize(
    ("setup", "environment", "expected"),
    [
        ("sys.modules['ensurepip'] = None", {}, "sudo apt install python3."),
        ("sys.modules['sqlite3'] = None", {}, "sqlite3"),
        ("pass", {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}, "no connection"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(tree, setup, environment, expected):
    """A traceback of pip or venv, which a newcomer cannot read."""
    cut_off(tree)
    assert expected in sentence(build(tree, setup, **environment))
    assert not (tree / ".venv/installed.txt").exists()


def test_a_package_that_is_not_the_locked_one_is_refused(tree):
    """A package that was swapped on its way here."""
    cut_off(tree)
    lock(tree, wheel(tree), digest="0" * 64)
    assert "differs from the one that was locked" in sentence(build(tree))


def test_make_alone_prints_its_help():
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert all(f"make {goal} " in done.stdout for goal in ("help", "run", "test", "quick", "check-all", "lock"))
