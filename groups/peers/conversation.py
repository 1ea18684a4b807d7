"""A group's conversation: changes of a group are carried into its channels, in the same transaction and with the group's row locked."""

from uuid import UUID

from community.members.models import User
from groups.chat import actions as chat

from .models import CHANNEL_KIND, GroupChannel, Membership, PeerGroup


def _channels(group: UUID) -> list[UUID]:
    """The ids of its channels, in the order in which they have to be locked."""
    return list(GroupChannel.objects.filter(group=group).order_by("channel").values_list("channel", flat=True))


def open_channel(group: PeerGroup) -> None:
    """Open the conversation of a new group."""
    channel = chat.open_channel(kind=CHANNEL_KIND, about=group.pk, name=group.name, history_visibility=group.history_visibility)
    GroupChannel.objects.create(group=group, channel=channel)


def rename_channels(group: PeerGroup) -> None:
    """Give its channels the group's current name."""
    for channel in _channels(group.pk):
        chat.rename_channel(channel=channel, name=group.name)


def remove_channel(link: GroupChannel) -> None:
    """Delete the channel of a group that is deleted."""
    chat.remove_channel(channel=link.channel_id)


def add_participant(group: PeerGroup, member: User, role: str, *, returning: bool = False) -> None:
    """Add a member of the group to its channels; `returning` where they undo leaving."""
    for channel in _channels(group.pk):
        chat.add_participant(channel=channel, member=member, role=role, returning=returning)


def end_participation(membership: Membership) -> None:
    """End the participation of somebody whose membership has ended."""
    for channel in _channels(membership.group_id):
        chat.end_participation(channel=channel, member=membership.member, removed=membership.was_removed)


def change_role(membership: Membership) -> None:
    """Give the member's participant the role of their membership."""
    for channel in _channels(membership.group_id):
        chat.change_role(channel=channel, member=membership.member, role=membership.role)


def add_notice(group: PeerGroup, about: User, word: str) -> None:
    """Append a notice about `about`; `word` is a key of `owner.GroupConversations.notices`."""
    for channel in _channels(group.pk):
        chat.add_notice(channel=channel, about=about, word=word)


def change_history_visibility(group: PeerGroup, actor: User) -> None:
    """Apply the group's history visibility to its channels, with a notice."""
    for channel in _channels(group.pk):
        chat.change_history_visibility(channel=channel, actor=actor, visibility=group.history_visibility)
