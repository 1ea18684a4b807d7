from django.apps import AppConfig


class CentreConfig(AppConfig):
    name = "community.centre"
    label = "centre"
    verbose_name = "Centre"

    def ready(self) -> None:
        from community.kit import mail

        from . import checks, hooks  # noqa: F401  (registers the system checks, and what is forgotten when)
        from .models import centre

        mail.name_sender(lambda: centre().name)
