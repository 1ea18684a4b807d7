"""The newest message of each of a member's conversations, for lists of them."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from community.members.models import User

from .models import Message, Participant
from .page.layout import beginning


@dataclass(frozen=True)
class LastWords:
    """The newest message of a channel that its reader sees, whoever wrote it."""

    name: str  # of its author
    text: str  # its beginning, on one line
    at: dt.datetime


def last_words(member: User) -> dict[UUID, LastWords]:
    """Return the last words of the channels in which `member` takes part, by channel, in one query. One that is silent has none."""
    newest = Participant.objects.current().filter(member=member).with_newest().values("newest")  # type: ignore[misc]  # annotated
    rows = Message.objects.filter(pk__in=newest).select_related("author")
    return {row.channel_id: LastWords(_name(row, member), beginning(row.html), row.sent_at) for row in rows}


def _name(row: Message, reader: User) -> str:
    if row.author_id == reader.pk:
        return _("You")
    return str(row.author or _("A former member"))
