from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
    verbose_name = "Library"

    def ready(self) -> None:
        from . import hooks  # noqa: F401  (fills the seams that the rooms below leave open)
        from .admin.tree import after_migrate

        post_migrate.connect(after_migrate, dispatch_uid="cms.admin.tree")
