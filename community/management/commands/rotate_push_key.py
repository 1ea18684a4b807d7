"""`manage.py rotate_push_key`: a new key for push notifications."""

from typing import Any

from django.core.management.base import BaseCommand

from community.notifications.push import keys


class Command(BaseCommand):
    help = "Make a new key for push notifications. Browsers take it up by themselves, and get their notifications all the while."

    def handle(self, *args: Any, **options: Any) -> None:
        made = keys.make()
        self.stdout.write(f"Push notifications have a new key: {made.pk}. Browsers take it up when their members next sign in there.")
