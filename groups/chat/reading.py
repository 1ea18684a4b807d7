"""What a member may read of their channels. A place that has ended, or never was, answers like a channel that is not."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from community.kit import limits
from community.kit.text.order import by_name
from community.members.models import User

from .models import Channel, Message, Participant
from .wire.outgoing import Change, PersonRow, change_of, person

PAGE = 50


@dataclass(frozen=True)
class ChannelView:
    """A channel as one member has it."""

    id: UUID
    kind: str  # whose it is (owners.KINDS)
    about: UUID | None  # the id of what it belongs to
    name: str
    seq: int
    version: int
    first_seq: int
    read_seq: int
    unread: int  # messages of others that are new to them, counted no further than limits.MAX_UNREAD
    draft: str
    history_visibility: str
    is_muted: bool
    just_came: bool
    can_post: bool = True

    @property
    def url(self) -> str:
        """The address of its page."""
        return reverse("chat:conversation", args=[self.id])

    @property
    def unread_shown(self) -> str:
        """The number as people read it: "7", or "99+"."""
        return str(self.unread) if self.unread < limits.MAX_UNREAD else f"{limits.MAX_UNREAD - 1}+"

    @property
    def places_unread(self) -> int:
        """How many places lie above their mark: notices and what is gone have a place too."""
        return max(0, self.seq - max(self.read_seq, self.first_seq - 1))


@dataclass(frozen=True)
class History:
    rows: list[dict[str, Any]]
    people: list[PersonRow]
    members: list[str]  # who takes part now
    version: int  # of the channel before the rows were read: later changes come again, and harmlessly
    more: bool
    quoted: list[dict[str, Any]]  # what `rows` answer and do not hold, as far as it may be seen

    @property
    def roster(self) -> list[PersonRow]:
        """The people of `members`: facilitators first, each by name."""
        here = set(self.members)
        people = by_name((each for each in self.people if each["id"] in here), lambda each: each["name"])
        return sorted(people, key=lambda each: "role" not in each)


@dataclass(frozen=True)
class Missed:
    """The changes above a cursor. `changes` is None where they are too many, or no longer all: the newest page is read instead."""

    upto: int
    changes: list[Change] | None


def channels_of(member: User) -> list[ChannelView]:
    """Return the channels in which `member` takes part now, by name, each with what is unread: one query for all."""
    places = Participant.objects.current().with_unread().with_coming().filter(member=member).select_related("channel")
    return [_view(place) for place in by_name(places, lambda place: place.channel.name)]


def places_of(member: User) -> list[tuple[str, int]]:
    """Return the channels in which `member` takes part now, each as (id, first seq)."""
    places = Participant.objects.current().filter(member=member).values_list("channel", "first_seq")
    return [(str(channel), first_seq) for channel, first_seq in places]


def _view(place: Participant) -> ChannelView:
    channel = place.channel
    return ChannelView(
        id=channel.id,
        kind=channel.kind,
        about=channel.about,
        name=channel.name,
        seq=channel.seq,
        version=channel.version,
        first_seq=place.first_seq,
        read_seq=place.read_seq,
        unread=place.unread,
        draft=place.draft,
        history_visibility=channel.history_visibility,
        is_muted=place.involvement == Participant.Involvement.NOTHING,
        just_came=place.just_came,
    )


def place_in(member: User, channel: UUID) -> Participant | None:
    """Return the member's place in a channel with its channel, or None."""
    return Participant.objects.current().select_related("channel", "member").filter(member=member, channel=channel).first()


def _readable(place: Participant) -> QuerySet[Message]:
    """The messages of this place. The join asks for the right again, in the very statement that reads the rows."""
    return Message.objects.whole().filter(
        channel=place.channel_id, seq__gte=place.first_seq, channel__participants__pk=place.pk, channel__participants__left_version=None
    )


