"""The chapters of a download about conversations: what a member wrote, and what others answered to it, their reactions and drafts.

Of what others wrote, a download has the answers to a message of one's own and nothing else: they were said to its reader. What one
answered oneself was said to the group, and one's own words stand without it. A conversation that its reader left gives only their own.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.downloads.chapters import Field, Row, Shape, register
from community.kit.text.order import by_name
from community.members.models import User

from . import owners
from .models import Message, Participant, Reaction
from .page.layout import label, notices
from .reading import answers_to

CONVERSATION = Field(gettext_lazy("Conversation"))
AT_ONCE = 500


def _conversations(member: User) -> list[tuple[str, Participant]]:
    """Every conversation that they ever took part in, by the name that they may know it by."""
    mine = list(Participant.objects.filter(member=member).select_related("channel", "member"))
    names = {each.channel_id: each.channel.name for each in mine if each.left_version is None}
    names |= owners.names_for_former(member, [each.channel for each in mine if each.left_version is not None])
    nameless = [each for each in mine if each.channel_id not in names]
    unnamed = [(_("A conversation you left (%(number)d)") % {"number": number}, each) for number, each in enumerate(nameless, 1)]
    named = [(names[each.channel_id], each) for each in mine if each.channel_id in names]
    return by_name([*named, *unnamed], lambda each: each[0])


def _messages(member: User) -> Iterator[Row]:
    for conversation, participant in _conversations(member):
        mine = Message.objects.filter(channel=participant.channel_id, author=member).order_by("seq").iterator(AT_ONCE)
        while some := list(islice(mine, AT_ONCE)):
            answers = _answers(participant, some)
            for message in some:
                yield {
                    "conversation": conversation,
                    "sent": message.sent_at,
                    "edited": message.edited_at,
                    "removed": message.deleted_at,
                    "hidden": message.hidden or None,
                    **_said(message, member.name),
                    "answers": answers[message.pk],
                }


def _said(message: Message, name: str) -> Row:
    if message.kind == Message.Kind.TEXT:
        return {"text": "" if message.deleted_at else message.body}
    sentences = notices()
    return {"notice": sentences.get(message.body, sentences["other"]) % {"name": name}}


def _answers(participant: Participant, messages: list[Message]) -> dict[UUID | None, list[Row]]:
    found: dict[UUID | None, list[Row]] = defaultdict(list)
    for answer in answers_to(participant, [message.pk for message in messages if not message.deleted_at]):
        name = answer.author.name if answer.author else _("Somebody who has left")
        found[answer.reply_to_id].append({"name": name, "sent": answer.sent_at, "text": answer.body})
    return found


def _conversation_rows(member: User) -> Iterator[Row]:
    for conversation, participant in _conversations(member):
        yield {
            "conversation": conversation,
            "left": participant.left_version is not None or None,
            "hears_of": participant.get_involvement_display(),
            "read_upto": participant.read_seq,
            "drafted": participant.drafted_at,
            "draft": participant.draft,
        }


def _reactions(member: User) -> Iterator[Row]:
    names = {participant.channel_id: conversation for conversation, participant in _conversations(member)}
    for reaction in Reaction.objects.filter(member=member).select_related("message").order_by("message__sent_at", "id").iterator():
        yield {
            "conversation": names.get(reaction.message.channel_id, ""),
            "to": reaction.message.sent_at,
            "reaction": label(reaction.emoji),
        }


register(
    "messages",
    gettext_lazy("What you wrote"),
    gettext_lazy("Your messages, by conversation and day, with what others answered to them. What is noted about you stands among them."),
    "chat.Message.author",
    fields={
        "conversation": CONVERSATION,
        "sent": Field(gettext_lazy("Sent"), Shape.MOMENT),
        "edited": Field(gettext_lazy("Edited"), Shape.MOMENT),
        "removed": Field(gettext_lazy("Removed by you"), Shape.MOMENT),
        "hidden": Field(gettext_lazy("Hidden by a moderator"), Shape.YES),
        "notice": Field(gettext_lazy("Noted")),
        "text": Field(gettext_lazy("Text"), Shape.WORDS),
        "answers": Field(gettext_lazy("Answers"), Shape.ANSWERS),
    },
    rows=_messages,
    headings="conversation",
    days="sent",
    rank=1,
)
register(
    "conversations",
    gettext_lazy("Conversations and drafts"),
    gettext_lazy("Where you take part or did, what you want to hear of it, and what you have begun to write."),
    "chat.Participant.member",
    fields={
        "conversation": CONVERSATION,
        "left": Field(gettext_lazy("You left it"), Shape.YES),
        "hears_of": Field(gettext_lazy("You hear of")),
        "read_upto": Field(gettext_lazy("Read up to message"), Shape.NUMBER),
        "drafted": Field(gettext_lazy("Begun"), Shape.MOMENT),
        "draft": Field(gettext_lazy("Draft"), Shape.WORDS),
    },
    rows=_conversation_rows,
    rank=2,
)
register(
    "reactions",
    gettext_lazy("Your reactions"),
    gettext_lazy("What you reacted with, and when the message was sent that you reacted to."),
    "chat.Reaction.member",
    fields={
        "conversation": CONVERSATION,
        "to": Field(gettext_lazy("To a message sent"), Shape.MOMENT),
        "reaction": Field(gettext_lazy("Reaction")),
    },
    rows=_reactions,
    rank=3,
)
