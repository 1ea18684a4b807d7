from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community.centre import retention
from community.centre.models import centre
from community.centre.periods import KINDS


class Command(BaseCommand):
    help = "Forget what is older than the center's settings say, as the schedule does every hour; with --dry-run, only count it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what would be forgotten, and forget nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        found = retention.overdue() if options["dry_run"] else retention.forget()
        for field, rows in found.items():
            self.stdout.write(f"{rows:>6}  {_words(field)}")
        self.stdout.write("Nothing was forgotten." if options["dry_run"] else "Done.")


def _words(field: str) -> str:
    if field in retention.DEADLINES:
        return str(retention.DEADLINES[field].words)
    kind = KINDS[field]
    return f"{kind.what}, {getattr(centre(), field)} days {kind.after}"
