from django.apps import AppConfig


class PeersConfig(AppConfig):
    name = "groups.peers"
    label = "peers"

    def ready(self) -> None:
        from . import hooks  # noqa: F401  (fills the seams that the rooms below leave open)
