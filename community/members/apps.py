from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "community.members"
    label = "members"

    def ready(self) -> None:
        from . import hooks, tasks  # noqa: F401  (fills the seams that the rooms below leave open, and puts its job on the clock)
