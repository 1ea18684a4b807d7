"""`manage.py demo`: the demo world, made once."""

from typing import Any

from django.core.management.base import BaseCommand

from community.demo import world


class Command(BaseCommand):
    help = "Make the demo world once and print who can sign in; refuses a database that holds anybody else."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(world.make())
