"""What commands that need the database begin with."""

from collections.abc import Callable

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from community.health import NEW, schema_trouble


def prepare_database(say: Callable[[str], None]) -> None:
    """Bring the database up to the code where it is SQLite; any other is left to who looks after it. Raises CommandError."""
    try:
        trouble = schema_trouble()
    except OperationalError:
        raise CommandError("The database cannot be reached. Check DATABASE_URL, and that the server runs.") from None
    if not trouble:
        return
    if trouble == NEW:
        raise CommandError("The database is newer than this code: start the release that migrated it, or restore the backup from before.")
    if connection.vendor != "sqlite":
        raise CommandError("The database is older than the code: run manage.py migrate first.")
    say("Preparing the database …")
    call_command("migrate", verbosity=0)
