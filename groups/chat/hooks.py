"""What this room gives to the rooms below it."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.dispatch import receiver

from community.centre import retention
from community.members import personal_data, seams
from community.members.models import User
from community.members.personal_data import Closing, Erasure, Export, Held
from community.members.seams import renamed
from community.safety import meeting, reportable
from community.safety.meeting import Meeting
from community.safety.reportable import Snapshot

from . import actions, reading, rules
from .models import Message, Participant
from .page.layout import notices
from .wire import publish

seams.OPEN_UNAGREED.add("chat:history")  # what an open conversation fetches


@receiver(renamed)
def tell_name(member: User, **_: Any) -> None:
    publish.person_on_commit(member)


AROUND = 5  # messages before and after the reported one


def find_reported(reporter: User, id: UUID) -> Snapshot | None:
    """Return a message with those around it, as this reporter sees them; a notice is no matter for a report."""
    message = Message.objects.filter(pk=id).select_related("author", "channel").first()
    place = reading.place_in(reporter, message.channel_id) if message else None
    if message is None or place is None or not rules.sees(place, message) or not rules.is_talk(message):
        return None
    near = Message.objects.filter(channel=message.channel_id, seq__range=(max(place.first_seq, message.seq - AROUND), message.seq + AROUND))
    around = [(str(m.author_id or ""), m.body, m.sent_at) for m in near.exclude(pk=id).order_by("seq") if rules.is_talk(m)]
    return Snapshot(message.author, str(message.channel), message.body, message.sent_at, around)


def hide_reported(*, actor: User, id: UUID, note: str) -> None:
    actions.hide(actor=actor, message=id)


def show_again(*, actor: User, id: UUID) -> None:
    actions.hide(actor=actor, message=id, hidden=False)


reportable.register("message", find=find_reported, hide=hide_reported, show=show_again)


def _in_one_talk(member: User, other: User) -> list[Meeting]:
    """The groups in which `member` reads what `other` wrote, or that they came and went, however long ago."""
    mine = Participant.objects.current().filter(member=member, channel=OuterRef("channel"), first_seq__lte=OuterRef("seq"))
    naming = [word for word, sentence in notices().items() if "%(name)s" in sentence]
    names_them = Q(kind=Message.Kind.TEXT) | Q(kind=Message.Kind.NOTICE, body__in=naming)
    told = Message.objects.filter(names_them, Exists(mine), author=other).order_by()
    return [Meeting(about) for about in told.values_list("channel__about", flat=True).distinct() if about]


meeting.register(_in_one_talk)


def _forgotten_drafts(before: dt.datetime) -> QuerySet[Participant]:
    return Participant.objects.filter(drafted_at__lt=before)


retention.register("keep_drafts", _forgotten_drafts, emptied={"draft": "", "drafted_at": None})

personal_data.register(
    "chat.Message",
    author=Held("Who wrote a message, or whom a notice of the group is about.", Closing.KEPT, Erasure.UNNAMED, Export.WROTE),
    mentions=Held("Whom somebody's message names.", Closing.KEPT, Erasure.LEFT, Export.OTHERS),
)
personal_data.register(
    "chat.Participant",
    member=Held(
        "Their place in a conversation: from where to where they may read, how far they have read, and their draft, which closing empties.",
        Closing.ENDED, Erasure.DELETED, Export.WROTE,
    ),
)  # fmt: skip
personal_data.register("chat.Reaction", member=Held("Who put a sign under a message.", Closing.KEPT, Erasure.DELETED, Export.DID))
