"""Channels, their messages and their participants.

A channel counts twice. `seq` numbers its messages and never changes. `version` numbers its changes; each row carries the
number of its last change, so that "the rows above version n" is all that a client at version n has missed.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.kit import limits
from community.kit.ids import new_id
from community.safety.models import Block

JUST_JOINED_FOR = timedelta(days=2)  # how long Today shows the group that somebody joined


def utc(moment: datetime | None) -> str | None:
    """Return a time as RFC 3339 in UTC, to the millisecond; None for None."""
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Channel(models.Model):
    """One stream of messages. Its row is locked by whoever writes into it, so numbers follow the order of commits."""

    class HistoryVisibility(models.TextChoices):
        ALL = "all"  # from `open_from` on, also what was written before they joined
        JOINING = "joining"  # only what is written after they joined

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20)  # whose it is: a key of owners.KINDS
    about = models.UUIDField(null=True, blank=True)  # the id of what it belongs to there
    name = models.CharField(max_length=60)
    history_visibility = models.CharField(max_length=10, choices=HistoryVisibility.choices, default=HistoryVisibility.ALL)
    seq = models.PositiveBigIntegerField(default=0)  # of the newest message
    version = models.PositiveBigIntegerField(default=0)  # of the newest change
    open_from = models.PositiveBigIntegerField(default=1)  # newcomers see nothing below this seq

    def __str__(self) -> str:
        return self.name


class _RowCount(Subquery):
    """How many rows a query finds. With a slice the database stops counting there."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS found)"
    output_field = models.IntegerField()


def _seen_texts() -> "MessageQuerySet":
    """The messages that the participant of the outer query sees: they may read them, they stand, and nobody whom they block wrote them."""
    texts = Message.objects.standing().filter(channel=OuterRef("channel"), seq__gte=OuterRef("first_seq"))
    blocked = Block.objects.filter(blocker=OuterRef(OuterRef("member"))).values("blocked")
    return texts.exclude(author__in=blocked)


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def current(self) -> "ParticipantQuerySet":
        """Those who may read and write now."""
        return self.filter(left_version=None, member__is_active=True, member__suspended_at=None)

    def with_unread(self) -> "ParticipantQuerySet":
        """Each with `unread`: how many messages above their read mark still stand and are neither theirs nor of a blocked member.

        Counted up to limits.MAX_UNREAD; the rows are found by the index on `seq`.
        """
        theirs = _seen_texts().filter(seq__gt=OuterRef("read_seq")).exclude(author=OuterRef("member"))
        return self.annotate(unread=_RowCount(theirs.values("pk")[: limits.MAX_UNREAD]))  # type: ignore[no-redef]  # declared on the model

    def with_newest(self) -> "ParticipantQuerySet":
        """Each with `newest`: the id of the newest message that still stands and is not of a blocked member, None where there is none."""
        return self.annotate(newest=Subquery(_seen_texts().order_by("-seq").values("pk")[:1]))

    def with_just_joined(self) -> "ParticipantQuerySet":
        """Each with `just_joined`: whether they joined within JUST_JOINED_FOR, and have neither read nor written since."""
        notices = Message.objects.filter(channel=OuterRef("channel"), seq=OuterRef("read_seq"), author=OuterRef("member"), body="joined")
        recent = notices.filter(kind=Message.Kind.NOTICE, sent_at__gte=timezone.now() - JUST_JOINED_FOR)
        return self.annotate(just_joined=Exists(recent))  # type: ignore[no-redef]  # declared on the model


class Participant(models.Model):
    """A member in a channel: from which message they may read, how far they have read, and their draft. The row stays when they leave."""

    class Role(models.TextChoices):
        MEMBER = "member"
        FACILITATOR = "facilitator"  # shown beside their name; gives no right in the channel

    class Involvement(models.TextChoices):
        """What a participant wants to be notified of."""

        EVERYTHING = "everything"
        MENTIONS = "mentions"
        NOTHING = "nothing"

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="participants")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    involvement = models.CharField(max_length=10, choices=Involvement.choices, default=Involvement.EVERYTHING)
    first_seq = models.PositiveBigIntegerField(default=1)  # the first message they may see
    read_seq = models.PositiveBigIntegerField(default=0)  # the newest message they have read
    left_version = models.PositiveBigIntegerField(null=True, blank=True)  # the change that ended the participation; they get no later one
    draft = models.TextField(blank=True)
    drafted_at = models.DateTimeField(null=True, blank=True)

    unread: int  # from with_unread()
    just_joined: bool  # from with_just_joined()

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "member"], name="one_place_a_channel")]
        indexes = [models.Index(fields=["member", "left_version"])]

    def __str__(self) -> str:
        return f"{self.member} in {self.channel}"


