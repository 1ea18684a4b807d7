"""Rules of the tree that no linter knows."""

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.version import Version

from tests.house.tree import ROOMS, ROOT, ours, texts

# The lowest releases without a known weakness that would reach this site.
FLOORS = {
    "Django": "5.2.19", "wagtail": "7.4.3", "django-allauth": "65.21.1", "uvicorn": "0.54.0", "channels": "4.3.2",
    "channels-redis": "4.3.0",
}  # fmt: skip
MAKES = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
BY_NAME = re.compile(r"""(?:order_by\(|ordering = \[)[^)\]]*"-?(?:\w+__)?(?:name|title)["]""")
MACHINE = re.compile(r"(?<![\w.$}~-])/(?:work|root|home|Users)/\w")


@pytest.mark.parametrize("package", FLOORS)
def test_no_package_is_below_its_floor(package):
    """A lock that was rolled back past a security release."""
    assert Version(version(package)) >= Version(FLOORS[package])


def test_redis_stays_below_the_release_that_cuts_quiet_subscriptions():
    assert Version(version("redis")) < Version("8")


def test_no_file_names_a_place_of_somebodys_machine():
    """A path that exists on one machine only."""
    assert [name for name, text in texts() if MACHINE.search(text) and name != "tests/house/test_tree.py"] == []


def test_nothing_is_left_for_later():
    assert [name for name, text in texts() if MAKES.search(text) and name not in ("tests/house/test_tree.py", "LICENSE")] == []


def test_tests_wait_for_what_a_promise_gives():
    """Playwright's `wait_for_function` takes every promise for true, and so passed whatever the page did; `holds` waits for it."""
    here = ("tests/browser/watch.py", "tests/house/test_tree.py")
    assert [name for name, text in texts() if name.startswith("tests/") and ".wait_for_function(" in text and name not in here] == []


def test_no_query_orders_by_a_name():
    """ "Wren, anna, Émile": the order of the machine that a database was made on, beside that of kit/text/order.py in the next list."""
    assert [name for name, text in ours(".py", *ROOMS) if "/migrations/" not in name and BY_NAME.search(text)] == []
    scripts = [name for name, text in ours(".js", *ROOMS) if re.search(r"localeCompare|Intl\.Collator", text)]
    assert scripts == ["groups/chat/static/chat/js/model/words.js"]


def test_every_room_stands_in_the_contract():
    """A package that may import whatever it likes, because nobody gave it a place."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "rooms")
    placed = {name.strip() for layer in layers for name in re.split("[:|]", layer)}
    rooms = {f"{root}.{path.parent.name}" for root in ("community", "groups") for path in (ROOT / root).glob("*/__init__.py")}
    roof = {f"community.{path.stem}" for path in (ROOT / "community").glob("*.py") if path.stem != "__init__"}
    assert (rooms | roof | {"cms"}) - placed == set()


def test_modules_say_what_they_give():
    """A module that one must read to learn what it is for."""
    trivial = ("apps.py", "urls.py", "__init__.py", "/migrations/", "/management/")
    silent = [
        name for name, text in ours(".py", *ROOMS) if text.strip() and not text.startswith('"""') and not any(t in name for t in trivial)
    ]
    assert silent == []


def test_files_stay_short():
    """A file that has become two."""
    long = {name: text.count("\n") for name, text in ours(".py", *ROOMS, "tests") if text.count("\n") > 400}
    assert long == {}


def test_locks_hold_hashes_and_the_tests_build_on_the_site():
    """A package that could be swapped on its way here, or a test run against another version than is served."""
    locks = {name: (ROOT / name).read_text() for name in ("requirements.txt", "tests/requirements.txt")}
    pins = {name: dict(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.M)) for name, text in locks.items()}
    for name, text in locks.items():
        blocks = re.split(r"\n(?=[\w.-]+(?:\[[^\]]*\])?==)", "\n" + text)[1:]
        assert blocks and all("--hash=sha256:" in block for block in blocks), name
    site, tests = pins.values()
    assert {package: pin for package, pin in site.items() if tests.get(package) != pin} == {}
