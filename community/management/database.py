"""What commands that need the database begin with."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from community.backups import target
from community.backups.trouble import in_a_sentence
from community.health import OLD, SENTENCES, schema_trouble


def prepare_database(say: Callable[[str], None]) -> None:
    """Bring the database up to the code where it is SQLite; any other is left to who looks after it. Raises CommandError."""
    target.forget_unfinished()
    is_new = connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists()
    if not is_new and _is_ready():
        return
    try:
        say("Preparing the database …")
        with in_a_sentence("The database could not be prepared"):
            _prepare(is_new)
    except KeyboardInterrupt:
        again = "run it again" if is_new else "run manage.py migrate, then this again"
        raise CommandError(f"Stopped before the database was ready: {again}.") from None


def _is_ready() -> bool:
    try:
        trouble = schema_trouble()
    except OperationalError:
        raise CommandError("The database cannot be reached. Check DATABASE_URL, and that the server is running.") from None
    if not trouble:
        return True
    if trouble != OLD or connection.vendor != "sqlite":
        raise CommandError(SENTENCES[trouble])
    return False


def _prepare(is_new: bool) -> None:
    """Migrate. A new database gets its name only when it is whole: half of one would pass for an old one at the next start."""
    if not is_new:
        call_command("migrate", verbosity=0)
        return
    with suppress(FileExistsError), target.database(f"preparing-{os.getpid()}"):  # another process may have been quicker
        call_command("migrate", verbosity=0)
