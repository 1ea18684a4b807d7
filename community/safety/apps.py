from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "community.safety"
    label = "safety"

    def ready(self) -> None:
        from . import hooks  # noqa: F401  (fills the seams that the rooms below leave open)
