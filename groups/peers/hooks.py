"""What peer groups register with the rooms below."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from community.centre import policies, retention
from community.kit.text.order import by_name
from community.members import personal_data, roles, seams
from community.members.joining import steps
from community.members.models import Cohort, User
from community.members.personal_data import Closing, Erasure, Export, Held
from community.members.roles import Right
from community.members.seams import closing, joined
from community.notifications import waiting
from community.notifications.actions import notify
from community.notifications.announcements import audiences
from community.notifications.announcements.audiences import AnnouncementAudience, Parts
from community.notifications.waiting import GroupRow, Row, Urgency
from community.safety import contacts
from community.safety.contacts import Contact
from groups.chat import owners

from . import actions, conversation, download, notifying  # noqa: F401  (download registers what a member's copy holds)
from .models import CHANNEL_KIND, AgreementDraft, GroupChannel, JoinRequest, Membership, NewAgreement, PeerGroup, Suggestion
from .owner import GroupConversations
from .pending import pending_for
from .reading import in_no_group, newest_conversations_of
from .suggestions import actions as suggestions

owners.register(CHANNEL_KIND, GroupConversations())


@receiver(post_delete, sender=GroupChannel)
def end_conversation(instance: GroupChannel, **kwargs: Any) -> None:
    """A group's conversation is deleted with it."""
    conversation.remove_channel(instance)


steps.register_group_step("suggestions:welcome")
seams.NEWCOMERS.append("peers:hello")
seams.SUGGESTING.update(cohort="suggestions:cohort", person="suggestions:person")
seams.PEOPLE.append(seams.PeopleMark("groupless", _("No group yet"), in_no_group, is_chip=False))


def _cohort_row(cohort: Cohort) -> seams.LinkRow:
    suggested = Suggestion.objects.filter(cohort=cohort).select_related("group")
    names = [str(group) for group in by_name(each.group for each in suggested)]
    about = ", ".join(names) or gettext("None besides the open ones")
    page = reverse("suggestions:cohort", args=[cohort.pk])
    return seams.LinkRow(gettext("Groups suggested when they join"), about, page, gettext("Choose groups"))


seams.COHORT.append(_cohort_row)


def _groups_of(member: User) -> Iterator[GroupRow]:
    for mine, words in newest_conversations_of(member):
        about = gettext("You're in this group now. Say hello when you like.") if mine.just_joined and not mine.unread else ""
        yield GroupRow(mine.name, mine.url, mine.unread, mine.unread_shown, words.at if words else None, about)


def _in_groups(member: User) -> Iterator[Row]:
    """What waits for them in their groups, whom they were asked to welcome, and where they are in none, that there are some."""
    if member.may(Right.MAKE_GROUPS) and not PeerGroup.objects.exists():
        about = gettext("There is no group yet that people could join.")
        yield Row("groups", gettext("Make a group"), about, reverse("peers:new"), Urgency.FIRST_STEP)
    if not PeerGroup.objects.of(member).exists() and PeerGroup.objects.visible_to(member).exists():
        about = gettext("You're not in a group yet. There's no hurry.")
        yield Row("groups", gettext("Choose a group"), about, reverse("peers:list"), Urgency.CHOICE)
    for item in pending_for(member):
        yield Row("groups", item.title, item.about, item.url, Urgency.CAN_WAIT if item.can_wait else Urgency.WAITED_FOR)
    if newcomers := list(User.objects.newcomers_to(member)):
        title = ngettext("%(name)s has joined", "%(name)s and others have joined", len(newcomers)) % {"name": newcomers[0]}
        yield Row("me", title, gettext("You were asked to say hello"), reverse("peers:hello"), Urgency.ASKED)


waiting.register_groups(_groups_of)
waiting.register(_in_groups)


@receiver(closing)
def leave_all(member: User, **kwargs: Any) -> None:
    actions.leave_every_group(member=member)
    JoinRequest.objects.filter(member=member).update(message="", answer="")  # which nobody can read anymore


def _led_alone(member: User) -> list[seams.LinkRow]:
    """The groups that nobody looks after but `member`, while somebody else is in them."""
    others = Membership.objects.current().exclude(member=member).filter(group=OuterRef("group"))
    leading = Membership.objects.leading().exclude(member=member).filter(group=OuterRef("group"))
    led = Membership.objects.leading().filter(Exists(others), ~Exists(leading), member=member).select_related("group")
    about = gettext("Nobody else looks after this group. An admin or a coordinator can choose somebody who does.")
    page = [(each.group.name, reverse("peers:people", args=[each.group_id])) for each in by_name(led, lambda each: each.group.name)]
    return [seams.LinkRow(name, about, url) for name, url in page]


