"""Where the strangers come from: two packages of npm."""

from pathlib import Path

from tests import npm

NEEDS = npm.NEEDS | {"java": "Java 17 or newer"}


def missing() -> list[str]:
    """What this machine lacks for them."""
    return npm.missing(NEEDS)


def installed() -> Path:
    """Return the folder that holds the packages."""
    return npm.installed(Path(__file__).parent)
