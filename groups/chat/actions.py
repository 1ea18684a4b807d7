"""Every write into a channel. What a socket, a form, a command and a test send goes through `write_many`.

The channel's row is locked until the commit, so that numbers follow the order of commits: whoever has version n has all
below it. Many orders share one commit, and one that is refused does not touch the others.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refused
from community.kit.markdown import to_html
from groups.peers.models import PeerGroup

from . import news, rules
from .models import Channel, Message, Participant, Reaction
from .text import clean_body, fingerprint, is_body_of, mentioned, tidied

KEPT = dt.timedelta(seconds=30)  # how long the text of what its author took back waits for them to bring it back
DRAFT_LENGTH = 20_000  # more than a message may hold: what is too long to send is not lost either


@dataclass(frozen=True)
class Send:
    member: UUID
    channel: UUID
    client_id: UUID
    body: str
    reply_to: UUID | None = None


@dataclass(frozen=True)
class Edit:
    member: UUID
    message: UUID
    body: str


@dataclass(frozen=True)
class Delete:
    """Take back; with `on` false bring back what was taken back a moment ago."""

    member: UUID
    message: UUID
    on: bool = True


@dataclass(frozen=True)
class React:
    member: UUID
    message: UUID
    emoji: str
    on: bool


@dataclass(frozen=True)
class Hide:
    """A moderator's; that they may is decided where the report is."""

    message: UUID


Order = Send | Edit | Delete | React | Hide
Outcome = Message | Refused


def not_found() -> Refused:
    return Refused("not_found", _("That is not here, or it is not open to you."))


