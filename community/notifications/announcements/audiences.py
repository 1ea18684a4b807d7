"""Whom an announcement can be for. A room registers its audience here, from its `hooks.py`; who is in it is asked whenever it matters."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from community.members.models import Cohort, Invitation, User
from community.members.roles import Right

from ..models import Announcement


@dataclass(frozen=True)
class Parts:
    """What the people of an audience are divided into, such as groups, for an author to choose among."""

    label: Any
    none_chosen: Any  # what an author reads who chose none of them
    choices: Callable[[User], QuerySet[Any]]  # those that this author may choose
    belonging: Callable[[], QuerySet[Any, Any]]  # who belongs to which of them now, as rows of `person` and `part`


@dataclass(frozen=True)
class AnnouncementAudience:
    """People who can be told something together: all of them or, where it has parts, those of the chosen parts."""

    key: str
    label: Any
    parts: Parts | None = None


AUDIENCES: dict[str, AnnouncementAudience] = {}


def register(audience: AnnouncementAudience) -> None:
    """Let announcements be for this audience."""
    AUDIENCES[audience.key] = audience


def people_in(key: str, chosen: Collection[Any]) -> QuerySet[User]:
    """Return who is in an audience now, of the ones who may use the site."""
    everybody = User.objects.active()
    audience = AUDIENCES.get(key)
    if audience is None:
        return everybody.none()
    if audience.parts is None:
        return everybody
    return everybody.filter(pk__in=audience.parts.belonging().filter(part__in=chosen).values("person"))


def readers_of(announcements: Iterable[Announcement], members: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return who of `members` is in the audience of which announcement, as (member, announcement).

    It takes one query for each kind of audience that has parts.
    """
    readers: set[tuple[UUID, UUID]] = set()
    for key, those in groupby(sorted(announcements, key=_audience_of), key=_audience_of):
        parts = AUDIENCES[key].parts if key in AUDIENCES else None
        belonging = set(parts.belonging().filter(person__in=members).values_list("person", "part")) if parts else set()
        for each in those:
            here = {person for person, part in belonging if str(part) in each.chosen} if parts else members if key in AUDIENCES else ()
            readers.update((person, each.pk) for person in here)
    return readers


def _audience_of(announcement: Announcement) -> str:
    return announcement.audience


def _cohorts_for(author: User) -> QuerySet[Cohort]:
    """Their names are for those who invite people."""
    return Cohort.objects.all() if author.may(Right.INVITE) else Cohort.objects.none()


def _in_cohorts() -> QuerySet[Any, Any]:
    return Invitation.objects.exclude(member=None).order_by().values(person=F("member"), part=F("cohort"))


EVERYBODY = AnnouncementAudience("everybody", _("Everybody"))
register(EVERYBODY)
_COHORTS = Parts(_("Which cohorts"), _("Choose at least one cohort."), _cohorts_for, _in_cohorts)
register(AnnouncementAudience("cohorts", _("Cohorts"), _COHORTS))
