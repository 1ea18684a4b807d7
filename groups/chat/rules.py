"""Who may do what in a channel. Each question is pure: it is asked of rows already read."""

from datetime import datetime
from uuid import UUID

from community.members.models import User
from community.members.roles import Right

from .models import Message, Participant


def takes_part(participant: Participant | None) -> bool:
    """Reads and writes here now. The participant comes with its member."""
    return (
        participant is not None
        and participant.left_version is None
        and participant.member.is_active
        and participant.member.suspended_at is None
    )


def sees(participant: Participant | None, message: Message | None) -> bool:
    """Takes part in the message's channel, and it is not older than what they may see."""
    return (
        message is not None
        and participant is not None
        and takes_part(participant)
        and message.channel_id == participant.channel_id
        and message.seq >= participant.first_seq
    )


def is_talk(message: Message) -> bool:
    """Something that a person wrote and that still stands: what can be edited or answered."""
    return message.kind == Message.Kind.TEXT and message.deleted_at is None and not message.hidden


def can_come_back(message: Message, now: datetime) -> bool:
    """Taken back by its author so short a while ago that its text is still kept; what a moderator hid stays away."""
    return message.deleted_at is not None and message.undo_until is not None and message.undo_until > now and not message.hidden


def is_own(member_id: UUID, message: Message) -> bool:
    """Written by this member."""
    return message.kind == Message.Kind.TEXT and message.author_id == member_id


def may_hide(actor: User, author: User | None) -> bool:
    """Hides what `author` wrote, or shows it again: a moderator, and what a moderator wrote an admin too; nobody their own words."""
    if author == actor:
        return False
    is_a_moderators = author is not None and author.may(Right.MODERATE)
    return actor.may(Right.MODERATE) or (is_a_moderators and actor.may(Right.MODERATE_MODERATORS))
