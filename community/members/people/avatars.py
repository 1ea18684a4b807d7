"""The drawings that a member may choose to stand beside their name, and an editor above an article.

Each is a symbol of icons/drawings.svg under the same key: ordinary things in one stroke, colored by where they stand.
"""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.kit.errors import Refusal, Refused


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
    DOOR = "door", _("Door")
    STAIRS = "stairs", _("Stairs")
    TABLE = "table", _("Table")
    BED = "bed", _("Bed")
    CLOCK = "clock", _("Clock")
    CALENDAR = "calendar", _("Calendar")
    PHONE = "phone", _("Phone")
    LETTER = "letter", _("Letter")
    PENCIL = "pencil", _("Pencil")
    UMBRELLA = "umbrella", _("Umbrella")
    BICYCLE = "bicycle", _("Bicycle")
    HOUSE = "house", _("House")


def known_drawing(drawing: str) -> str:
    """Return `drawing` if there is such a picture, or it is empty. Raises Refused: bad_drawing."""
    if drawing and drawing not in Drawing.values:
        raise Refused(Refusal.BAD_DRAWING, gettext("There is no such picture."))
    return drawing
