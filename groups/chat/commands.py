"""Commands of members and moderators in a channel, and the transaction that carries out a batch of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.kit.text.markdown import to_html

from . import rules
from .models import Channel, Message, Participant, Reaction
from .text import clean_body, fingerprint, is_body_of, may_name, mentioned, tidied
from .wire import publish


@dataclass(frozen=True)
class Send:
    member: UUID
    channel: UUID
    client_id: UUID
    body: str
    reply_to: UUID | None = None


@dataclass(frozen=True)
class Edit:
    """Change one's own message, named by its id, or by its `client_id` where the client has had no answer that told the id."""

    member: UUID
    message: UUID | None
    body: str
    client_id: UUID | None = None


@dataclass(frozen=True)
class Delete:
    """Remove one's own message, named as in `Edit`; with `on` false restore it within UNDO_WINDOW."""

    member: UUID
    message: UUID | None
    on: bool = True
    client_id: UUID | None = None


@dataclass(frozen=True)
class React:
    member: UUID
    message: UUID
    emoji: str
    on: bool


@dataclass(frozen=True)
class Hide:
    """Hide a message, or show it again. Whether a moderator may is decided in `actions.hide`."""

    message: UUID
    hidden: bool = True


Command = Send | Edit | Delete | React | Hide
Result = Message | Refused


def not_found() -> Refused:
    return Refused(Refusal.NOT_FOUND, _("That is not here, or it is not open to you."))


