"""What a member may read of their channels. To former participants and outsiders a channel answers as if it did not exist."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from community.kit import limits
from community.kit.text.order import by_name
from community.members.models import User
from community.safety.models import Block

from .models import Channel, Message, MessageQuerySet, Participant
from .wire.outgoing import Change, PersonRow, change_of, person

PAGE_SIZE = 50


@dataclass(frozen=True)
class ChannelView:
    """A channel for one participant."""

    id: UUID
    kind: str  # whose it is (owners.KINDS)
    about: UUID | None  # the id of what it belongs to
    name: str
    seq: int
    version: int
    first_seq: int
    read_seq: int
    unread: int  # new messages of others, counted up to limits.MAX_UNREAD
    draft: str
    history_visibility: str
    is_muted: bool
    just_joined: bool
    can_post: bool = True

    @property
    def url(self) -> str:
        """The address of its page."""
        return reverse("chat:conversation", args=[self.id])

    @property
    def unread_shown(self) -> str:
        """The number as people read it: "7", or "99+"."""
        return limits.unread_shown(self.unread)

    @property
    def rows_above_mark(self) -> int:
        """How many rows lie above their read mark, with notices and removed messages."""
        return max(0, self.seq - max(self.read_seq, self.first_seq - 1))


@dataclass(frozen=True)
class History:
    rows: list[dict[str, Any]]
    people: list[PersonRow]
    members: list[str]  # who takes part now
    version: int  # of the channel before the rows were read; a client may get a change again, which does no harm
    more: bool
    quoted: list[dict[str, Any]]  # the messages that `rows` reply to and that are not among them, as far as this reader sees them

    @property
    def roster(self) -> list[PersonRow]:
        """The people of `members`: facilitators first, then by name."""
        here = set(self.members)
        people = by_name((each for each in self.people if each["id"] in here), lambda each: each["name"])
        return sorted(people, key=lambda each: "role" not in each)


@dataclass(frozen=True)
class Missed:
    """The changes above a cursor, up to version `upto`. `changes` is None where they are too many or incomplete: a reset is due."""

    upto: int
    changes: list[Change] | None


def channels_of(member: User) -> list[ChannelView]:
    """Return the channels in which `member` takes part now, by name, with their unread counts, in one query."""
    found = Participant.objects.current().with_unread().with_just_joined().filter(member=member).select_related("channel")
    return [view_of(each) for each in by_name(found, lambda each: each.channel.name)]


def participations_of(member: User) -> list[tuple[str, int]]:
    """Return the channels in which `member` takes part now, each as (id, first seq)."""
    found = Participant.objects.current().filter(member=member).values_list("channel", "first_seq")
    return [(str(channel), first_seq) for channel, first_seq in found]


def view_of(participant: Participant) -> ChannelView:
    """Return a channel as this participant sees it. The participant comes with its channel, `with_unread` and `with_just_joined`."""
    channel = participant.channel
    return ChannelView(
        id=channel.id,
        kind=channel.kind,
        about=channel.about,
        name=channel.name,
        seq=channel.seq,
        version=channel.version,
        first_seq=participant.first_seq,
        read_seq=participant.read_seq,
        unread=participant.unread,
        draft=participant.draft,
        history_visibility=channel.history_visibility,
        is_muted=participant.involvement == Participant.Involvement.NOTHING,
        just_joined=participant.just_joined,
    )


def message_url(message: Message) -> str:
    """Return the address of a message, on the page of the history that shows it."""
    older = f"?before={message.seq + PAGE_SIZE // 2}" if message.channel.seq - message.seq >= PAGE_SIZE else ""
    return f"{reverse('chat:conversation', args=[message.channel_id])}{older}#m{message.seq}"


def never_answered() -> Q:
    """Members who have written something that stands, and after none of it, in the same channel, has somebody else."""
    theirs = Message.objects.standing().filter(author=OuterRef("pk"))
    later = Message.objects.standing().filter(channel=OuterRef("channel"), seq__gt=OuterRef("seq")).exclude(author=OuterRef("author"))
    return Q(Exists(theirs), ~Exists(theirs.filter(Exists(later))))


def new_and_silent() -> Q:
    """Members who have written nothing yet, and have not been here for so long that they may rather read."""
    theirs = Message.objects.standing().filter(author=OuterRef("pk"))
    return Q(~Exists(theirs), joined_at__gt=timezone.now() - limits.SILENT_PERIOD)


def participant_in(member: User, channel: UUID) -> Participant | None:
    """Return the member as a current participant of a channel, with the channel and the member, or None."""
    return Participant.objects.current().select_related("channel", "member").filter(member=member, channel=channel).first()


def _readable(participant: Participant) -> MessageQuerySet:
    """The messages that a participant may read. The join checks the right again in the query that reads the rows."""
    readable = Message.objects.whole().filter(channel=participant.channel_id, seq__gte=participant.first_seq)
    return readable.filter(channel__participants__pk=participant.pk, channel__participants__left_version=None)


def answers_to(participant: Participant, messages: Collection[UUID]) -> QuerySet[Message]:
    """The messages of others that answer one of `messages`, as far as a participant may read them now and would be shown them."""
    answers = _readable(participant).standing().filter(reply_to__in=messages)
    blocked = Block.objects.filter(blocker=participant.member_id).values("blocked")
    return answers.exclude(author=participant.member_id).exclude(author__in=blocked).select_related("author").order_by("seq")


def history(
    *,
    member: User,
    channel: UUID,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    at: Collection[int] | None = None,
    limit: int = PAGE_SIZE,
) -> History | None:
    """Return a page of a channel in the order of `seq`: the newest one, the one before, after or around a seq, or the rows `at` some.

    None where the member takes no part. `before` and `after` are exclusive; `limit` is at most limits.MAX_ROWS_PER_REQUEST rows.
    """
    participant = participant_in(member, channel)
    if participant is None:
        return None
    limit = max(1, min(limit, limits.MAX_ROWS_PER_REQUEST))
    readable = _readable(participant)
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
    people = people_of(participant.channel, [*rows, *quoted])
    return History([row.row() for row in rows], people, members, participant.channel.version, more, [row.row() for row in quoted])


def people_of(channel: Channel, rows: list[Message]) -> list[PersonRow]:
    """Return the participants of a channel and the authors and reacting members of `rows`, each {id, name, picture?, role?}."""
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
    """Return what changed in a channel above `version`, from `first_seq` on. The caller has to check rights."""
    upto = Channel.objects.filter(pk=channel).values_list("version", flat=True).first() or 0
    return _changes(channel, version, upto, first_seq)


def _changes(channel: UUID, version: int, upto: int, first_seq: int) -> Missed:
    if upto <= version:
        return Missed(upto, [])
    rows = Message.objects.whole().filter(channel=channel, version__gt=version, version__lte=upto, seq__gte=first_seq)
    changed = list(rows.select_related("author").order_by("version")[: limits.MAX_CATCH_UP_ROWS + 1])
    return Missed(upto, None if len(changed) > limits.MAX_CATCH_UP_ROWS else [change_of(row) for row in changed])


def missed(*, member: UUID, channel: UUID, after: int) -> Missed | None:
    """Return the changes of a channel above the member's cursor `after`, or None where they take no part.

    The channel's version is read in the query that checks the right, and no row above it is returned: none after a removal.
    """
    participant = Participant.objects.current().select_related("channel").filter(member=member, channel=channel).first()
    if participant is None:
        return None
    if after > participant.channel.version or _rejoined_since(participant, after):  # a cursor of a restored database or an earlier stay
        return Missed(participant.channel.version, None)
    return _changes(channel, after, participant.channel.version, participant.first_seq)


def _rejoined_since(participant: Participant, after: int) -> bool:
    """Whether they left and rejoined since their cursor and may not read all: what the client has may be closed to them now."""
    joined = Message.objects.filter(
        channel=participant.channel_id, kind=Message.Kind.NOTICE, body="joined", author=participant.member_id, version__gt=after
    )
    return after > 0 and participant.first_seq > 1 and joined.exists()