def history(
    *,
    member: User,
    channel: UUID,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    at: Collection[int] | None = None,
    limit: int = PAGE,
) -> History | None:
    """Return a page of a channel in the order of `seq`: the newest one, what stands before, after or around a place, or single places.

    None where the member takes no part. `before` and `after` leave out their own place; `limit` is at most 100 rows.
    """
    place = place_in(member, channel)
    if place is None:
        return None
    limit = max(1, min(limit, limits.MAX_ROWS_PER_REQUEST))
    readable = _readable(place)
    if at is not None:
        more, rows = False, list(readable.filter(seq__in=at).order_by("seq"))
    elif around is not None:
        older = list(readable.filter(seq__lt=around).order_by("-seq")[: limit // 2 + 1])
        newer = list(readable.filter(seq__gte=around).order_by("seq")[: limit - limit // 2])
        more, rows = len(older) > limit // 2, [*reversed(older[: limit // 2]), *newer]
    elif after is not None:
        newer = list(readable.filter(seq__gt=after).order_by("seq")[: limit + 1])
        more, rows = len(newer) > limit, newer[:limit]
    else:
        older = list((readable if before is None else readable.filter(seq__lt=before)).order_by("-seq")[: limit + 1])
        more, rows = len(older) > limit, list(reversed(older[:limit]))
    members = [str(id) for id in Participant.objects.current().filter(channel=channel).values_list("member", flat=True)]
    answered = {row.reply_to_id for row in rows if row.reply_to_id} - {row.pk for row in rows}
    quoted = list(readable.filter(pk__in=answered)) if answered else []
    people = people_of(place.channel, [*rows, *quoted])
    return History([row.row() for row in rows], people, members, place.channel.version, more, [row.row() for row in quoted])


def people_of(channel: Channel, rows: list[Message]) -> list[PersonRow]:
    """Return the members of a channel and who wrote or reacted in `rows`, each {id, name, picture?, role?}; `role` is "facilitator"."""
    role = Participant.objects.filter(channel=channel, member=OuterRef("pk"), left_version=None).values("role")[:1]
    now = Participant.objects.current().filter(channel=channel).values("member")
    theirs = {row.author_id for row in rows if row.author_id} | {each.member_id for row in rows for each in row.reacted}
    people = get_user_model().objects.filter(pk__in=now) | get_user_model().objects.filter(pk__in=theirs)
    known = people.annotate(role_here=Subquery(role)).values_list("id", "name", "drawing", "role_here")
    found: list[PersonRow] = []
    for id, name, drawing, role in known:
        found.append(person(id, name, drawing))
        if role == Participant.Role.FACILITATOR:
            found[-1]["role"] = "facilitator"
    return found


def changes_above(channel: UUID, version: int, *, first_seq: int = 1) -> Missed:
    """Return what changed in a channel above `version`, for whoever may read from `first_seq` on; rights are the caller's."""
    upto = Channel.objects.filter(pk=channel).values_list("version", flat=True).first() or 0
    return _changes(channel, version, upto, first_seq)


def _changes(channel: UUID, version: int, upto: int, first_seq: int) -> Missed:
    if upto <= version:
        return Missed(upto, [])
    rows = Message.objects.whole().filter(channel=channel, version__gt=version, version__lte=upto, seq__gte=first_seq)
    changed = list(rows.select_related("author").order_by("version")[: limits.MAX_CATCH_UP_ROWS + 1])
    return Missed(upto, None if len(changed) > limits.MAX_CATCH_UP_ROWS else [change_of(row) for row in changed])


def missed(*, member: UUID, channel: UUID, after: int) -> Missed | None:
    """Return what `member` has missed of a channel above their cursor, or None where they take no part.

    The head is read together with the right, and no row above that head is returned: what comes after a removal is out of reach.
    """
    place = Participant.objects.current().select_related("channel").filter(member=member, channel=channel).first()
    if place is None:
        return None
    if after > place.channel.version or _came_anew(place, after):  # a cursor from a database that was restored, or of an earlier stay
        return Missed(place.channel.version, None)
    return _changes(channel, after, place.channel.version, place.first_seq)


def _came_anew(place: Participant, after: int) -> bool:
    """Whether they left and came back since their cursor, and may not see all: what they had from before may not be theirs any more."""
    came = Message.objects.filter(
        channel=place.channel_id, kind=Message.Kind.NOTICE, body="joined", author=place.member_id, version__gt=after
    )
    return after > 0 and place.first_seq > 1 and came.exists()
