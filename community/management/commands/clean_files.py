from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from cms.media.cleaning import CLEAN_ALREADY, CLEANED, LEFT, clean_all


class Command(BaseCommand):
    help = "Take out of stored pictures and documents whatever they tell besides what they show. It can be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        done: Counter[str] = Counter()
        left = []
        for outcome in clean_all():
            done[outcome.what] += 1
            if outcome.what == LEFT:
                left.append(outcome)
        self.stdout.write(f"{done[CLEANED]} files cleaned, {done[CLEAN_ALREADY]} needed nothing.")
        if left:
            self.stdout.write(f"{len(left)} cannot be cleaned, and stay as they are until somebody replaces or deletes them:")
        for outcome in left:
            self.stdout.write(f"  {outcome.where}: {outcome.why}")