class _Commit:
    """One transaction's worth of orders. Used once, inside `transaction.atomic()`."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self.orders = orders
        self.now = timezone.now()
        self.created: list[Message] = []
        self.changed: dict[UUID, Message] = {}
        self.moved: dict[int, Participant] = {}
        self.used: list[Participant] = []  # whose draft is what they send
        self.reacted: list[Reaction] = []
        self.unreacted: list[int] = []

    def run(self) -> list[Outcome]:
        self._read()
        before = {channel.id: channel.version for channel in self.channels.values()}
        outcomes = [self._outcome(order) for order in self.orders]
        self._write()
        touched = [*self.created, *self.changed.values()]
        for channel in self.channels.values():
            if channel.version > before[channel.id]:
                mine = sorted((m for m in touched if m.channel_id == channel.id), key=lambda m: m.version)
                news.changes_on_commit(channel.id, before[channel.id], channel.version, mine)
        return outcomes

    def _read(self) -> None:
        """Lock the channels, always in the same order, and read all that the orders need, in one query a kind."""
        targets = [order.message for order in self.orders if not isinstance(order, Send)]
        homes = dict(Message.objects.filter(id__in=targets).values_list("id", "channel_id")) if targets else {}
        wanted = {order.channel for order in self.orders if isinstance(order, Send)} | set(homes.values())
        self.channels = {c.id: c for c in Channel.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id")}
        members = {order.member for order in self.orders if not isinstance(order, Hide)}
        places = Participant.objects.filter(channel__in=self.channels, member__in=members).select_related("member")
        self.participants = {(p.channel_id, p.member_id): p for p in places}
        answered = [order.reply_to for order in self.orders if isinstance(order, Send) and order.reply_to]
        ids = [*targets, *answered]
        self.messages = {m.id: m for m in Message.objects.whole().filter(id__in=ids)} if ids else {}
        sends = [order for order in self.orders if isinstance(order, Send)]
        tries = Message.objects.filter(author__in={s.member for s in sends}, client_id__in=[s.client_id for s in sends])
        self.known = {(m.author_id, m.client_id): m for m in tries.whole()} if sends else {}
        self.names = self._names()

    def _names(self) -> dict[UUID, list[tuple[UUID, str]]]:
        """Who takes part in each channel in whose new texts somebody may be named, as (id, name)."""
        written = [order for order in self.orders if isinstance(order, Send | Edit) and "@" in order.body]
        homes = {order.channel if isinstance(order, Send) else self._home(order.message) for order in written} & set(self.channels)
        names: dict[UUID, list[tuple[UUID, str]]] = {home: [] for home in homes if home}
        if names:
            here = Participant.objects.current().filter(channel__in=names).values_list("channel", "member", "member__name")
            for channel, member, name in here:
                names[channel].append((member, name))
        return names

    def _home(self, message: UUID) -> UUID | None:
        found = self.messages.get(message)
        return found.channel_id if found else None

    def _outcome(self, order: Order) -> Outcome:
        try:
            if isinstance(order, Send):
                return self._send(order)
            if isinstance(order, Edit):
                return self._edit(order)
            if isinstance(order, Delete):
                return self._delete(order)
            if isinstance(order, React):
                return self._react(order)
            return self._hide(order)
        except Refused as refusal:
            return refusal

    def _send(self, order: Send) -> Message:
        body = clean_body(order.body)
        first = self.known.get((order.member, order.client_id))
        if first is not None:  # a retry, also by somebody who has left since
            if not is_body_of(body, first.first_body):
                raise Refused("reused", _("Another message was sent under this number already."))
            return first
        participant = self.participants.get((order.channel, order.member))
        if participant is None or not rules.takes_part(participant):
            raise not_found()
        answered = self.messages.get(order.reply_to) if order.reply_to else None
        if order.reply_to and (answered is None or not rules.sees(participant, answered) or not rules.is_talk(answered)):
            raise Refused("not_found", _("The message that you answer is not here any more."))
        channel = self.channels[order.channel]
        message = Message(
            channel=channel, author=participant.member, client_id=order.client_id,
            first_body=fingerprint(body), reply_to=answered, sent_at=self.now,
        )  # fmt: skip
        message.reacted = []
        self._say(message, body)
        self._number(channel, message)
        if participant.read_seq >= message.seq - 1:  # who had read all has read their own message too
            participant.read_seq = message.seq
            self.moved[participant.pk] = participant
        if participant.draft and tidied(participant.draft) == body:
            self.used.append(participant)
        self.known[order.member, order.client_id] = message
        return message

    def _say(self, message: Message, body: str) -> None:
        names = self.names.get(message.channel_id, [])
        message.body, message.html = body, to_html(body, strong=[f"@{name}" for _id, name in names])
        message.mentions = [str(id) for id in mentioned(body, names)]

    def _seen(self, order: Edit | Delete | React) -> Message:
        """The message, where this member sees it."""
        message = self.messages.get(order.message)
        participant = self.participants.get((message.channel_id, order.member)) if message else None
        if message is None or not rules.sees(participant, message):
            raise not_found()
        return message

    def _seen_own(self, order: Edit | Delete) -> Message:
        """The message, where this member sees it and wrote it."""
        message = self._seen(order)
        if not rules.is_own(order.member, message):
            raise Refused("forbidden", _("Only the person who wrote a message can change it."))
        return message

    def _edit(self, order: Edit) -> Message:
        body = clean_body(order.body)
        message = self._seen_own(order)
        if not rules.is_talk(message):
            raise not_found()
        if body != message.body:
            self._say(message, body)
            message.edited_at = self.now
            self._change(message)
        return message

    def _delete(self, order: Delete) -> Message:
        message = self._seen_own(order)
        if order.on and message.deleted_at is None:
            message.deleted_at, message.kept_until = self.now, self.now + KEPT
            self._change(message)
        elif not order.on and message.deleted_at is not None:
            if not rules.can_come_back(message, self.now):
                raise Refused("not_found", _("This message cannot be brought back any more."))
            message.deleted_at = message.kept_until = None
            self._change(message)
        return message

    def _react(self, order: React) -> Message:
        message = self._seen(order)
        if not rules.is_talk(message):
            raise not_found()
        if order.emoji not in Reaction.Emoji.values:
            raise Refused("bad_frame", _("There is no such reaction. Choose one of the six."))
        given = next((r for r in message.reacted if (r.member_id, r.emoji) == (order.member, order.emoji)), None)
        if order.on and given is None:
            given = Reaction(message=message, member_id=order.member, emoji=order.emoji)
            message.reacted.append(given)
            self.reacted.append(given)
        elif given is not None and not order.on:
            message.reacted.remove(given)
            if given in self.reacted:  # of this very commit
                self.reacted.remove(given)
            else:
                self.unreacted.append(given.pk)
        else:
            return message
        self._change(message)
        return message

    def _hide(self, order: Hide) -> Message:
        message = self.messages.get(order.message)
        if message is None or message.kind != Message.Kind.TEXT:
            raise not_found()
        if not message.hidden:
            message.hidden = True
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
            fields = ["version", "body", "html", "mentions", "edited_at", "deleted_at", "kept_until", "hidden"]
            Message.objects.bulk_update(self.changed.values(), fields)
        if self.unreacted:
            Reaction.objects.filter(pk__in=self.unreacted).delete()
        if self.reacted:
            Reaction.objects.bulk_create(self.reacted)
        if self.created or self.changed:
            Channel.objects.bulk_update(self.channels.values(), ["seq", "version"])
        if self.moved:
            Participant.objects.bulk_update(self.moved.values(), ["read_seq"])
        for place in self.used:  # one that was saved meanwhile stays
            Participant.objects.filter(pk=place.pk, draft=place.draft).update(draft="", drafted_at=None)


def write_many(orders: Sequence[Order]) -> list[Outcome]:
    """Carry out `orders` in one commit and return, in their order, the message of each or why it was refused.

    Two processes that store the same `client_id` in two channels at once collide on the constraint that makes a retry
    the same message; the orders are then carried out again, one a commit, and the later one learns of the first.
    """
    try:
        with transaction.atomic():
            return _Commit(orders).run()
    except IntegrityError:
        if len(orders) > 1:
            return [outcome for order in orders for outcome in write_many([order])]
        with transaction.atomic():
            return _Commit(orders).run()


def _one(order: Order) -> Message:
    outcome = write_many([order])[0]
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def send(*, member: Any, channel: UUID, client_id: UUID, body: str, reply_to: UUID | None = None) -> Message:
    """Send one message; the same `client_id` again is the same message."""
    return _one(Send(member.pk, channel, client_id, body, reply_to))


def edit(*, member: Any, message: UUID, body: str) -> Message:
    """Give one's own message another body."""
    return _one(Edit(member.pk, message, body))


