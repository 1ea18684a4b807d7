"""What members can choose in their settings."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cover(models.IntegerChoices):
    """After how many seconds out of sight a page is covered."""

    AT_ONCE = 0, _("as soon as it is out of sight")
    MINUTE = 60, _("after a minute")
    MINUTES = 300, _("after five minutes")
    NEVER = -1, _("never by itself")


class Announce(models.TextChoices):
    """Which new messages of a conversation a screen reader announces."""

    ALL = "all", _("all of them")
    MENTIONS = "mentions", _("only those that mention me")
    NONE = "none", _("none of them")


class EnterKey(models.TextChoices):
    """What the Enter key does in the box of a conversation."""

    DEVICE = "device", _("sends, but not on a phone")
    SENDS = "sends", _("always sends")
    NEW_LINE = "new_line", _("always makes a new line")
