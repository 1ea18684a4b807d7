"""What the pages of announcements show, and which have had their time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.centre.zones import zone_named
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
        AnnouncementRow(
            each, audience_in_words(each.audience, each.chosen, names), _opened_in_words(opened.get(str(each.pk), (0, 0)), each)
        )
        for each in those
    ]


def _last_night() -> dt.datetime:
    """The beginning of today, the same for every viewer: who could choose it could count by the hour."""
    return timezone.now().astimezone(zone_named(centre().time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def _opened(announcements: list[Announcement]) -> dict[str, tuple[int, int]]:
    """Return how many people were notified of each, and how many of them had read it last night."""
    told = Notification.objects.filter(kind=ANNOUNCEMENT.key, about__in=[str(each.pk) for each in announcements]).order_by()
    counted = told.values("about").annotate(people=Count("pk"), read=Count("pk", filter=Q(read_at__lt=_last_night())))
    return {about: (people, read) for about, people, read in counted.values_list("about", "people", "read")}


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


def _opened_in_words(opened: tuple[int, int], announcement: Announcement) -> str:
    """Return how many have opened it, as far as that tells nobody who. To mark it as read in the inbox counts too.

    A number that rose with one person would tell who was here just then, and one that is everybody tells it of each. So it is counted once
    a day and in whole fives, and there are always as many more who may not have opened it.
    """
    (people, read), least = opened, limits.MIN_OPENED_SHOWN
    if people < 2 * least:
        return _("How many have read it isn't shown, since it's for few people")
    if announcement.made_at >= _last_night():
        return _("How many have read it is shown from tomorrow on")
    if read < least:
        return _("By last night, fewer than %(count)d people had read it") % {"count": least}
    return _("By last night, at least %(count)d people had read it") % {"count": min(read, people - least) // least * least}


def reach_in_words(count: int) -> str:
    """Return how many people will be notified, rounded to fives: not everybody who writes one knows who is in a group."""
    if count == 0:
        return _("Nobody else is among them yet.")
    if count < limits.MIN_OPENED_SHOWN:
        return _("It reaches a few people.")
    return _("It reaches about %(count)d people.") % {"count": round(count / 5) * 5}
