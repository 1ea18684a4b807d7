from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MembersConfig(AppConfig):
    name = "community.members"
    label = "members"

    def ready(self) -> None:
        from . import hooks, tasks  # noqa: F401  (fills the seams that the rooms below leave open, and puts its job on the clock)
        from .signing_in import sign_in_keys

        post_migrate.connect(sign_in_keys.store_anew, sender=self, dispatch_uid="members.sign_in_keys")
