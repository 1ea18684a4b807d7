"""Note which links of live articles lead nowhere."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from cms.link_check import LinkCheck


class Command(BaseCommand):
    help = "Note which links of live articles lead nowhere, for the editor's reports. Other sites are asked where the settings allow it."

    def handle(self, *args: Any, **options: Any) -> None:
        looked, dead = LinkCheck().run()
        where = "" if settings.CHECK_OUTSIDE_LINKS else ", those of this site alone"
        self.stdout.write(f"Addresses: {looked}{where}. Dead links: {dead}.")
