"""Lists of groups and of the people in them, each in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from community.kit.text.order import by_name
from community.members.models import User
from groups.chat.last_words import LastWords, last_words
from groups.chat.reading import ChannelView, channels_of

from .models import CHANNEL_KIND, JoinRequest, Membership, PeerGroup

SMALL_GROUP = 5


def groups_for(member: User) -> tuple[list[PeerGroup], list[PeerGroup]]:
    """Return (the groups of `member`, the others they may know of). Each has `size`, `taken`, `led` and `join_request`.

    Those of `member` have their `conversation` and its `last_words` too, and stand in the order of these, the newest first.
    """
    seen = by_name(PeerGroup.objects.visible_to(member).with_size().with_seats_for(member).with_facilitators())
    join_requests = {join_request.group_id: join_request for join_request in JoinRequest.objects.open().filter(member=member)}
    conversations, newest = conversations_of(member), last_words(member)
    for group in seen:
        group.led = by_name(group.led, _name_of)
        group.conversation = conversations.get(group.pk) if group.is_mine else None
        group.last_words = newest.get(group.conversation.id) if group.conversation else None
        group.join_request = join_requests.get(group.pk)
        group.size_in_words = rounded(group.size)
    mine = sorted((group for group in seen if group.is_mine), key=lambda group: _written_at(group.last_words), reverse=True)
    return mine, [group for group in seen if not group.is_mine]


def in_no_group() -> Q:
    """Members who belong to no group now."""
    return Q(~Exists(Membership.objects.current().filter(member=OuterRef("pk"))))


def newest_conversations_of(member: User) -> list[tuple[ChannelView, LastWords | None]]:
    """Return the conversations of the groups that `member` belongs to, with their last words, the newest first, in two queries."""
    newest = last_words(member)
    mine = [(conversation, newest.get(conversation.id)) for conversation in conversations_of(member).values()]
    return sorted(mine, key=lambda each: _written_at(each[1]), reverse=True)


def _written_at(words: LastWords | None) -> float:
    return words.at.timestamp() if words else 0


def conversations_of(member: User) -> dict[UUID, ChannelView]:
    """Return the conversations of the groups that `member` belongs to, by group id, in one query."""
    return {each.about: each for each in channels_of(member) if each.kind == CHANNEL_KIND and each.about}


def newcomers_of(member: User) -> list[tuple[User, list[tuple[PeerGroup, ChannelView]]]]:
    """Return the people whom `member` was asked to welcome, each with the groups that both are in and the conversation of each."""
    people = list(User.objects.newcomers_to(member))
    conversations = conversations_of(member)
    theirs = Membership.objects.current().filter(member__in=people, group__in=conversations).select_related("group")
    shared = by_name(theirs, lambda each: each.group.name)
    return [(person, [(each.group, conversations[each.group_id]) for each in shared if each.member_id == person.pk]) for person in people]


def rounded(size: int) -> str:
    """Return the size of a group in words, rounded to fives: outsiders are not told exactly."""
    if size < SMALL_GROUP:
        return _("a few people")
    return _("about %(size)d people") % {"size": round(size / 5) * 5}


@dataclass(frozen=True)
class Roster:
    """Who belongs to a group, facilitators first."""

    facilitators: list[Membership]
    members: list[Membership]

    def __len__(self) -> int:
        return len(self.facilitators) + len(self.members)


def roster(group: PeerGroup) -> Roster:
    """Return the people of a group in one query. A suspended facilitator is listed with the members."""
    people = by_name(group.memberships.on_roster().select_related("member"), _name_of)
    leading = [m for m in people if m.leads and not m.member.is_suspended]
    return Roster(leading, [m for m in people if m not in leading])


def position_of(join_request: JoinRequest) -> str:
    """Return one's own position on the waiting list, in words."""
    before = list(join_request.group.join_requests.waiting().values_list("pk", flat=True))
    position = before.index(join_request.pk) if join_request.pk in before else len(before)
    words = [
        _("You're next on the waiting list."),
        _("You're second on the waiting list."),
        _("You're third on the waiting list."),
        _("You're fourth on the waiting list."),
    ]
    return words[position] if position < len(words) else _("You're number %(number)d on the waiting list.") % {"number": position + 1}


def offered_or_waiting(group: PeerGroup) -> list[JoinRequest]:
    """Return the join requests with an offer or on the waiting list, by name."""
    found = group.join_requests.of_active_members().filter(state__in=[JoinRequest.State.OFFERED, JoinRequest.State.WAITING])
    return by_name(found.select_related("member"), _name_of)


def _name_of(row: Membership | JoinRequest) -> str:
    return row.member.name


def names_of(leading: Iterable[Membership]) -> str:
    """Return the names of facilitators, separated by commas."""
    return ", ".join(str(membership.member) for membership in leading)
