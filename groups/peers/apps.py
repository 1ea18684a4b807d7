from django.apps import AppConfig


class PeersConfig(AppConfig):
    name = "groups.peers"
    label = "peers"

    def ready(self) -> None:
        from . import hooks, tasks  # noqa: F401  (fill the seams that the rooms below leave open, and the clock)
