"""The drawings that a member may choose to stand beside their name. Each is a symbol of icons/drawings.svg under the same key."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Drawing(models.TextChoices):
    CUP = "cup", _("Cup")
    KETTLE = "kettle", _("Kettle")
    LOAF = "loaf", _("Loaf")
    CHAIR = "chair", _("Chair")
    LAMP = "lamp", _("Lamp")
    WINDOW = "window", _("Window")
    KEY = "key", _("Key")
    COAT = "coat", _("Coat")
    SHOE = "shoe", _("Shoe")
    BOOK = "book", _("Book")
    LEAF = "leaf", _("Leaf")
    BENCH = "bench", _("Bench")
    BOAT = "boat", _("Boat")
    PATH = "path", _("Path")
