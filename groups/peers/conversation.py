"""A group's conversation. What changes in a group is carried into its channels in the same transaction, with the group's row locked."""

from uuid import UUID

from community.members.models import User
from groups.chat import actions as chat

from .models import CHANNEL_KIND, GroupChannel, Membership, PeerGroup


def _channels(group: UUID) -> list[UUID]:
    """The ids of its channels, in the order in which whoever locks several of them does it."""
    return list(GroupChannel.objects.filter(group=group).order_by("channel").values_list("channel", flat=True))


def begin(group: PeerGroup) -> None:
    """Give a new group its conversation."""
    channel = chat.open_channel(kind=CHANNEL_KIND, about=group.pk, name=group.name, history_visibility=group.history_visibility)
    GroupChannel.objects.create(group=group, channel=channel)


def rename(group: PeerGroup) -> None:
    """Call it as the group is called now."""
    for channel in _channels(group.pk):
        chat.rename_channel(channel=channel, name=group.name)


def end(link: GroupChannel) -> None:
    """Let it go with its group."""
    chat.remove_channel(channel=link.channel_id)


def let_in(group: PeerGroup, member: User, role: str, *, returning: bool = False) -> None:
    """Let a member of the group take part."""
    for channel in _channels(group.pk):
        chat.add_participant(channel=channel, member=member, role=role, returning=returning)


def let_go(membership: Membership) -> None:
    """End the part of somebody whose membership has ended."""
    for channel in _channels(membership.group_id):
        chat.end_participation(channel=channel, member=membership.member, removed=membership.was_removed)


def give_role(membership: Membership) -> None:
    """Show who facilitates, and who no longer does."""
    for channel in _channels(membership.group_id):
        chat.change_role(channel=channel, member=membership.member, role=membership.role)


def tell(group: PeerGroup, about: User, word: str) -> None:
    """Tell of something that `about` changed, by the word of a notice (`owner.GroupConversations.notices`)."""
    for channel in _channels(group.pk):
        chat.add_notice(channel=channel, about=about, word=word)


def change_history_visibility(group: PeerGroup, actor: User) -> None:
    """Tell what newcomers see from now on, and hold to it."""
    for channel in _channels(group.pk):
        chat.change_history_visibility(channel=channel, actor=actor, visibility=group.history_visibility)
