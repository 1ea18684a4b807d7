"""The static files of the tests: looked for once a process where they run inside pytest, collected once a machine for their sites."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

from tests.databases import SHELF

Handler = Callable[[HttpRequest], HttpResponseBase]


def shelf() -> Path:
    """Return the folder in which all sites keep what a server's start collects, so that one of them does it for all."""
    path = SHELF / "static"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


class Files(ServeStaticMiddleware):
    """Each test client loads the middleware anew, and most of its time went into the search for files."""

    files: Any
    directories: Any
    found: ClassVar[tuple[Any, ...]] = ()

    def add_files_from_finders(self) -> None:
        if not self.found:
            super().add_files_from_finders()
            type(self).found = self.files, self.directories
        self.files, self.directories = self.found


def serve_static(get_response: Handler) -> Handler:
    """Serve files, and let all else pass in the thread that asks: an event loop around each request was a fifth of its time."""
    there = Files(sync_to_async(get_response))
    serve = async_to_sync(there)

    def handle(request: HttpRequest) -> HttpResponseBase:
        return serve(request) if request.path_info in there.files else get_response(request)

    return handle
