"""A site that is upgraded while browsers are open: releases whose scripts tell themselves apart, on the same data.

    python -m tests.releases manage.py serve

runs a command as the release that RELEASE names, with the scripts of the folder SCRIPTS in the place of our own.
"""

import os
import sys
from pathlib import Path

from tests import forks
from tests.databases import ROOT
from tests.house.tree import ROOMS
from tests.sites import Site

COLLECT = "from community.management.statics import prepare_statics; prepare_statics(print)"


def release(folder: Path, name: str) -> Path:
    """Write the scripts of a release into `folder`; each puts the release's name into the page's list `ran`."""
    for script in (path for room in ROOMS for path in (ROOT / room).glob("**/static/**/*.js")):
        copy = folder / name / script.relative_to(ROOT).as_posix().partition("/static/")[2]
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(script.read_text() + f'\n(globalThis.ran ??= []).push("{name}");\n')
    return folder / name


class UpgradedSite(Site):
    """Its one process is of the release in `scripts`, and collects its files into a folder of this site's own."""

    def __init__(self, scripts: Path) -> None:
        super().__init__("sqlite")
        (self.folder / "static").unlink()
        self.command = ["-m", "tests.releases", "manage.py", "serve"]
        self._be(scripts)

    def _be(self, scripts: Path) -> None:
        self.environment |= {"RELEASE": scripts.name, "SCRIPTS": str(scripts)}

    def upgrade(self, scripts: Path) -> None:
        """Stop what runs, and start another release."""
        self.stop()
        self._be(scripts)
        self.start()

    def collect(self, scripts: Path) -> None:
        """Have another release's files collected beside those of the one that runs, as its first server does."""
        environment = self.environment | {"RELEASE": scripts.name, "SCRIPTS": str(scripts)}
        done = forks.run(["-m", "tests.releases", "manage.py", "shell", "-v0", "-c", COLLECT], environment)
        assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.test import override_settings

    ours = settings.STATIC_ROOT.with_name(os.environ["RELEASE"])
    override_settings(STATIC_ROOT=ours, STATICFILES_DIRS=[os.environ["SCRIPTS"]]).enable()
    execute_from_command_line(sys.argv[1:])
