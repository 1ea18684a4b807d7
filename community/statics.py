"""Styles, scripts and pictures at addresses that change with what they hold (docs/decisions/0035).

Each release has a folder of its own below the data folder (`management/statics.py` fills it). This module is how it is filled
and how it is served, with the folders of other releases beside it.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware
from servestatic.storage import CompressedManifestStaticFilesStorage


def releases() -> list[Path]:
    """Return the folder of each release that was served here: our own, and those that pages in browsers may still be of."""
    return [path for path in settings.STATIC_ROOT.parent.iterdir() if path.is_dir()]


class ReleaseStorage(CompressedManifestStaticFilesStorage):
    """The files of one release, compressed once. Scripts import each other by the addresses of their own release too."""

    support_js_module_import_aggregation = True


class ReleaseMiddleware(ServeStaticMiddleware):
    """Serves this release's files, and those of any other release that has a folder here, older or newer.

    A page that was open before an upgrade still asks for its pictures and fonts, and while servers restart one after the other,
    each is asked for the files of the other's pages.
    """

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        url = request.path_info
        if url not in self.files and self.immutable_file_test("", url):
            file = await asyncio.to_thread(self.find_file, url)
            if file is not None:
                return await self.aserve(file, request)
        return await super().__call__(request)

    def candidate_paths_for_url(self, url: str) -> Iterator[str]:
        for folder in releases():
            path = str(folder / url.removeprefix(self.static_prefix))
            if self.path_within_root(folder, path):
                yield path

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whether this address tells what is behind it, in whichever release."""
        return url.startswith(self.static_prefix) and bool(self.DEFAULT_IMMUTABLE_FILE_TEST.search(url))
