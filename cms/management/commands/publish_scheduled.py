"""Publish and take down what editors have scheduled, as the periodic job does."""

from typing import Any

from django.core.management import BaseCommand

from cms.tasks import keep_dates


class Command(BaseCommand):
    """Replaces Wagtail's own, which stops at the first page that cannot be published."""

    help = "Publish and take down what editors have scheduled. A periodic job does it every ten seconds by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        keep_dates()
