from django.apps import AppConfig

from .text.plain import speak_plainly, take_plain_text

speak_plainly()  # before any form is read: a field takes its sentences along when it is made
take_plain_text()


class KitConfig(AppConfig):
    name = "community.kit"
    label = "kit"
    verbose_name = "Kit"

    def ready(self) -> None:
        from . import tasks  # noqa: F401  (registers the periodic jobs)
