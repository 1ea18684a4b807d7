"""What a conversation shows of the group that it belongs to."""

from collections.abc import Collection
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.members.models import User
from groups.chat.models import Channel
from groups.chat.owners import Banner, Link, Owner, Wording

from .access import ended
from .models import Membership, PeerGroup


class GroupConversations:
    """The kind of channel that groups have (`chat.owners.ChannelKind`)."""

    def owner(self, member: User, channel: UUID) -> Owner:
        memberships = Membership.objects.current().select_related("group")
        mine = get_object_or_404(memberships, member=member, group__channels=channel)
        page = reverse("peers:group", args=[mine.group_id])
        pending = _("The agreement is waiting for your yes. You can keep writing in the meantime.")
        return Owner(
            purpose=mine.group.purpose,
            page=page,
            people=f"{page}#who",
            links=(Link(_("What we agree on"), reverse("peers:agreement", args=[mine.group_id])), Link(_("The group’s page"), page)),
            banner=None if mine.agreed_version == mine.group.agreement_version else Banner(pending, Link(_("Read it"), page)),
        )

    def ended(self, member: User, channel: UUID) -> Http404 | None:
        return ended(member, group__channels=channel)

    def names_for_former(self, member: User, channels: Collection[Channel]) -> dict[UUID, str]:
        known = set(PeerGroup.objects.visible_to(member).filter(channels__in=channels).values_list("channels", flat=True))
        return {channel.pk: channel.name for channel in channels if channel.pk in known}

    def wording(self) -> Wording:
        out = _("You’re no longer in this group, so its messages aren’t shown here.")
        return Wording(
            yours=_("Your groups"),
            all=_("All groups"),
            all_url=reverse("peers:list"),
            back=_("Back to groups"),
            see=_("See groups"),
            about=_("About the group"),
            people_here=_("People in this group"),
            ended={"left": _("You have left this group."), "removed": f"{out} {centre().whom_to_ask}", "ended": out},
        )

    def notices(self) -> dict[str, str]:
        return {
            "other": _("Something changed in the group"),
            "joined": _("%(name)s joined the group"),
            "left": _("%(name)s left the group"),
            "removed": _("%(name)s is no longer in the group"),
            "agreement": _("The group’s agreement was changed"),
            "door_open": _("The group is open now: every member sees it and may join"),
            "door_ask": _("Who may join has changed: every member sees the group and may ask to join"),
            "door_invited": _("Who may join has changed: every member sees the group, and people join by invitation"),
            "door_hidden": _("The group is hidden now: only its people and those who are invited see it"),
        }
