"""The liveness check: what a hub asks the database every second, each kind of row in one query."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.members.signing_in.factors import HAS_FACTOR, IS_STAFF
from community.notifications.models import InboxState, inboxes_of

from ..models import Channel, Message, Participant
from .codes import CloseCode
from .connection import Connection
from .outgoing import Inbox

INBOX_VERSION = Coalesce("notification_preferences__inbox_version", Value(0))  # who was never notified has no row


@dataclass(frozen=True)
class Standing:
    """What holds now for a member, to compare their open connections with."""

    password: str  # its hash
    is_active: bool
    is_suspended: bool
    is_staff: bool
    has_factor: bool
    shows_writing: bool  # their setting: others see that they are typing
    inbox_version: int


@dataclass(frozen=True)
class Checked:
    """What holds now for the connections of a process."""

    sessions: set[str]
    people: dict[UUID, Standing]
    channels: dict[UUID, dict[str, int]]  # member to channel to first seq

    def close_code(self, connection: Connection) -> CloseCode | None:
        """Return why a connection has to close, or None. A new password closes connections that were opened under the old one.

        Staff need a second factor that still exists and that the connection's session has used.
        """
        known = self.people.get(connection.member.pk)
        if known is None or connection.session_key not in self.sessions or known.password != connection.password or not known.is_active:
            return CloseCode.SIGNED_OUT
        if known.is_suspended:
            return CloseCode.NOT_ALLOWED
        return CloseCode.SECOND_STEP if known.is_staff and not (known.has_factor and connection.used_factor) else None

    def channels_of(self, member: UUID) -> dict[str, int]:
        """Return in which channels a member takes part, each with the first seq that they may see."""
        return self.channels.get(member, {})


def versions(channels: list[UUID]) -> dict[str, int]:
    """Return the version of each channel."""
    return {str(pk): version for pk, version in Channel.objects.filter(pk__in=channels).values_list("pk", "version")}


def check(session_keys: set[str], members: set[UUID]) -> Checked:
    """Return which sessions are valid, the standing of `members`, and the channels in which they take part."""
    sessions = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    asked = get_user_model().objects.filter(pk__in=members).annotate(staff=IS_STAFF, factor=HAS_FACTOR, inbox=INBOX_VERSION)
    people = asked.values_list("pk", "password", "is_active", "suspended_at", "staff", "factor", "shows_writing", "inbox")
    channels: dict[UUID, dict[str, int]] = {}
    current = Participant.objects.filter(member__in=members, left_version=None)
    for member, channel, first_seq in current.values_list("member", "channel", "first_seq"):
        channels.setdefault(member, {})[str(channel)] = first_seq
    return Checked(
        sessions=set(sessions.values_list("session_key", flat=True)),
        people={
            pk: Standing(password, active, since is not None, staff, factor, writing, inbox)
            for pk, password, active, since, staff, factor, writing, inbox in people
        },
        channels=channels,
    )


def inboxes(members: Collection[UUID]) -> dict[UUID, Inbox]:
    """Return the `inbox` frame of each member."""
    known = inboxes_of(members)
    return {member: Inbox(*known.get(member, InboxState(0, 0))) for member in members}


def endings(participations: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], str]:
    """Return why participations have ended, by (member, channel): "left" or "removed", from the notice of it."""
    members, channels = {member for member, _channel in participations}, {channel for _member, channel in participations}
    word = Message.objects.filter(channel=OuterRef("channel"), version=OuterRef("left_version"), kind=Message.Kind.NOTICE).values("body")
    ended = Participant.objects.filter(member__in=members, channel__in=channels).exclude(left_version=None).annotate(word=Subquery(word))
    return {(member, str(channel)): word for member, channel, word in ended.values_list("member", "channel", "word") if word}
