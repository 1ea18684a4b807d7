"""The static files, looked for once a process: each test client loads the middleware anew, and most of its time went into this search."""

from typing import Any, ClassVar

from servestatic import middleware


class ServeStaticMiddleware(middleware.ServeStaticMiddleware):
    files: Any
    directories: Any
    found: ClassVar[tuple[Any, ...]] = ()

    def add_files_from_finders(self) -> None:
        if not self.found:
            super().add_files_from_finders()
            type(self).found = self.files, self.directories
        self.files, self.directories = self.found
