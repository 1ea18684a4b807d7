from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "community"
    label = "community"
    verbose_name = "Mainstay"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers the system checks)
        from .backups import checks as of_backups  # noqa: F401
        from .backups import ledger  # noqa: F401  (writes the list of closed accounts)