seams.BEFORE_CLOSING.append(_led_alone)


@receiver(joined)
def welcome(member: User, **kwargs: Any) -> None:
    suggestions.welcome(member=member)
    notify(notifying.NEWCOMER.key, member.pk, actor=member)


def _shared_groups(member: User, other: User) -> list[Contact]:
    """The groups that both are in. Former members are found by what they wrote (`chat.hooks`)."""
    mine = Membership.objects.current().filter(member=member).values("group")
    both = Membership.objects.current().filter(group__in=mine, member=other)
    return [Contact(group) for group in both.values_list("group", flat=True)]


def _join_request_contacts(member: User, other: User) -> list[Contact]:
    """The groups in which `other` has asked `member` to be let in, or has invited or answered them."""
    led = Membership.objects.leading().filter(member=member).values("group")
    asking = JoinRequest.objects.asked().filter(group__in=led, member=other)
    named = ~Q(answer="") | Q(state=JoinRequest.State.OFFERED, origin=JoinRequest.Origin.INVITED)
    answered = JoinRequest.objects.filter(named, group__in=PeerGroup.objects.visible_to(member).values("pk"), member=member, by=other)
    return [
        *(Contact(each.group_id, each.message, each.made_at) for each in asking),
        *(Contact(each.group_id, each.answer, each.changed_at) for each in answered),
    ]


def _visible_names(reader: User, groups: Collection[UUID]) -> list[str]:
    """Return the names of those `groups` that `reader` may know of."""
    return list(PeerGroup.objects.visible_to(reader).filter(pk__in=groups).values_list("name", flat=True))


contacts.register(_shared_groups)
contacts.register(_join_request_contacts)
contacts.register_names(_visible_names)


def _left_long_ago(before: dt.datetime) -> QuerySet[Membership]:
    """Only those that the member ended: without the row of a removal, the removed member could join again."""
    return Membership.objects.filter(ended_at__lt=before, ended_by=F("member"))


retention.register("keep_memberships", _left_long_ago)


def _members_of() -> QuerySet[Any, Any]:
    return Membership.objects.current().order_by().values(person=F("member"), part=F("group"))


_PARTS = Parts(_("Which groups"), _("Choose at least one group."), PeerGroup.objects.visible_to, _members_of)
audiences.register(AnnouncementAudience("groups", _("Groups"), _PARTS))


def _led_by(member: User) -> list[tuple[str, str]]:
    led = Membership.objects.current().filter(member=member, role=Membership.Role.FACILITATOR).select_related("group")
    return [(m.group.name, reverse("peers:people", args=[m.group_id])) for m in by_name(led, lambda m: m.group.name)]


roles.register(
    _("Facilitator of a group"),
    may=_(
        "In that group alone: change its name, purpose, agreement and who may join, answer people who ask to join, "
        "invite people, and remove members."
    ),
    held=_led_by,
)


def _as_list(body: str) -> str:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in body.splitlines() if line.strip())))


policies.register(
    policies.Policy(
        key="agreement",
        label=_("Agreement for new groups"),
        about=_("A new group begins with the newest version, and can change it. Groups that exist already keep theirs."),
        versions=NewAgreement,
        draft=AgreementDraft,
        html=_as_list,
    )
)

personal_data.register(
    "peers.Membership",
    member=Held("Which groups they joined and left, and when.", Closing.ENDED, Erasure.DELETED, Export.DID),
    ended_by=Held("Who ended a membership: the member, or who removed them.", Closing.KEPT, Erasure.UNNAMED, Export.WORK),
)
personal_data.register(
    "peers.JoinRequest",
    member=Held(
        "Which groups they asked to join, waited for or were invited to, and what came of it.", Closing.ENDED, Erasure.DELETED, Export.DID
    ),
    by=Held("Who invited somebody to a group, or answered them.", Closing.KEPT, Erasure.UNNAMED, Export.WORK),
)
personal_data.register(
    "peers.AgreementText", made_by=Held("Who wrote a version of a group's agreement.", Closing.KEPT, Erasure.UNNAMED, Export.WORK)
)
personal_data.register(
    "peers.Acceptance", member=Held("Which agreements they accepted, and when.", Closing.KEPT, Erasure.DELETED, Export.DID)
)
