from django.apps import AppConfig


class CentreConfig(AppConfig):
    name = "community.centre"
    label = "centre"
    verbose_name = "Centre"
