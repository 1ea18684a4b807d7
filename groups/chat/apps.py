from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "groups.chat"
    label = "chat"

    def ready(self) -> None:
        from . import hooks  # noqa: F401  (fills the seams that the rooms below leave open)
