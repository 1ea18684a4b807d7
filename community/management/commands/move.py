"""`manage.py move`: a site on SQLite and files goes over to the database and the storage that are set now."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from community.backups.move import move
from community.backups.trouble import in_a_sentence


class Command(BaseCommand):
    help = "Move the site in another data folder (SQLite and files) into the empty database and storage that are set here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", type=Path, required=True, metavar="FOLDER", help="the data folder of the current site")

    def handle(self, *args: Any, **options: Any) -> None:
        with in_a_sentence("Nothing was moved"):
            done = move(options["source"].resolve(), self.stdout.write)
        made = done.manifest
        where = "object storage" if settings.BUCKET else str(settings.MEDIA_ROOT)
        stayed = f"Its files stay in {settings.MEDIA_ROOT}." if done.files_stayed else f"{len(made.files):,} files are in {where}."
        self.stdout.write(
            f"\nMoved to {connection.vendor}: {made.rows:,} rows of {len(made.tables)} tables, counted and hashed on both sides; "
            f"{made.conversations.messages:,} messages in {made.conversations.channels:,} conversations. {stayed}\n"
            "The site it came from is unchanged. Don't serve it again: what is written there would be missing here.\n"
            "Next: manage.py check --deploy --database default, then manage.py serve with these same settings; sign in, open a "
            "conversation, a picture and a document. Keep the old folder until you have a backup of the new site."
        )
