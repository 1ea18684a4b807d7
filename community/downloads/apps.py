from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    name = "community.downloads"
    label = "downloads"

    def ready(self) -> None:
        from . import hooks, tasks  # noqa: F401  (fills the seams that the rooms below leave open; registers what runs by itself)
