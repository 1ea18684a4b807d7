"""The notification of an announcement: for who is in its audience, until it is withdrawn."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.kit.ids import as_id

from .. import kinds
from ..kinds import NotificationKind, Pair, Shown
from ..models import Announcement
from .audiences import people_in, readers_of


def _recipients(about: str, actor: UUID | None) -> Iterable[UUID]:
    found = Announcement.objects.standing().filter(pk__in=[as_id(about)]).first()
    return people_in(found.audience, found.chosen).values_list("pk", flat=True) if found else ()


def _shown(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    standing = {str(each.pk): each for each in Announcement.objects.standing().filter(pk__in={as_id(about) for _member, about in pairs})}
    readers = readers_of(standing.values(), {member for member, _about in pairs})
    return {
        (member, about): announcement_shown(standing[about])
        for member, about in pairs
        if about in standing and (member, standing[about].pk) in readers
    }


def announcement_shown(announcement: Announcement) -> Shown:
    """Return what stands in an inbox."""
    return Shown(announcement.title, _("From the staff"), reverse("notifications:announcement", args=[announcement.pk]), "info")


ANNOUNCEMENT = NotificationKind("announcement", gettext_lazy("announcements from the staff"), _shown, _recipients)
kinds.register(ANNOUNCEMENT)
