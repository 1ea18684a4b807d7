"""The static files of the tests: looked for once a process where they run inside pytest, collected once a machine for their sites."""

from pathlib import Path
from typing import Any, ClassVar

from servestatic import middleware

from tests.databases import SHELF


def shelf() -> Path:
    """Return the folder in which all sites keep what a server's start collects, so that one of them does it for all."""
    path = SHELF / "static"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


class ServeStaticMiddleware(middleware.ServeStaticMiddleware):
    """Each test client loads the middleware anew, and most of its time went into the search for files."""

    files: Any
    directories: Any
    found: ClassVar[tuple[Any, ...]] = ()

    def add_files_from_finders(self) -> None:
        if not self.found:
            super().add_files_from_finders()
            type(self).found = self.files, self.directories
        self.files, self.directories = self.found