class Batch:
    """Commands that one transaction carries out. Used once, inside `transaction.atomic()`."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.commands = commands
        self.now = timezone.now()
        self.created: list[Message] = []
        self.changed: dict[UUID, Message] = {}
        self.read_on: dict[int, Participant] = {}  # who had read all, and so has read what they send
        self.draft_sent: list[Participant] = []  # whose draft is what they send
        self.reacted: list[Reaction] = []
        self.unreacted: list[int] = []

    def run(self) -> list[Result]:
        self._read()
        before = {channel.id: channel.version for channel in self.channels.values()}
        results = [self._result(command) for command in self.commands]
        self._write()
        touched = [*self.created, *self.changed.values()]
        for channel in self.channels.values():
            if channel.version > before[channel.id]:
                mine = sorted((m for m in touched if m.channel_id == channel.id), key=lambda m: m.version)
                publish.changes_on_commit(channel.id, before[channel.id], channel.version, mine)
        return results

    def _read(self) -> None:
        """Lock the channels, always in the same order, and read all that the commands need, in one query a kind."""
        self._find_ids()
        targets = [command.message for command in self.commands if not isinstance(command, Send) and command.message]
        channel_of = dict(Message.objects.filter(id__in=targets).values_list("id", "channel_id")) if targets else {}
        wanted = {command.channel for command in self.commands if isinstance(command, Send)} | set(channel_of.values())
        self.channels = {c.id: c for c in Channel.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id")}
        members = {command.member for command in self.commands if not isinstance(command, Hide)}
        found = Participant.objects.filter(channel__in=self.channels, member__in=members).select_related("member")
        self.participants = {(p.channel_id, p.member_id): p for p in found}
        answered = [command.reply_to for command in self.commands if isinstance(command, Send) and command.reply_to]
        ids = [*targets, *answered]
        self.messages = {m.id: m for m in Message.objects.whole().filter(id__in=ids)} if ids else {}
        sends = [command for command in self.commands if isinstance(command, Send)]
        tries = Message.objects.filter(author__in={s.member for s in sends}, client_id__in=[s.client_id for s in sends])
        self.known = {(m.author_id, m.client_id): m for m in tries.whole()} if sends else {}
        self.names = self._participant_names()

    def _find_ids(self) -> None:
        """Find the ids of messages that are named by their author's client_id."""
        named = [command for command in self.commands if isinstance(command, Edit | Delete) and command.client_id]
        if not named:
            return
        by = {"author__in": {command.member for command in named}, "client_id__in": {command.client_id for command in named}}
        rows = Message.objects.filter(**by).values_list("author", "client_id", "id")
        ids: dict[tuple[UUID, UUID | None], UUID] = {(author, number): id for author, number, id in rows}
        found: dict[Command, Command] = {
            command: replace(command, message=ids.get((command.member, command.client_id))) for command in named
        }
        self.commands = [found.get(command, command) for command in self.commands]

    def _participant_names(self) -> dict[UUID, list[tuple[UUID, str]]]:
        """The participants, as (id, name), of each channel in which a new body may mention somebody."""
        written = [command for command in self.commands if isinstance(command, Send | Edit) and may_name(command.body)]
        channels = {command.channel if isinstance(command, Send) else self._channel_of(command.message) for command in written}
        names: dict[UUID, list[tuple[UUID, str]]] = {channel: [] for channel in channels if channel in self.channels}
        if names:
            here = Participant.objects.current().filter(channel__in=names).values_list("channel", "member", "member__name")
            for channel, member, name in here:
                names[channel].append((member, name))
        return names

    def _channel_of(self, message: UUID | None) -> UUID | None:
        found = self.messages.get(message) if message else None
        return found.channel_id if found else None

    def _result(self, command: Command) -> Result:
        try:
            if isinstance(command, Send):
                return self._send(command)
            if isinstance(command, Edit):
                return self._edit(command)
            if isinstance(command, Delete):
                return self._delete(command)
            if isinstance(command, React):
                return self._react(command)
            return self._hide(command)
        except Refused as refusal:
            return refusal

    def _send(self, command: Send) -> Message:
        body = clean_body(command.body)
        first = self.known.get((command.member, command.client_id))
        if first is not None:  # a retry; also of a member who has left since
            if not is_body_of(body, first.body_fingerprint):
                raise Refused(Refusal.REUSED, _("Another message was sent under this number already."))
            return first
        participant = self.participants.get((command.channel, command.member))
        if participant is None or not rules.takes_part(participant):
            raise not_found()
        answered = self.messages.get(command.reply_to) if command.reply_to else None
        if command.reply_to and (answered is None or not rules.sees(participant, answered) or not rules.is_standing_text(answered)):
            raise Refused(Refusal.NOT_FOUND, _("The message you’re replying to is no longer here."))
        channel = self.channels[command.channel]
        message = Message(
            channel=channel, author=participant.member, client_id=command.client_id,
            body_fingerprint=fingerprint(body), reply_to=answered, sent_at=self.now,
        )  # fmt: skip
        message.reacted = []
        self._set_body(message, body)
        self._number(channel, message)
        if participant.read_seq >= message.seq - 1:  # they had read all before
            participant.read_seq = message.seq
            self.read_on[participant.pk] = participant
        if participant.draft and tidied(participant.draft) == body:
            self.draft_sent.append(participant)
        self.known[command.member, command.client_id] = message
        return message

    def _set_body(self, message: Message, body: str) -> None:
        names = self.names.get(message.channel_id, [])
        message.body, message.html = body, to_html(body, strong=[f"@{name}" for _id, name in names])
        message.mentions = [str(id) for id in mentioned(body, names)]

    def _visible(self, command: Edit | Delete | React) -> Message:
        """Return the message. Raises Refused: not_found, where this member does not see it."""
        message = self.messages.get(command.message) if command.message else None
        participant = self.participants.get((message.channel_id, command.member)) if message else None
        if message is None or not rules.sees(participant, message):
            raise not_found()
        return message

    def _visible_own(self, command: Edit | Delete) -> Message:
        """Return the message. Raises Refused: forbidden, not_found, where this member did not write it or does not see it."""
        message = self._visible(command)
        if not rules.is_own(command.member, message):
            raise Refused(Refusal.FORBIDDEN, _("Only the person who wrote a message can change it."))
        return message

    def _edit(self, command: Edit) -> Message:
        body = clean_body(command.body)
        message = self._visible_own(command)
        if not rules.is_standing_text(message):
            raise not_found()
        if body != message.body:
            self._set_body(message, body)
            message.edited_at = self.now
            self._change(message)
        return message

    def _delete(self, command: Delete) -> Message:
        message = self._visible_own(command)
        if command.on and message.deleted_at is None:
            message.deleted_at, message.undo_until = self.now, self.now + limits.MESSAGE_UNDO_WINDOW
            self._change(message)
        elif not command.on and message.deleted_at is not None:
            if not rules.can_be_restored(message, self.now):
                raise Refused(Refusal.NOT_FOUND, _("This message can’t be brought back anymore."))
            message.deleted_at = message.undo_until = None
            self._change(message)
        return message

    def _react(self, command: React) -> Message:
        message = self._visible(command)
        if not rules.is_standing_text(message):
            raise not_found()
        if command.emoji not in Reaction.Emoji.values:
            raise Refused(Refusal.BAD_FRAME, _("There is no such reaction. Choose one of the six."))
        given = next((r for r in message.reacted if (r.member_id, r.emoji) == (command.member, command.emoji)), None)
        if command.on and given is None:
            given = Reaction(message=message, member_id=command.member, emoji=command.emoji)
            message.reacted.append(given)
            self.reacted.append(given)
        elif given is not None and not command.on:
            message.reacted.remove(given)
            if given in self.reacted:  # added by a command of this batch
                self.reacted.remove(given)
            else:
                self.unreacted.append(given.pk)
        else:
            return message
        self._change(message)
        return message

    def _hide(self, command: Hide) -> Message:
        message = self.messages.get(command.message)
        if message is None or message.kind != Message.Kind.TEXT:
            raise not_found()
        if message.hidden != command.hidden:
            message.hidden = command.hidden
            self._change(message)
        return message

    def _number(self, channel: Channel, message: Message) -> None:
        channel.seq += 1
        channel.version += 1
        message.seq, message.version = channel.seq, channel.version
        self.created.append(message)

    def _change(self, message: Message) -> None:
        channel = self.channels[message.channel_id]
        channel.version += 1
        message.version = channel.version
        self.changed[message.id] = message

    def _write(self) -> None:
        Message.objects.bulk_create(self.created)
        if self.changed:
            fields = ["version", "body", "html", "mentions", "edited_at", "deleted_at", "undo_until", "hidden"]
            Message.objects.bulk_update(self.changed.values(), fields)
        if self.unreacted:
            Reaction.objects.filter(pk__in=self.unreacted).delete()
        if self.reacted:
            Reaction.objects.bulk_create(self.reacted)
        if self.created or self.changed:
            Channel.objects.bulk_update(self.channels.values(), ["seq", "version"])
        if self.read_on:
            Participant.objects.bulk_update(self.read_on.values(), ["read_seq"])
        for participant in self.draft_sent:  # a draft that was saved since then stays
            Participant.objects.filter(pk=participant.pk, draft=participant.draft).update(draft="", drafted_at=None)
