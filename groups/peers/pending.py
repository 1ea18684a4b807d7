"""What is pending for a member in their groups, in words for Today and the list of groups."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.kit.text.order import by_name
from community.members.models import User

from . import rules, words
from .models import JoinRequest, Membership, PeerGroup


@dataclass(frozen=True)
class PendingItem:
    """One thing that waits for the member: a group, what is pending there, and the address to go to."""

    title: str
    about: str
    url: str
    can_wait: bool = False  # nobody else is waiting for it


def pending_for(member: User) -> list[PendingItem]:
    """Return what is pending for `member`: offers and answers first, what can wait last."""
    return [*_offers(member), *_answers(member), *_requests(member), *_agreements(member), *_without_facilitator(member)]


def _about(group: PeerGroup, about: str, part: str = "", *, can_wait: bool = False) -> PendingItem:
    return PendingItem(group.name, about, reverse("peers:group", args=[group.pk]) + part, can_wait)


def _offers(member: User) -> Iterator[PendingItem]:
    for join_request in JoinRequest.objects.open_offers().filter(member=member).select_related("group").order_by("changed_at"):
        yield _about(join_request.group, words.offer(join_request))


def _answers(member: User) -> Iterator[PendingItem]:
    for join_request in JoinRequest.objects.unseen_decisions_of(member).select_related("group").order_by("changed_at"):
        yield _about(join_request.group, words.decision(join_request))


def _requests(member: User) -> Iterator[PendingItem]:
    """Join requests to answer: for facilitators, and for who may make groups where there is none."""
    led = PeerGroup.objects.filter(pk__in=Membership.objects.leading().filter(member=member).values("group"))
    if rules.can_make(member):
        led |= PeerGroup.objects.without_facilitator()
    asked = JoinRequest.objects.asked().filter(group__in=led).exclude(member=member).order_by()
    counts = dict(asked.values("group").annotate(n=Count("pk")).values_list("group", "n"))
    for group in by_name(PeerGroup.objects.filter(pk__in=counts)):
        number = counts[group.pk]
        about = ngettext("%(count)d person is asking to join.", "%(count)d people are asking to join.", number) % {"count": number}
        yield _about(group, about, "#asked")


def _agreements(member: User) -> Iterator[PendingItem]:
    mine = Membership.objects.must_agree().filter(member=member).select_related("group")
    for membership in by_name(mine, lambda each: each.group.name):
        yield _about(membership.group, words.agreement(membership), "#again", can_wait=True)


def _without_facilitator(member: User) -> Iterator[PendingItem]:
    """For who may make groups: those without a facilitator. One is named, several are counted."""
    if not rules.can_make(member):
        return
    groups = list(PeerGroup.objects.without_facilitator())
    if len(groups) == 1:
        yield _about(groups[0], _("Nobody looks after this group at the moment."), can_wait=True)
    elif groups:
        title = ngettext("%(count)d group", "%(count)d groups", len(groups)) % {"count": len(groups)}
        yield PendingItem(title, _("Nobody looks after these groups at the moment."), reverse("peers:list"), can_wait=True)