class NotificationCursor(models.Model):
    """Up to where the members of a channel were notified. Apart from the channel, whose row is locked by whoever writes into it."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="notification_cursor")
    seq = models.PositiveBigIntegerField(default=0)
    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.pk)


class _ReactionList(Subquery):
    """The reactions that a query finds, as a list, oldest first."""

    output_field = models.TextField()

    def as_sqlite(self, *arguments: Any, **more: Any) -> Any:
        found = "(SELECT json_group_array(json_array(id, emoji, member_id)) FROM (%(subquery)s) AS found)"
        return self.as_sql(*arguments, template=found, **more)  # type: ignore[call-arg]

    def as_postgresql(self, *arguments: Any, **more: Any) -> Any:
        found = "(SELECT json_agg(json_build_array(id, emoji, member_id))::text FROM (%(subquery)s) AS found)"
        return self.as_sql(*arguments, template=found, **more)  # type: ignore[call-arg]

    def convert_value(self, value: str | None, _expression: Any, _connection: Any) -> list["Reaction"]:
        found = sorted(json.loads(value or "[]"))
        return [Reaction(pk=pk, emoji=emoji, member_id=UUID(member)) for pk, emoji, member in found]


class MessageQuerySet(models.QuerySet["Message"]):
    def standing(self) -> "MessageQuerySet":
        """What people wrote that is neither removed nor hidden."""
        return self.filter(kind=Message.Kind.TEXT, deleted_at=None, hidden=False)

    def whole(self) -> "MessageQuerySet":
        """Each with all that `row()` needs, in one query: a second one might see a later version."""
        reactions = Reaction.objects.filter(message=OuterRef("pk")).values("id", "emoji", "member_id")
        return self.select_related("reply_to").annotate(reacted=_ReactionList(reactions))  # type: ignore[no-redef]  # declared on the model


class Message(models.Model):
    """One row of a channel. A notice's body is a key of layout.notices(), and its author is whom it is about.

    A message that its author removed keeps its text until `undo_until`, so that they can undo it; nobody is shown it.
    """

    class Kind(models.TextChoices):
        TEXT = "text"
        NOTICE = "notice"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="messages")
    client_id = models.UUIDField()
    body = models.TextField()
    html = models.TextField()
    body_fingerprint = models.CharField(max_length=64, editable=False)  # keyed hash of the first body: a retry is known after an edit
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    mentions = models.JSONField(default=list, blank=True)  # ids of the members whom the body names
    sent_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    hidden = models.BooleanField(default=False)

    reacted: list["Reaction"]  # from whole(); empty for a new one

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["undo_until"], condition=Q(undo_until__isnull=False), name="within_undo_window")]
        constraints = [
            models.UniqueConstraint(fields=["channel", "seq"], name="one_message_a_place"),
            models.UniqueConstraint(fields=["channel", "version"], name="one_message_a_change"),
            models.UniqueConstraint(fields=["author", "client_id"], name="a_retry_is_the_same_message"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def row(self) -> dict[str, Any]:
        """The message as the wire and the page show it (docs/protocol.md, "A row")."""
        emptied = self.deleted_at is not None or self.hidden
        return {
            "id": str(self.id),
            "channel": str(self.channel_id),
            "seq": self.seq,
            "version": self.version,
            "kind": self.kind,
            "author": str(self.author_id) if self.author_id else None,
            "client_id": str(self.client_id),
            "sent": utc(self.sent_at),
            "edited": utc(self.edited_at),
            "deleted": utc(self.deleted_at),
            "hidden": self.hidden,
            "pinned": False,
            "body": None if emptied else self.body,
            "html": None if emptied else self.html or None,
            "reply_to": {"id": str(self.reply_to_id), "seq": self.reply_to.seq} if self.reply_to else None,
            "reactions": [] if emptied else self._reactions(),
            "attachments": [],
            "mentions": [] if emptied else self.mentions,
        }

    def _reactions(self) -> list[dict[str, Any]]:
        by = {emoji: [str(each.member_id) for each in self.reacted if each.emoji == emoji] for emoji in Reaction.Emoji.values}
        return [{"emoji": emoji, "by": members} for emoji, members in by.items() if members]


class Reaction(models.Model):
    """One member's reaction to a message."""

    class Emoji(models.TextChoices):
        HEART = "heart", _("Heart")
        HUG = "hug", _("Hug")
        STRONG = "strong", _("Strong")
        THANKS = "thanks", _("Thanks")
        SAME = "same", _("Same here")
        CELEBRATE = "celebrate", _("Celebrate")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=10, choices=Emoji.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "member", "emoji"], name="one_reaction_of_a_kind")]

    def __str__(self) -> str:
        return self.emoji
