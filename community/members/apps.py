from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "community.members"
    label = "members"

    def ready(self) -> None:
        from . import hooks  # noqa: F401  (fills the seams that the rooms below leave open)
