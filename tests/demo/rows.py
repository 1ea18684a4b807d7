"""What stands in the database, to compare before and after."""

from django.apps import apps
from django.core.serializers import serialize


def everything() -> dict[str, str]:
    """All rows of our own tables, field by field."""
    ours = ("members", "centre", "peers", "chat", "safety", "cms", "kit", "mfa")
    models = [model for model in apps.get_models() if model._meta.app_label in ours]
    return {model._meta.label: serialize("json", model._default_manager.order_by("pk")) for model in models}
