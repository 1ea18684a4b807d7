from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "groups.chat"
    label = "chat"

    def ready(self) -> None:
        from . import hooks, tasks  # noqa: F401  (fill the seams that the rooms below leave open, and the clock)
