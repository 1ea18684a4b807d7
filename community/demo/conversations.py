"""The groups of the demo and what is said in them: carried out by the rooms' own actions, then moved to its day."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from community.kit.errors import Refused
from community.members.models import User
from groups.chat import actions as chat
from groups.chat.commands import Command, Delete, Edit, React, Send
from groups.chat.models import Channel, Message, Participant
from groups.chat.tasks import wipe_removed
from groups.peers import actions as peers
from groups.peers.join import requests
from groups.peers.models import Acceptance, Membership, PeerGroup

A_MOMENT = dt.timedelta(minutes=3)  # after which people in the demo mend or take back what they sent


@dataclass
class Conversation:
    """One group's data being played, and what came of it so far."""

    group: PeerGroup
    channel: Channel
    entries: list[dict[str, Any]]
    people: dict[str, User]
    zone: dt.tzinfo
    keyed: dict[str, Message] = field(default_factory=dict)
    times: dict[uuid.UUID, dt.datetime] = field(default_factory=dict)

    def time_of(self, entry: dict[str, Any]) -> dt.datetime:
        """When the entry happened: so many days before today in the centre's zone, at its own time."""
        day = timezone.now().astimezone(self.zone).date() - dt.timedelta(days=entry["ago"])
        return dt.datetime.combine(day, dt.time.fromisoformat(entry["at"]), self.zone)


def make_groups(data: dict[str, dict[str, Any]], people: dict[str, User], admin: User, zone: dt.tzinfo) -> dict[str, Conversation]:
    """Make every group with its members and messages; return the conversations by the name of their file."""
    return {key: _play(_open(entry, people, admin, zone), entry) for key, entry in data.items()}


def _open(entry: dict[str, Any], people: dict[str, User], admin: User, zone: dt.tzinfo) -> Conversation:
    fields = {name: entry[name] for name in ("name", "purpose", "join_policy", "history_visibility")} | {"capacity": entry.get("capacity")}
    group = peers.make_group(actor=admin, agreement=entry["agreement"].strip(), facilitator=people[entry["facilitator"]], **fields)
    peers.accept(member=people[entry["facilitator"]], group=group, agreed_version=group.agreement_version)
    return Conversation(group, Channel.objects.get(group=group), entry["messages"], people, zone)


def _play(conversation: Conversation, data: dict[str, Any]) -> Conversation:
    """Let the members come, write and go in the order of the file; what is said in one go is one commit."""
    facilitator = conversation.people[data["facilitator"]]
    said: list[dict[str, Any]] = []
    for entry in conversation.entries:
        if "does" in entry or "to" in entry:
            _say(conversation, said)
            said = []
        if "does" in entry:
            _come_or_go(conversation, entry, facilitator)
        else:
            said.append(entry)
    _say(conversation, said)
    _mend(conversation)
    _move(conversation)
    _read(conversation, data.get("unread", {}))
    for person, body in data.get("drafts", {}).items():
        chat.save_draft(member=conversation.people[person], channel=conversation.channel.id, body=body)
    _stand_at_the_door(conversation, data, facilitator)
    return conversation


def _come_or_go(conversation: Conversation, entry: dict[str, Any], facilitator: User) -> None:
    member, group, moment = conversation.people[entry["by"]], conversation.group, conversation.time_of(entry)
    membership = group.memberships.filter(member=member)
    if entry["does"] == "leave":
        peers.leave(member=member, group=group)
        membership.update(ended_at=moment)
    else:
        if group.join_policy != PeerGroup.JoinPolicy.OPEN:
            requests.invite(actor=facilitator, group=group, member=member)
        peers.join(member=member, group=group, agreed_version=group.agreement_version)
        membership.update(joined_at=moment)
    notice = Message.objects.filter(channel=conversation.channel, author=member, kind=Message.Kind.NOTICE).latest("seq")
    conversation.times[notice.id] = moment


def _say(conversation: Conversation, entries: list[dict[str, Any]]) -> None:
    commands: list[Command] = []
    for entry in entries:
        answered = conversation.keyed[entry["to"]].id if "to" in entry else None
        commands.append(Send(conversation.people[entry["by"]].id, conversation.channel.id, uuid.uuid4(), entry["say"], answered))
    for entry, message in zip(entries, _carried_out(commands), strict=True):
        conversation.keyed[_key(entry)] = message
        conversation.times[message.id] = conversation.time_of(entry)


def _carried_out(commands: list[Command]) -> list[Message]:
    """Carry the commands out in one commit, as the site's writer does; the demo has none that may be refused."""
    messages = []
    for result in chat.write_many(commands):
        if isinstance(result, Refused):
            raise result
        messages.append(result)
    return messages


def _key(entry: dict[str, Any]) -> str:
    """What the entry is called in its file: its own key, else its day, time and author."""
    return str(entry.get("key", f"{entry['ago']} {entry['at']} {entry['by']}"))


def _mend(conversation: Conversation) -> None:
    """Carry out what happened to messages after they were sent: edits, deletions, and the signs that others put under them."""
    commands: list[Command] = []
    for entry in conversation.entries:
        if "say" not in entry:
            continue
        member, message = conversation.people[entry["by"]].id, conversation.keyed[_key(entry)].id
        if "edit" in entry:
            commands.append(Edit(member, message, entry["edit"]))
        if "delete" in entry:
            commands.append(Delete(member, message))
        for sign, people in entry.get("signs", {}).items():
            commands += [React(conversation.people[person].id, message, sign, True) for person in people]
    _carried_out(commands)


def _move(conversation: Conversation) -> None:
    """Give every row the time that the file says; what stands before the first entry happened just before it."""
    messages = list(Message.objects.filter(channel=conversation.channel))
    start = min(conversation.times.values()) - A_MOMENT
    for message in messages:
        message.sent_at = conversation.times.get(message.id, start)
        if message.edited_at:
            message.edited_at = message.sent_at + A_MOMENT
        if message.deleted_at:
            message.deleted_at = message.undo_until = message.sent_at + A_MOMENT
    Message.objects.bulk_update(messages, ["sent_at", "edited_at", "deleted_at", "undo_until"])
    wipe_removed()  # as the schedule would have, long ago
    PeerGroup.objects.filter(pk=conversation.group.pk).update(made_at=start)
    conversation.group.memberships.filter(role=Membership.Role.FACILITATOR).update(joined_at=start)
    conversation.group.agreement_texts.update(made_at=start)
    for membership in conversation.group.memberships.all():
        accepted = Acceptance.objects.filter(member=membership.member_id, text__group=conversation.group)
        accepted.update(agreed_at=membership.joined_at)


def _read(conversation: Conversation, unread: dict[str, str]) -> None:
    """Everybody has read everything, but for those who stopped before the message named in the file."""
    places = Participant.objects.filter(channel=conversation.channel, left_version=None)
    places.update(read_seq=Channel.objects.get(pk=conversation.channel.pk).seq)
    for person, key in unread.items():
        places.filter(member=conversation.people[person]).update(read_seq=conversation.keyed[key].seq - 1)


def _stand_at_the_door(conversation: Conversation, data: dict[str, Any], facilitator: User) -> None:
    """Let those wait, ask or have an invitation whom the file says so of."""
    group, people = conversation.group, conversation.people
    for person in data.get("waiting", []):
        requests.wait(member=people[person], group=group)
    for person, line in data.get("asking", {}).items():
        requests.ask(member=people[person], group=group, message=line)
    for person in data.get("invited", []):
        requests.invite(actor=facilitator, group=group, member=people[person])
