from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "community.kit"
    label = "kit"
    verbose_name = "Kit"
