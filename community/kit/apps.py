from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "community.kit"
    label = "kit"
    verbose_name = "Kit"

    def ready(self) -> None:
        from . import tasks  # noqa: F401  (puts its sweeps on the clock)
        from .plain import speak_plainly

        speak_plainly()
