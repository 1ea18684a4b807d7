from django.apps import AppConfig


class CentreConfig(AppConfig):
    name = "community.centre"
    label = "centre"
    verbose_name = "Centre"

    def ready(self) -> None:
        from community.kit import mail

        from . import checks  # noqa: F401  (registers the system checks)
        from .models import centre

        mail.name_sender(lambda: centre().name)
