"""The staff roles. A role is a Django group, so that Wagtail's permissions hang on the same thing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PUBLISHER = "publisher", _("Publisher")
    MODERATOR = "moderator", _("Moderator")
    ADMIN = "admin", _("Admin")
