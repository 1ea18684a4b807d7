"""What a server's start does about styles, scripts and pictures."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from community.backups.trouble import in_a_sentence
from community.kit.ops.lock import had
from community.statics import releases

KEPT_SECONDS = 7 * 24 * 3600  # how long after its last server a release's files stay: pages of it are open in browsers


def prepare_statics(say: Callable[[str], None]) -> None:
    """Collect this release's files unless they are there, and forget those of releases that are long gone.

    Servers that start at once do it one after the other. A release's mark stands beside its folder once that is whole, and tells
    when it was last known to be served: at its servers' starts, and when another release came after it.
    """
    ours, folder = _mark(settings.STATIC_ROOT), settings.STATIC_ROOT.parent
    with in_a_sentence("The styles and scripts could not be prepared"):
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / "lock").open("a") as lock:
            had(lock, waits=True)
            latest = max(folder.glob("*.whole"), key=_when, default=ours)
            if latest != ours:
                latest.touch()
            if not ours.exists():
                say("Preparing styles and scripts …")
                shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
                call_command("collectstatic", interactive=False, verbosity=0)
            ours.touch()
            _forget_old()
    # It may have been read before it was there, and whoever collects for us has written it since.
    storage: Any = staticfiles_storage
    storage.hashed_files, storage.manifest_hash = storage.load_manifest()


def _mark(release: Path) -> Path:
    return release.with_name(f"{release.name}.whole")


def _when(mark: Path) -> float:
    return mark.stat().st_mtime


def _forget_old() -> None:
    """Remove what was not served for long, and what a start that was cut off has left."""
    for release in releases():
        mark = _mark(release)
        if not mark.exists() or _when(mark) < time.time() - KEPT_SECONDS:
            mark.unlink(missing_ok=True)
            shutil.rmtree(release)
