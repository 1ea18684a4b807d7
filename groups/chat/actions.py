"""Every write into a channel. What a socket, a form, a command and a test send goes through `write_many`.

The channel's row is locked until the commit, so that numbers follow the order of commits: whoever has version n has all
below it. Many commands share one commit, and one that is refused does not touch the others.
"""

import uuid
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused
from community.members.models import User

from . import rules
from .commands import Batch, Command, Delete, Edit, Hide, React, Result, Send, not_found
from .models import Channel, Message, Participant
from .text import fingerprint
from .verbs import ChatVerb
from .wire import publish


def write_many(commands: Sequence[Command]) -> list[Result]:
    """Carry out `commands` in one commit and return, in their order, the message of each or why it was refused.

    Two processes that store the same `client_id` in two channels at once collide on the constraint that makes a retry
    the same message; the commands are then carried out again, one a commit, and the later one learns of the first.
    """
    try:
        with transaction.atomic():
            return Batch(commands).run()
    except IntegrityError:
        if len(commands) > 1:
            return [result for command in commands for result in write_many([command])]
        with transaction.atomic():
            return Batch(commands).run()


def _one(command: Command) -> Message:
    result = write_many([command])[0]
    if isinstance(result, Refused):
        raise result
    return result


def send(*, member: User, channel: UUID, client_id: UUID, body: str, reply_to: UUID | None = None) -> Message:
    """Send one message; the same `client_id` again is the same message."""
    return _one(Send(member.pk, channel, client_id, body, reply_to))


def edit(*, member: User, message: UUID, body: str) -> Message:
    """Give one's own message another body."""
    return _one(Edit(member.pk, message, body))


def delete(*, member: User, message: UUID, on: bool = True) -> Message:
    """Take one's own message back: its place stays, its text is gone for all, and forgotten after a moment (limits.MESSAGE_UNDO_WINDOW).

    Within that moment it can be brought back, with `on` false.
    """
    return _one(Delete(member.pk, message, on))


def react(*, member: User, message: UUID, emoji: str, on: bool = True) -> Message:
    """Put one of the six signs under a message, or take it away again."""
    return _one(React(member.pk, message, emoji, on))


def hide(*, actor: User, message: UUID, hidden: bool = True) -> Message:
    """Hide a message from everybody, or show it again. Raises Refused: forbidden, not_found."""
    with transaction.atomic():
        found = Message.objects.select_related("author").filter(pk=message).first()
        if found is not None and not rules.may_hide(actor, found.author):
            raise Refused(Refusal.FORBIDDEN, _("You can't decide on this message."))
        audit.record(actor=actor, verb=ChatVerb.HIDE if hidden else ChatVerb.SHOW, target=message)
        return _one(Hide(message, hidden))


def _notice(channel: Channel, member: User, word: str) -> Message:
    """Append a notice about `member` to a locked channel."""
    channel.seq += 1
    channel.version += 1
    channel.save(update_fields=["seq", "version"])
    message = Message.objects.create(
        channel=channel, author=member, seq=channel.seq, version=channel.version, kind=Message.Kind.NOTICE,
        client_id=uuid.uuid4(), body=word, body_fingerprint=fingerprint(word),
    )  # fmt: skip
    message.reacted = []
    publish.changes_on_commit(channel.id, channel.version - 1, channel.version, [message])
    return message


def _locked(channel: UUID) -> Channel:
    return Channel.objects.select_for_update(no_key=True).get(pk=channel)


def open_channel(*, kind: str, about: UUID, name: str, history_visibility: str) -> Channel:
    """Open a conversation for whoever owns it (owners.py). Nobody takes part yet."""
    return Channel.objects.create(kind=kind, about=about, name=name, history_visibility=history_visibility)


def rename_channel(*, channel: UUID, name: str) -> None:
    """Call a conversation as its owner is called now."""
    Channel.objects.filter(pk=channel).update(name=name)


