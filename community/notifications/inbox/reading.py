"""What a member finds in their inbox, and how much of it is unread."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Max

from community.kit import limits
from community.members.models import User

from .. import kinds
from ..kinds import Shown
from ..models import Notification

PAGE_SIZE = 30


@dataclass(frozen=True)
class InboxRow:
    """One notification as its member reads it now. `shown` is None where what it is about is gone, or no longer theirs to read."""

    id: UUID
    at: dt.datetime
    is_unread: bool
    shown: Shown | None


def page_of(member: User, number: str | None) -> tuple[Page[Notification], list[InboxRow]]:
    """Return a page of the inbox, newest first, with its rows: in a number of queries that grows with the kinds alone."""
    page = Paginator(Notification.objects.filter(member=member).with_newest_first(), PAGE_SIZE).get_page(number)
    return page, rows_of(list(page))


def newest_of(member: User) -> dt.datetime | None:
    """Return the time of what a member was notified of last."""
    return Notification.objects.filter(member=member).aggregate(newest=Max("at"))["newest"]


def rows_of(notifications: list[Notification]) -> list[InboxRow]:
    """Return how their members read these notifications now."""
    asked = {row.pk: (row.kind, (row.member_id, row.about)) for row in notifications}
    readable = kinds.shown(asked.values())
    return [InboxRow(row.pk, row.at, row.read_at is None, readable.get(asked[row.pk])) for row in notifications]


def unread_shown(member: User) -> str:
    """Return how many notifications are unread and not known to be gone, as people read it: "3", "99+", or "" for none."""
    unread = Notification.objects.counted().filter(member=member).order_by()[: limits.MAX_UNREAD].count()
    return limits.unread_shown(unread) if unread else ""
