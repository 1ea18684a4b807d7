import signal
from typing import Any

from django.core.management.base import BaseCommand

from community.kit.worker import Work
from community.management.database import prepare_database


class Command(BaseCommand):
    help = "Does the queued work and runs the schedule, where the serving processes are told not to (serve --without-work)."

    def handle(self, *args: Any, **options: Any) -> None:
        prepare_database(self.stdout.write)
        work = Work()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: work.stop())
        work.start()
        self.stdout.write("Working. Stop with Ctrl+C.")
        work.wait()
