"""What the chat registers with the rooms below."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext_lazy

from community.centre import retention
from community.members import personal_data, seams
from community.members.models import User
from community.members.personal_data import Closing, Erasure, Export, Held
from community.members.seams import PeopleMark, renamed
from community.notifications import expansion
from community.notifications.preferences import sections
from community.notifications.preferences.sections import Section
from community.safety import contacts, reportable
from community.safety.contacts import Contact
from community.safety.reportable import Snapshot

from . import actions, download, notifying, reading, rules, unnaming  # noqa: F401  (download registers what a member's copy holds)
from .models import Message, Participant
from .page.forms import InvolvementForm
from .page.layout import notices
from .wire import publish

expansion.SOURCES.append(notifying.expand_messages)
sections.register(
    Section(
        key="conversations",
        heading=gettext_lazy("Your groups"),
        about=gettext_lazy("How much you want to be told of. The others can't see it, and everything stays there to read."),
        route="chat:involvement",
        form=lambda member: InvolvementForm(member=member),
    )
)
seams.UNNAMING.append(unnaming.unname)
seams.PEOPLE += [
    PeopleMark("unanswered", gettext_lazy("No answer yet"), reading.never_answered),
    PeopleMark("silent", gettext_lazy("New"), reading.new_and_silent),
]
seams.OPEN_WITHOUT_CONSENT.add("chat:history")  # fetched by an open conversation


@receiver(renamed)
def publish_name(member: User, **_: Any) -> None:
    publish.person_on_commit(member)


MESSAGES_AROUND = 5  # messages before and after the reported one


def find_reported(reporter: User, id: UUID) -> Snapshot | None:
    """Return a message with those around it, as this reporter sees them; None where they don't see it or it is a notice."""
    message = Message.objects.filter(pk=id).select_related("author", "channel").first()
    participant = reading.participant_in(reporter, message.channel_id) if message else None
    if message is None or participant is None or not rules.sees(participant, message) or not rules.is_standing_text(message):
        return None
    first, last = max(participant.first_seq, message.seq - MESSAGES_AROUND), message.seq + MESSAGES_AROUND
    near = Message.objects.filter(channel=message.channel_id, seq__range=(first, last))
    around = [(str(m.author_id or ""), m.body, m.sent_at) for m in near.exclude(pk=id).order_by("seq") if rules.is_standing_text(m)]
    return Snapshot(message.author, str(message.channel), message.body, message.sent_at, around)


def hide_reported(*, actor: User, id: UUID, note: str) -> None:
    actions.hide(actor=actor, message=id)


def show_again(*, actor: User, id: UUID) -> None:
    actions.hide(actor=actor, message=id, hidden=False)


reportable.register("message", find=find_reported, hide=hide_reported, show=show_again)


def _shared_conversations(member: User, other: User) -> list[Contact]:
    """The owners of channels in which `member` can read a message of `other` or a notice about them, however old."""
    mine = Participant.objects.current().filter(member=member, channel=OuterRef("channel"), first_seq__lte=OuterRef("seq"))
    naming = [word for word, sentence in notices().items() if "%(name)s" in sentence]
    names_them = Q(kind=Message.Kind.TEXT) | Q(kind=Message.Kind.NOTICE, body__in=naming)
    found = Message.objects.filter(names_them, Exists(mine), author=other).order_by()
    return [Contact(about) for about in found.values_list("channel__about", flat=True).distinct() if about]


contacts.register(_shared_conversations)


def _old_drafts(before: dt.datetime) -> QuerySet[Participant]:
    return Participant.objects.filter(drafted_at__lt=before)


retention.register("keep_drafts", _old_drafts, emptied={"draft": "", "drafted_at": None})

personal_data.register(
    "chat.Message",
    author=Held("Who wrote a message, or whom a notice of the group is about.", Closing.KEPT, Erasure.UNNAMED, Export.WROTE),
    mentions=Held("Whom somebody's message names.", Closing.EMPTIED, Erasure.LEFT, Export.OTHERS),
)
personal_data.register(
    "chat.Participant",
    member=Held(
        "Their part in a conversation: from where to where they may read, how far they have read, and their draft, which closing empties.",
        Closing.ENDED, Erasure.DELETED, Export.WROTE,
    ),
)  # fmt: skip
personal_data.register("chat.Reaction", member=Held("Who reacted to a message.", Closing.KEPT, Erasure.DELETED, Export.DID))
