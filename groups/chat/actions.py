"""Every write into a channel. Sockets, forms, commands and tests all go through `write_many`.

The channel's row is locked until the commit, so that numbers follow the order of commits: a client that has version n has
all below it. Many commands share one commit, and one that is refused does not affect the others.
"""

import uuid
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.downloads.actions import make_anew
from community.kit import audit, limits
from community.kit.errors import Refusal, Refused
from community.members.models import User
from community.members.rules import may_moderate
from community.notifications.actions import drop_waiting, forget_within, mark_read_within

from .commands import Batch, Command, Delete, Edit, Hide, React, Result, Send, not_found
from .models import Channel, Message, Participant
from .notifying import UNWANTED
from .text import fingerprint
from .verbs import ChatVerb
from .wire import publish
from .wire.frames import Ref


def write_many(commands: Sequence[Command]) -> list[Result]:
    """Carry out `commands` in one commit; return the message of each or its refusal, in their order.

    Two processes that store the same `client_id` in two channels at once violate the constraint on it. The commands are then
    carried out again, one per commit, and the later one finds the first.
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
    """Send one message. Idempotent by `client_id`. Raises Refused: bad_frame, empty, not_found, reused, too_long."""
    return _one(Send(member.pk, channel, client_id, body, reply_to))


def edit(*, member: User, message: UUID, body: str) -> Message:
    """Change the body of one's own message. Raises Refused: bad_frame, empty, forbidden, not_found, too_long."""
    return _one(Edit(member.pk, message, body))


def delete(*, member: User, message: UUID, on: bool = True) -> Message:
    """Remove one's own message: the row stays without its text, which is deleted after UNDO_WINDOW.

    Until then `on=False` restores it. Raises Refused: forbidden, not_found.
    """
    return _one(Delete(member.pk, message, on))


def react(*, member: User, message: UUID, emoji: str, on: bool = True) -> Message:
    """Add a reaction to a message, or with `on=False` remove it. Idempotent. Raises Refused: bad_frame, not_found."""
    return _one(React(member.pk, message, emoji, on))


def hide(*, actor: User, message: UUID, hidden: bool = True) -> Message:
    """Hide a message from everybody, or show it again. Idempotent. Raises Refused: forbidden, not_found."""
    with transaction.atomic():
        found = Message.objects.select_related("author").filter(pk=message).first()
        if found is not None and not may_moderate(actor, found.author):
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
    """Open a channel without participants; `kind` is a key of owners.KINDS, `about` the owner's id."""
    return Channel.objects.create(kind=kind, about=about, name=name, history_visibility=history_visibility)


def rename_channel(*, channel: UUID, name: str) -> None:
    """Give a channel the name `name`."""
    Channel.objects.filter(pk=channel).update(name=name)


def remove_channel(*, channel: UUID) -> None:
    """Delete a channel with its messages, and what members were notified of there."""
    with transaction.atomic():
        Channel.objects.filter(pk=channel).delete()
        forget_within(channel)


def add_participant(*, channel: UUID, member: User, role: str = Participant.Role.MEMBER, returning: bool = False) -> None:
    """Add a participant, who may read what newcomers may; with `returning` what they could read before they left."""
    with transaction.atomic():
        found = _locked(channel)
        former = Participant.objects.filter(channel=found, member=member).first()
        participant = former or Participant(channel=found, member=member)
        if not returning:
            newcomers_see = found.history_visibility
            participant.first_seq = found.seq + 1 if newcomers_see == Channel.HistoryVisibility.JOINING else found.open_from
        participant.role = role
        participant.left_version = None
        participant.read_seq = found.seq + 1  # what was written before they joined is not unread
        participant.save()
        _notice(found, member, "joined")
        publish.membership_on_commit(member.pk)


def end_participation(*, channel: UUID, member: User, removed: bool) -> None:
    """End a participation. The notice of it is the last change that the member gets."""
    with transaction.atomic():
        notice = _notice(_locked(channel), member, "removed" if removed else "left")
        Participant.objects.filter(channel=channel, member=member).update(left_version=notice.version, draft="", drafted_at=None)
        mark_read_within(member, channel, notice.seq)
        make_anew(member)  # what others wrote here goes from their download
        publish.membership_on_commit(member.pk)


def change_role(*, channel: UUID, member: User, role: str) -> None:
    """Change a participant's role (`Participant.Role`), with a notice."""
    with transaction.atomic():
        found = _locked(channel)
        Participant.objects.filter(channel=channel, member=member).update(role=role)
        _notice(found, member, "appointed" if role == Participant.Role.FACILITATOR else "stepped_down")


def add_notice(*, channel: UUID, about: User, word: str) -> None:
    """Append a notice about `about`; `word` is a key of `layout.notices`."""
    with transaction.atomic():
        _notice(_locked(channel), about, word)


def change_history_visibility(*, channel: UUID, actor: User, visibility: str) -> None:
    """Change what newcomers see, with a notice. What was written while it was closed to newcomers stays closed."""
    with transaction.atomic():
        found = _locked(channel)
        found.history_visibility = visibility
        notice = _notice(found, actor, f"past_{visibility}")
        if visibility == Channel.HistoryVisibility.ALL:
            found.open_from = notice.seq
        found.save(update_fields=["history_visibility", "open_from"])


def mark_read(*, member: User, channel: UUID, seq: int, back: bool = False, by: str = "", ref: Ref = None) -> int:
    """Set how far `member` has read, and return that seq. It only rises unless `back`, and no further than the newest message.

    Their other connections are told. So is the one with the id `by`: with the `ref` of its frame where it gave one, since tabs share a
    connection; and where nothing changed, without, since it needs the current mark.
    Raises Refused: not_found.
    """
    with transaction.atomic():
        mine = Participant.objects.current().filter(channel=channel, member=member)
        newest = Channel.objects.filter(pk=channel).values_list("seq", flat=True).first() or 0
        mark = min(seq, newest)
        moved = (mine.exclude(read_seq=mark) if back else mine.filter(read_seq__lt=mark)).update(read_seq=mark)
        participant = mine.with_unread().select_related("channel").first()
        if participant is None:
            raise not_found()
        if moved and not back:
            mark_read_within(member, channel, participant.read_seq)
        publish.read_on_commit(participant, by=by if moved else "", ref=ref)
    return participant.read_seq


def set_involvement(*, member: User, channel: UUID, involvement: str) -> None:
    """Set how much `member` is notified of in a channel. What waits to leave the site and is no longer wanted never does.

    Nobody else can see it. Raises Refused: not_found.
    """
    with transaction.atomic():
        if not Participant.objects.current().filter(channel=channel, member=member).update(involvement=involvement):
            raise not_found()
        drop_waiting(member, channel, UNWANTED[Participant.Involvement(involvement)])


def save_draft(*, member: User, channel: UUID, body: str) -> None:
    """Store the draft of `member`; an empty body deletes it. Where it is refused, the last draft stays.

    Raises Refused: not_found, too_long.
    """
    body = body.replace("\x00", "")
    if len(body) > limits.MAX_DRAFT_LENGTH:
        raise Refused(Refusal.TOO_LONG, _("This is too long to be kept as a draft. Shorten it, or copy it before you go."))
    with transaction.atomic():
        mine = Participant.objects.current().filter(channel=channel, member=member)
        if not mine.update(draft=body, drafted_at=timezone.now() if body.strip() else None):
            raise not_found()
