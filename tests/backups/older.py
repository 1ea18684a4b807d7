"""A backup as an older release would have made it: with the models of the migrations that its database knows, not with today's."""

import os
from pathlib import Path
from types import SimpleNamespace

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from community.backups import archive, tables
from community.backups import backup as today
from community.backups.restore import last_of
from tests.backups.sites import PASSPHRASE

DERIVED_THEN = {"wagtailsearch.sqliteftsindexentry"}  # as migrations spell it; a backup leaves it out


def backup() -> None:
    """Back up the database of the settings into the file that TO names."""
    executor = MigrationExecutor(connection)
    models = executor.loader.project_state(last_of(executor, executor.loader.applied_migrations)).apps
    channels, messages = (
        connection.cursor().execute(f"SELECT count(*) FROM chat_{table}").fetchone()[0] for table in ("channel", "message")
    )
    vars(today).update(
        schema_trouble=lambda: "",
        conversations=lambda using: archive.Conversations(channels, messages, 0),
        tables_of=lambda without: [tables.table(model) for model in tables.of(models, without={*without, *DERIVED_THEN})],
        ledger=SimpleNamespace(write_beside=lambda folder: None),  # no release before this one had a list of closed accounts
    )
    back_up()


def back_up() -> None:
    """Back up as this code does, into the file that TO names."""
    today.backup(Path(os.environ["TO"]), [], PASSPHRASE)
