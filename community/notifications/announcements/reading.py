"""What the pages of announcements show, and which have had their time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.ids import as_id
from community.kit.text.order import by_name
from community.members.models import User
from community.members.roles import Right

from ..models import Announcement, Notification
from .audiences import AUDIENCES, EVERYBODY
from .notifying import ANNOUNCEMENT


@dataclass(frozen=True)
class AnnouncementRow:
    """An announcement as staff see it: whom it is for, in words, and how many have opened it."""

    announcement: Announcement
    audience: str
    opened: str


def managed_by(staff: User) -> QuerySet[Announcement]:
    """The announcements that one of the staff sees and may withdraw: their own and those to everybody; with the right, all.

    Others may be for a group that they may not know of.
    """
    if not staff.may(Right.ANNOUNCE):
        return Announcement.objects.none()
    if staff.may(Right.EVERY_AUDIENCE):
        return Announcement.objects.all()
    return Announcement.objects.filter(Q(made_by=staff) | Q(audience=EVERYBODY.key))


def forgotten(before: dt.datetime) -> QuerySet[Announcement]:
    """Return the announcements from before that time of which nobody has a notification any more."""
    older = Announcement.objects.filter(made_at__lt=before)
    kept = Notification.objects.filter(kind=ANNOUNCEMENT.key).order_by().values_list("about", flat=True).distinct()
    return older.exclude(pk__in=[identity for about in kept if (identity := as_id(about))])


def rows_for(staff: User, announcements: Iterable[Announcement]) -> list[AnnouncementRow]:
    """Return announcements with their words, in a number of queries that doesn't grow with them."""
    those = list(announcements)
    opened = _opened(those)
    names = _names(staff, those)
    return [
        AnnouncementRow(each, audience_in_words(each.audience, each.chosen, names), _opened_in_words(opened.get(str(each.pk), 0)))
        for each in those
    ]


def _opened(announcements: list[Announcement]) -> dict[str, int]:
    """Return how many people have read each."""
    read = Notification.objects.filter(kind=ANNOUNCEMENT.key, about__in=[str(each.pk) for each in announcements]).exclude(read_at=None)
    return dict(read.order_by().values("about").annotate(people=Count("pk")).values_list("about", "people"))


def _names(staff: User, announcements: list[Announcement]) -> dict[str, str]:
    """Return the names of the chosen parts that this reader may know of, by their ids."""
    names: dict[str, str] = {}
    for key, audience in AUDIENCES.items():
        chosen = {part for each in announcements if each.audience == key for part in each.chosen}
        if audience.parts and chosen:
            names |= {str(part.pk): str(part) for part in audience.parts.choices(staff).filter(pk__in=chosen)}
    return names


def audience_in_words(key: str, chosen: Iterable[object], names: dict[str, str]) -> str:
    """Return whom it is for: the names of the chosen parts, or what the audience is called."""
    known = by_name(names[str(part)] for part in chosen if str(part) in names)
    return ", ".join(known) or (str(AUDIENCES[key].label) if key in AUDIENCES else "")


def _opened_in_words(read: int) -> str:
    """Return how many have opened it, as far as that tells nobody who. To mark it as read in the inbox counts too.

    In fives: a number that rises with each of them tells of whoever is here just then.
    """
    least = limits.MIN_OPENED_SHOWN
    if read < least:
        return _("Fewer than %(count)d people have read it") % {"count": least}
    return _("At least %(count)d people have read it") % {"count": read // least * least}


def reach_in_words(count: int) -> str:
    """Return how many people will be notified, rounded to fives: not everybody who writes one knows who is in a group."""
    if count == 0:
        return _("Nobody else is among them yet.")
    if count < limits.MIN_OPENED_SHOWN:
        return _("It reaches a few people.")
    return _("It reaches about %(count)d people.") % {"count": round(count / 5) * 5}