def remove_channel(*, channel: UUID) -> None:
    """Delete a conversation with all that was written in it, as its owner is deleted."""
    Channel.objects.filter(pk=channel).delete()


def add_participant(*, channel: UUID, member: User, role: str = Participant.Role.MEMBER, returning: bool = False) -> None:
    """Let a member take part, from where newcomers read; who is `returning` a moment after they left reads from where they did."""
    with transaction.atomic():
        found = _locked(channel)
        kept = Participant.objects.filter(channel=found, member=member).first()
        participant = kept or Participant(channel=found, member=member)
        if not returning:
            newcomers_see = found.history_visibility
            participant.first_seq = found.seq + 1 if newcomers_see == Channel.HistoryVisibility.JOINING else found.open_from
        participant.role = role
        participant.left_version = None
        participant.read_seq = found.seq + 1  # what was said before one came is no unread message
        participant.save()
        _notice(found, member, "joined")
        transaction.on_commit(partial(publish.membership, member.pk), robust=True)


def end_participation(*, channel: UUID, member: User, removed: bool) -> None:
    """End a member's part. The notice of it is the last change that reaches them."""
    with transaction.atomic():
        notice = _notice(_locked(channel), member, "removed" if removed else "left")
        Participant.objects.filter(channel=channel, member=member).update(left_version=notice.version, draft="", drafted_at=None)
        transaction.on_commit(partial(publish.membership, member.pk), robust=True)


def change_role(*, channel: UUID, member: User, role: str) -> None:
    """Give a participant another role, and tell the others."""
    with transaction.atomic():
        found = _locked(channel)
        Participant.objects.filter(channel=channel, member=member).update(role=role)
        _notice(found, member, "appointed" if role == Participant.Role.FACILITATOR else "stepped_down")


def add_notice(*, channel: UUID, about: User, word: str) -> None:
    """Tell a channel of something that `about` did or became, by the word of a notice (`layout.notices`)."""
    with transaction.atomic():
        _notice(_locked(channel), about, word)


def change_history_visibility(*, channel: UUID, actor: User, visibility: str) -> None:
    """Change what newcomers see, and tell. What was written while they would not have seen it stays closed to them."""
    with transaction.atomic():
        found = _locked(channel)
        found.history_visibility = visibility
        notice = _notice(found, actor, f"past_{visibility}")
        if visibility == Channel.HistoryVisibility.ALL:
            found.open_from = notice.seq
        found.save(update_fields=["history_visibility", "open_from"])


def mark_read(*, member: User, channel: UUID, seq: int, back: bool = False, by: str = "") -> int:
    """Set how far `member` has read and return it. The mark only rises, but for `back`; beyond the newest it is the newest.

    Their other screens are told. So is the socket that it was set `by`, where nothing moved: it asks how it stands.
    """
    with transaction.atomic():
        mine = Participant.objects.current().filter(channel=channel, member=member)
        head = Channel.objects.filter(pk=channel).values_list("seq", flat=True).first() or 0
        mark = min(seq, head)
        moved = (mine.exclude(read_seq=mark) if back else mine.filter(read_seq__lt=mark)).update(read_seq=mark)
        place = mine.with_unread().select_related("channel").first()
        if place is None:
            raise not_found()
        publish.read_on_commit(place, by=by if moved else "")
    return place.read_seq


def save_draft(*, member: User, channel: UUID, body: str) -> None:
    """Keep what `member` has begun to write; an empty body forgets it. What is too long is refused whole, and the last one stays.

    Raises Refused: too_long.
    """
    body = body.replace("\x00", "")
    if len(body) > limits.MAX_DRAFT_LENGTH:
        raise Refused(Refusal.TOO_LONG, _("This is too long to be kept as a draft. Shorten it, or copy it before you go."))
    with transaction.atomic():
        kept = Participant.objects.current().filter(channel=channel, member=member)
        if not kept.update(draft=body, drafted_at=timezone.now() if body.strip() else None):
            raise not_found()
