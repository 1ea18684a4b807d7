"""Who may do what in a channel. Pure functions over rows that were already read."""

from datetime import datetime
from uuid import UUID

from .models import Message, Participant


def takes_part(participant: Participant | None) -> bool:
    """May read and write in the channel now. The participant comes with its member."""
    return (
        participant is not None
        and participant.left_version is None
        and participant.member.is_active
        and participant.member.suspended_at is None
    )


def sees(participant: Participant | None, message: Message | None) -> bool:
    """Takes part in the message's channel, and the message is not older than what they may see."""
    return (
        message is not None
        and participant is not None
        and takes_part(participant)
        and message.channel_id == participant.channel_id
        and message.seq >= participant.first_seq
    )


def is_standing_text(message: Message) -> bool:
    """Is a person's message that is neither removed nor hidden: it can be edited, answered and reacted to."""
    return message.kind == Message.Kind.TEXT and message.deleted_at is None and not message.hidden


def can_be_restored(message: Message, now: datetime) -> bool:
    """Was removed by its author and is within the undo window at `now`. A message that a moderator hid cannot be restored."""
    return message.deleted_at is not None and message.undo_until is not None and message.undo_until > now and not message.hidden


def is_own(member_id: UUID, message: Message) -> bool:
    """Is a message of this member."""
    return message.kind == Message.Kind.TEXT and message.author_id == member_id