def delete(*, member: Any, message: UUID, on: bool = True) -> Message:
    """Take one's own message back: its place stays, its text is gone for all, and forgotten after a moment (KEPT).

    Within that moment it can be brought back, with `on` false.
    """
    return _one(Delete(member.pk, message, on))


def react(*, member: Any, message: UUID, emoji: str, on: bool = True) -> Message:
    """Put one of the six signs under a message, or take it away again."""
    return _one(React(member.pk, message, emoji, on))


def hide(*, actor: Any, message: UUID) -> Message:
    """Hide a message from everybody; the moderator's right to is the caller's to check."""
    with transaction.atomic():
        audit.record(actor=actor, verb="chat.hide", target=message)
        return _one(Hide(message))


def _notice(channel: Channel, member: Any, word: str) -> Message:
    """Append a notice about `member` to a locked channel."""
    channel.seq += 1
    channel.version += 1
    channel.save(update_fields=["seq", "version"])
    message = Message.objects.create(
        channel=channel, author=member, seq=channel.seq, version=channel.version, kind=Message.Kind.NOTICE,
        client_id=uuid.uuid4(), body=word, first_body=fingerprint(word),
    )  # fmt: skip
    message.reacted = []
    news.changes_on_commit(channel.id, channel.version - 1, channel.version, [message])
    return message


def _locked(group: PeerGroup) -> list[Channel]:
    return list(Channel.objects.select_for_update(no_key=True).filter(group=group).order_by("id"))


def open_channel(*, group: PeerGroup) -> Channel:
    """Give a new group its conversation."""
    return Channel.objects.create(group=group, name=group.name)


def rename_channels(*, group: PeerGroup) -> None:
    """Call a group's conversation as the group is called now."""
    Channel.objects.filter(group=group).update(name=group.name)


def admit(*, group: PeerGroup, member: Any, returning: bool) -> None:
    """Let a member take part in the group's channels, from where its rule says that newcomers read."""
    for channel in _locked(group):
        place = Participant.objects.filter(channel=channel, member=member).first() or Participant(channel=channel, member=member)
        if not returning:
            place.first_seq = channel.seq + 1 if group.past == PeerGroup.Past.JOINING else channel.open_from
        place.left_version = None
        place.read_seq = channel.seq + 1  # what was said before one came is no unread message
        place.save()
        _notice(channel, member, "joined")
    transaction.on_commit(partial(news.membership, member.pk), robust=True)


def part(*, group: PeerGroup, member: Any, removed: bool) -> None:
    """End a member's part in the group's channels. The notice of it is the last change that reaches them."""
    for channel in _locked(group):
        notice = _notice(channel, member, "removed" if removed else "left")
        Participant.objects.filter(channel=channel, member=member).update(left_version=notice.version, draft="", drafted_at=None)
    transaction.on_commit(partial(news.membership, member.pk), robust=True)


def note(*, group: PeerGroup, about: Any, word: str) -> None:
    """Tell the group's channels, by the word of a notice, of something that `about` did or became."""
    for channel in _locked(group):
        _notice(channel, about, word)


def change_past(*, group: PeerGroup, actor: Any) -> None:
    """Tell what newcomers see from now on. What was written while they would not have seen it stays closed to them."""
    for channel in _locked(group):
        notice = _notice(channel, actor, f"past_{group.past}")
        if group.past == PeerGroup.Past.ALL:
            channel.open_from = notice.seq
            channel.save(update_fields=["open_from"])


def mark_read(*, member: Any, channel: UUID, seq: int, back: bool = False, by: str = "") -> int:
    """Set how far `member` has read and return it. The mark only rises, but for `back`; beyond the newest it is the newest.

    Their other screens are told; `by` is the socket that needs no telling.
    """
    with transaction.atomic():
        mine = Participant.objects.current().filter(channel=channel, member=member)
        head = Channel.objects.filter(pk=channel).values_list("seq", flat=True).first() or 0
        mark = min(seq, head)
        mine.update(read_seq=mark if back else Greatest(F("read_seq"), Value(mark)))
        place = mine.with_unread().select_related("channel").first()
        if place is None:
            raise not_found()
        news.read_on_commit(place, by=by)
    return place.read_seq


def save_draft(*, member: Any, channel: UUID, body: str) -> None:
    """Keep what `member` has begun to write; an empty body forgets it. What is too long is refused whole, and the last one stays."""
    body = body.replace("\x00", "")
    if len(body) > DRAFT_LENGTH:
        raise Refused("too_long", _("This is too long to be kept as a draft. Shorten it, or copy it before you go."))
    with transaction.atomic():
        kept = Participant.objects.current().filter(channel=channel, member=member)
        if not kept.update(draft=body, drafted_at=timezone.now() if body.strip() else None):
            raise not_found()
