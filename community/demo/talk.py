"""The groups of the demo and what is said in them: carried out by the rooms' own actions, then moved to its day."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from community.members.models import User
from groups.chat import actions as chat
from groups.chat.models import Channel, Message, Participant
from groups.peers import actions as peers
from groups.peers import arrivals
from groups.peers.models import Acceptance, Membership, PeerGroup

A_MOMENT = dt.timedelta(minutes=3)  # after which people in the demo mend or take back what they sent


@dataclass
class Conversation:
    """One group's data being played, and what came of it so far."""

    group: PeerGroup
    channel: Channel
    entries: list[dict[str, Any]]
    people: dict[str, User]
    zone: ZoneInfo
    keyed: dict[str, Message] = field(default_factory=dict)
    times: dict[uuid.UUID, dt.datetime] = field(default_factory=dict)

    def time_of(self, entry: dict[str, Any]) -> dt.datetime:
        """When the entry happened: so many days before today in the centre's zone, at its own time."""
        day = timezone.now().astimezone(self.zone).date() - dt.timedelta(days=entry["ago"])
        return dt.datetime.combine(day, dt.time.fromisoformat(entry["at"]), self.zone)


def make_groups(data: dict[str, dict[str, Any]], people: dict[str, User], admin: User, zone: ZoneInfo) -> dict[str, Conversation]:
    """Make every group with its members and messages; return the conversations by the name of their file."""
    return {key: _play(_open(entry, people, admin, zone), entry) for key, entry in data.items()}


def _open(entry: dict[str, Any], people: dict[str, User], admin: User, zone: ZoneInfo) -> Conversation:
    fields = {name: entry[name] for name in ("name", "purpose", "door", "past")} | {"capacity": entry.get("capacity")}
    group = peers.make_group(actor=admin, agreement=entry["agreement"].strip(), facilitator=people[entry["facilitator"]], **fields)
    peers.accept(member=people[entry["facilitator"]], group=group, agreed_version=group.agreement_version)
    return Conversation(group, Channel.objects.get(group=group), entry["talk"], people, zone)


def _play(conversation: Conversation, data: dict[str, Any]) -> Conversation:
    """Let the members join and talk in the order of the file."""
    facilitator = conversation.people[data["facilitator"]]
    for entry in conversation.entries:
        if "join" in entry:
            _join(conversation, entry, facilitator)
        else:
            _say(conversation, entry)
    _mend(conversation)
    _move(conversation)
    _read(conversation, data.get("unread", {}))
    _stand_at_the_door(conversation, data, facilitator)
    return conversation


def _join(conversation: Conversation, entry: dict[str, Any], facilitator: User) -> None:
    member, group = conversation.people[entry["join"]], conversation.group
    if group.door != PeerGroup.Door.OPEN:
        arrivals.invite(actor=facilitator, group=group, member=member)
    peers.join(member=member, group=group, agreed_version=group.agreement_version)
    group.memberships.filter(member=member).update(joined_at=conversation.time_of(entry))
    notice = Message.objects.filter(channel=conversation.channel, author=member, kind=Message.Kind.NOTICE).latest("seq")
    conversation.times[notice.id] = conversation.time_of(entry)


def _say(conversation: Conversation, entry: dict[str, Any]) -> None:
    answered = conversation.keyed.get(entry.get("to", ""))
    message = chat.send(
        member=conversation.people[entry["by"]],
        channel=conversation.channel.id,
        client_id=uuid.uuid4(),
        body=entry["say"],
        reply_to=answered.id if answered else None,
    )
    conversation.keyed[_key(entry)] = message
    conversation.times[message.id] = conversation.time_of(entry)


def _key(entry: dict[str, Any]) -> str:
    """What the entry is called in its file: its own key, else its day and time."""
    return str(entry.get("key", f"{entry['ago']} {entry['at']}"))


def _mend(conversation: Conversation) -> None:
    """Carry out the edits and deletions."""
    for entry in conversation.entries:
        if "edit" not in entry and "delete" not in entry:
            continue
        member = conversation.people[entry["by"]]
        message = conversation.keyed[_key(entry)]
        if "edit" in entry:
            chat.edit(member=member, message=message.id, body=entry["edit"])
        else:
            chat.delete(member=member, message=message.id)


def _move(conversation: Conversation) -> None:
    """Give every row the time that the file says; what stands before the first entry happened just before it."""
    messages = list(Message.objects.filter(channel=conversation.channel))
    start = min(conversation.times.values()) - A_MOMENT
    for message in messages:
        message.sent_at = conversation.times.get(message.id, start)
        if message.edited_at:
            message.edited_at = message.sent_at + A_MOMENT
        if message.deleted_at:
            message.deleted_at = message.sent_at + A_MOMENT
    Message.objects.bulk_update(messages, ["sent_at", "edited_at", "deleted_at"])
    PeerGroup.objects.filter(pk=conversation.group.pk).update(made_at=start)
    conversation.group.memberships.filter(role=Membership.Role.FACILITATOR).update(joined_at=start)
    conversation.group.agreement_texts.update(made_at=start)
    for membership in conversation.group.memberships.all():
        accepted = Acceptance.objects.filter(member=membership.member_id, text__group=conversation.group)
        accepted.update(agreed_at=membership.joined_at)


def _read(conversation: Conversation, unread: dict[str, str]) -> None:
    """Everybody has read everything, but for those who stopped before the message named in the file."""
    places = Participant.objects.filter(channel=conversation.channel)
    places.update(read_seq=Channel.objects.get(pk=conversation.channel.pk).seq)
    for person, key in unread.items():
        places.filter(member=conversation.people[person]).update(read_seq=conversation.keyed[key].seq - 1)


def _stand_at_the_door(conversation: Conversation, data: dict[str, Any], facilitator: User) -> None:
    """Let those wait, ask or have an invitation whom the file says so of."""
    group, people = conversation.group, conversation.people
    for person in data.get("waiting", []):
        arrivals.wait(member=people[person], group=group)
    for person, line in data.get("asking", {}).items():
        arrivals.ask(member=people[person], group=group, line=line)
    for person in data.get("invited", []):
        arrivals.invite(actor=facilitator, group=group, member=people[person])
