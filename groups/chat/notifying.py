"""What members are notified of in their conversations: who mentions them, who replies to them, and that there are new messages.

A message is its own event. Nothing is added to the commit that its author waits for: a cursor for each channel says up to where its members
were notified, and a loop follows it. A message whose text or mentions changed within the last day is looked at again.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community.kit.ids import as_id
from community.kit.worker import take_all
from community.notifications import kinds
from community.notifications.actions import mark_read_of
from community.notifications.expansion import Renewal, notify_members
from community.notifications.kinds import NotificationKind, Pair, Shown
from community.notifications.models import Notification
from community.safety.models import Block

from . import rules
from .models import Channel, Message, NotificationCursor, Participant
from .reading import ChannelView, message_url, view_of

CHANNELS_AT_ONCE = 50
MESSAGES_AT_ONCE = 200
LOOK_AGAIN = dt.timedelta(days=1)


def expand_messages() -> None:
    """Notify the members of channels in which something has changed. Idempotent."""
    behind = Channel.objects.filter(Q(notification_cursor=None) | Q(notification_cursor__version__lt=F("version")))
    take_all([partial(_expand, channel) for channel in behind.only("version")[:CHANNELS_AT_ONCE]])


def _expand(channel: Channel) -> None:
    cursor, _made = NotificationCursor.objects.get_or_create(channel=channel)
    changed = Message.objects.filter(channel=channel, version__gt=cursor.version).order_by("version")
    rows = list(changed.select_related("reply_to")[:MESSAGES_AT_ONCE])
    is_all = len(rows) < MESSAGES_AT_ONCE
    upto = channel.version if is_all else rows[-1].version
    texts = [row for row in rows if rules.is_standing_text(row)]
    new = sorted((row for row in texts if row.seq > cursor.seq), key=lambda row: row.seq)
    lately = timezone.now() - LOOK_AGAIN
    again = [row for row in texts if row.seq <= cursor.seq and (row.edited_at or row.sent_at) > lately]
    if new or again:
        readers = _Readers.of(channel.pk, [*new, *again])
        named = {row: _notify_named(channel.pk, row, readers) for row in [*again, *new]}
        by_name = {member for row in new for member in named[row]}
        of_new = _notify_of_new(channel.pk, new, readers, by_name)
        _mark_read_meanwhile(channel.pk, of_new.union(*named.values()))
    seq = max([cursor.seq, *(row.seq for row in rows)])
    _cursor_of(channel.pk).filter(version__lt=upto).update(seq=seq, version=upto)


def _cursor_of(channel: UUID) -> QuerySet[NotificationCursor]:
    return NotificationCursor.objects.filter(pk=channel)


@dataclass(frozen=True)
class _Readers:
    """The participants of a channel who want to be notified, and whom they have blocked."""

    participants: dict[UUID, Participant]
    blocks: set[tuple[UUID, UUID]]  # blocker, blocked

    @classmethod
    def of(cls, channel: UUID, rows: Iterable[Message]) -> "_Readers":
        wanting = Participant.objects.current().filter(channel=channel).exclude(involvement=Participant.Involvement.NOTHING)
        participants = {each.member_id: each for each in wanting}
        authors = {row.author_id for row in rows}
        blocks = Block.objects.filter(blocked__in=authors, blocker__in=wanting.values("member"))
        return cls(participants, set(blocks.values_list("blocker", "blocked")))

    def may_hear(self, member: UUID | None, row: Message) -> bool:
        """Whether this member reads the message, wrote it not, and has not blocked its author."""
        mine = self.participants.get(member) if member else None
        return mine is not None and row.seq >= mine.first_seq and member != row.author_id and (member, row.author_id) not in self.blocks


def _notify_named(channel: UUID, row: Message, readers: _Readers) -> set[UUID]:
    """Notify whom a message replies to and whom it mentions, each once, whatever an edit adds; return who they are."""
    answered = row.reply_to.author_id if row.reply_to else None
    replied = {answered} if answered and readers.may_hear(answered, row) else set()
    mentioned = {member for member in map(as_id, row.mentions) if member and readers.may_hear(member, row)} - replied
    for kind, members in ((MENTION, mentioned), (REPLY, replied)):
        notify_members(Renewal(kind, str(row.pk), row.seq, row.edited_at or row.sent_at, _cursor_of(channel), within=channel), members)
    return mentioned | replied


def _notify_of_new(channel: UUID, new: list[Message], readers: _Readers, by_name: set[UUID]) -> set[UUID]:
    """Notify those who want to hear of every message, of the newest that is new to them; return who they are. Not who was `by_name`."""
    newest: dict[Message, set[UUID]] = {}
    for member, mine in readers.participants.items():
        if mine.involvement != Participant.Involvement.EVERYTHING or member in by_name:
            continue
        heard = next((row for row in reversed(new) if readers.may_hear(member, row) and row.seq > mine.read_seq), None)
        if heard is not None:
            newest.setdefault(heard, set()).add(member)
    for row, members in newest.items():
        notify_members(Renewal(MESSAGES, str(channel), row.seq, row.sent_at, _cursor_of(channel), within=channel), members)
    return set().union(*newest.values())


def _mark_read_meanwhile(channel: UUID, members: set[UUID]) -> None:
    """Mark as read what these members have read while, or before, they were notified of it. Who moves their mark just now is waited for."""
    with transaction.atomic():
        here = Participant.objects.filter(channel=channel, member__in=members).select_for_update(no_key=True).order_by("pk")
        marks = dict(here.values_list("member", "read_seq"))
        unread = Notification.objects.unread().filter(within=channel, member__in=marks).only("member", "position")
        mark_read_of([row for row in unread if row.position <= marks[row.member_id]])


# ------------------------------------------------------------- what they say


def _shown_messages(pairs: Collection[Pair], sentence: str, is_named: Callable[[UUID, Message], bool]) -> Mapping[Pair, Shown]:
    """Who mentions or answers the member, while that message stands, still does so, and they may read it."""
    ids = {identity for _member, about in pairs if (identity := as_id(about))}
    rows = {str(row.pk): row for row in Message.objects.filter(pk__in=ids).select_related("author", "channel", "reply_to")}
    members = {member for member, _about in pairs}
    here = Participant.objects.current().filter(member__in=members, channel__in={row.channel_id for row in rows.values()})
    mine = {(each.member_id, each.channel_id): each for each in here.select_related("member")}
    blocks = set(
        Block.objects.filter(blocker__in=members, blocked__in={row.author_id for row in rows.values()}).values_list("blocker", "blocked")
    )
    shown = {}
    for member, about in pairs:
        row = rows.get(about)
        if row is None or not rules.sees(mine.get((member, row.channel_id)), row) or not rules.is_standing_text(row):
            continue
        if is_named(member, row) and (member, row.author_id) not in blocks:
            name = row.author or _("Somebody whose account is gone")
            shown[member, about] = Shown(sentence % {"name": name}, row.channel.name, message_url(row), "groups")
    return shown


def _shown_mentions(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    return _shown_messages(pairs, _("%(name)s mentioned you"), lambda member, row: str(member) in row.mentions)


def _shown_replies(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    return _shown_messages(pairs, _("%(name)s replied to you"), lambda member, row: bool(row.reply_to and row.reply_to.author_id == member))


def _shown_channels(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    """What is new in a conversation in which the member takes part. What was new and was taken back before they read it is gone."""
    here = Participant.objects.current().with_unread().with_just_joined().select_related("channel")
    found = here.filter(member__in={member for member, _about in pairs}, channel__in={as_id(about) for _member, about in pairs})
    mine = {(each.member_id, str(each.channel_id)): view_of(each) for each in found}
    members, abouts = {member for member, _about in mine}, {about for _member, about in mine}
    of_them = Notification.objects.filter(kind=MESSAGES.key, member__in=members, about__in=abouts)
    read = set(of_them.exclude(read_at=None).values_list("member", "about"))
    return {pair: _channel_shown(mine[pair]) for pair in pairs if pair in mine and (mine[pair].unread or pair in read)}


def _channel_shown(view: ChannelView) -> Shown:
    new = ngettext("%(count)s new message", "%(count)s new messages", view.unread) % {"count": view.unread_shown}
    return Shown(view.name, new if view.unread else _("You have read what is here"), view.url, "groups")


MENTION = NotificationKind("mention", gettext_lazy("somebody mentions you"), _shown_mentions)
REPLY = NotificationKind("reply", gettext_lazy("somebody replies to you"), _shown_replies)
MESSAGES = NotificationKind("messages", gettext_lazy("new messages in your groups"), _shown_channels)
for kind in (MENTION, REPLY, MESSAGES):
    kinds.register(kind)

UNWANTED: dict[Participant.Involvement, list[NotificationKind]] = {
    Participant.Involvement.EVERYTHING: [],
    Participant.Involvement.MENTIONS: [MESSAGES],
    Participant.Involvement.NOTHING: [MESSAGES, MENTION, REPLY],
}
