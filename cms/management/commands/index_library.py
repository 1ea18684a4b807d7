"""Write the index of the library's search anew."""

from typing import Any

from django.core.management import BaseCommand

from cms.search.index import write_all


class Command(BaseCommand):
    help = "Write the index of the library's search anew. Whatever publishes an article does that for the article by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{write_all()} articles can be found.")
