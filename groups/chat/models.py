"""Channels, the messages in them, and each participant's place.

A channel counts twice. `seq` is a message's place and never changes. `version` counts every change; the row that changed
carries the number of its last change, so that "the rows above version n" is all that somebody who was away has missed.
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

LATELY = timedelta(days=2)  # how long somebody who came is told where they are now


def utc(moment: datetime | None) -> str | None:
    """Return a time as RFC 3339 in UTC, to the millisecond."""
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Channel(models.Model):
    """One stream of messages. Its row is locked by whoever writes into it, so numbers follow the order of commits."""

    class HistoryVisibility(models.TextChoices):
        ALL = "all"  # what was written since it is so, also before they came
        JOINING = "joining"  # only what is written after they came

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20)  # whose it is: a key of owners.KINDS
    about = models.UUIDField(null=True, blank=True)  # the id of what it belongs to there
    name = models.CharField(max_length=60)
    history_visibility = models.CharField(max_length=10, choices=HistoryVisibility.choices, default=HistoryVisibility.ALL)
    seq = models.PositiveBigIntegerField(default=0)  # of the newest message
    version = models.PositiveBigIntegerField(default=0)  # of the newest change
    open_from = models.PositiveBigIntegerField(default=1)  # the first seq that any newcomer may see

    def __str__(self) -> str:
        return self.name


class _HowMany(Subquery):
    """How many rows a query finds; with a slice on it the database stops there."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS found)"
    output_field = models.IntegerField()


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def current(self) -> "ParticipantQuerySet":
        """Those who may read and write now."""
        return self.filter(left_version=None, member__is_active=True, member__suspended_at=None)

    def with_unread(self) -> "ParticipantQuerySet":
        """Each with `unread`: how many messages above their mark others wrote, whom they have not blocked, and still stand.

        Counted no further than limits.MAX_UNREAD; the rows are found by the index of places.
        """
        above = Message.objects.filter(channel=OuterRef("channel"), seq__gt=OuterRef("read_seq"), seq__gte=OuterRef("first_seq"))
        standing = above.filter(kind=Message.Kind.TEXT, deleted_at=None, hidden=False)
        blocked = Block.objects.filter(blocker=OuterRef(OuterRef("member"))).values("blocked")
        theirs = standing.exclude(author=OuterRef("member")).exclude(author__in=blocked)
        return self.annotate(unread=_HowMany(theirs.values("pk")[: limits.MAX_UNREAD]))  # type: ignore[no-redef]  # declared on the model

    def with_coming(self) -> "ParticipantQuerySet":
        """Each with `just_came`: whether they came lately, and have neither read on since nor written."""
        coming = Message.objects.filter(channel=OuterRef("channel"), seq=OuterRef("read_seq"), author=OuterRef("member"), body="joined")
        lately = coming.filter(kind=Message.Kind.NOTICE, sent_at__gte=timezone.now() - LATELY)
        return self.annotate(just_came=Exists(lately))  # type: ignore[no-redef]  # declared on the model


class Participant(models.Model):
    """A member's place in a channel: from where they read, how far they have read, and what they have begun to write."""

    class Role(models.TextChoices):
        MEMBER = "member"
        FACILITATOR = "facilitator"  # looks after it: shown beside their name, and no right in the channel

    class Involvement(models.TextChoices):
        """Of what a participant wants to hear while they are not looking."""

        EVERYTHING = "everything"
        MENTIONS = "mentions"
        NOTHING = "nothing"

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="participants")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    involvement = models.CharField(max_length=10, choices=Involvement.choices, default=Involvement.EVERYTHING)
    first_seq = models.PositiveBigIntegerField(default=1)  # the first message they may see
    read_seq = models.PositiveBigIntegerField(default=0)  # the newest message they have seen
    left_version = models.PositiveBigIntegerField(null=True, blank=True)  # the change that ended it: nothing above reaches them
    draft = models.TextField(blank=True)
    drafted_at = models.DateTimeField(null=True, blank=True)

    unread: int  # what with_unread() adds to a row
    just_came: bool  # and with_coming()

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "member"], name="one_place_a_channel")]
        indexes = [models.Index(fields=["member", "left_version"])]

    def __str__(self) -> str:
        return f"{self.member} in {self.channel}"


class _Reacted(Subquery):
    """The reactions that a query finds, as a list of them, oldest first."""

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
    def whole(self) -> "MessageQuerySet":
        """Each with all that its `row()` tells, read in one statement: what a second one sees may be of a later version."""
        reactions = Reaction.objects.filter(message=OuterRef("pk")).values("id", "emoji", "member_id")
        return self.select_related("reply_to").annotate(reacted=_Reacted(reactions))  # type: ignore[no-redef]  # declared on the model


class Message(models.Model):
    """One row of a channel. A notice's body is a word of layout.notices() and its author whom it is about.

    What its author took back keeps its text until `undo_until`, for nobody but them to bring back.
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
    body_fingerprint = models.CharField(max_length=64, editable=False)  # keyed hash: a retry is known by it even after an edit
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    mentions = models.JSONField(default=list, blank=True)  # ids of the members whom the body names
    sent_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    hidden = models.BooleanField(default=False)

    reacted: list["Reaction"]  # what whole() adds to a row, and a new one begins with

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
        gone = self.deleted_at is not None or self.hidden
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
            "body": None if gone else self.body,
            "html": None if gone else self.html or None,
            "reply_to": {"id": str(self.reply_to_id), "seq": self.reply_to.seq} if self.reply_to else None,
            "reactions": [] if gone else self._reactions(),
            "attachments": [],
            "mentions": [] if gone else self.mentions,
        }

    def _reactions(self) -> list[dict[str, Any]]:
        by = {emoji: [str(each.member_id) for each in self.reacted if each.emoji == emoji] for emoji in Reaction.Emoji.values}
        return [{"emoji": emoji, "by": members} for emoji, members in by.items() if members]


class Reaction(models.Model):
    """A kind sign of one member under a message."""

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
