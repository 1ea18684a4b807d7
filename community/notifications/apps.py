from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "community.notifications"
    label = "notifications"

    def ready(self) -> None:
        from . import hooks, tasks  # noqa: F401  (fills the seams that the rooms below leave open; registers what runs by itself)
        from .push import keys

        post_migrate.connect(keys.make_first, sender=self, dispatch_uid="notifications.push_key")
