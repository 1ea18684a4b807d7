"""What is pending for a member in their groups, in words for Today and the list of groups."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.kit.text.order import by_name
from community.members.models import User

from . import rules
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
        words = {
            JoinRequest.Origin.INVITED: _("You're invited to this group."),
            JoinRequest.Origin.ASKED: _("You asked to join, and the answer is yes."),
            JoinRequest.Origin.WAITED: _("A place is free for you."),
            JoinRequest.Origin.SUGGESTED: _("This group is suggested to you."),
        }[JoinRequest.Origin(join_request.origin)]
        if join_request.until:
            # Translators: a day as people say it, in Django's date format letters.
            words += " " + _("It's kept for you until %(day)s.") % {"day": date_format(localtime(join_request.until), _("l, F j"))}
        yield _about(join_request.group, words)


def _answers(member: User) -> Iterator[PendingItem]:
    for join_request in JoinRequest.objects.unseen_decisions_of(member).select_related("group").order_by("changed_at"):
        words = {
            JoinRequest.State.REFUSED: _("Your request has an answer."),
            JoinRequest.State.WITHDRAWN: _("You're no longer on the way into this group."),
            JoinRequest.State.LAPSED: _("The place that was kept for you went to the next person on the waiting list."),
        }[JoinRequest.State(join_request.state)]
        yield _about(join_request.group, words)


def _requests(member: User) -> Iterator[PendingItem]:
    """Join requests to answer: for facilitators, and for admins in groups without one."""
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
    for membership in by_name(Membership.objects.must_agree(member).select_related("group"), lambda each: each.group.name):
        words = _("The agreement has changed. Read it when you can.") if membership.agreed_version else _("Please read the agreement.")
        if membership.leads and not membership.agreed_version:
            words = _("You look after this group now. Please read its agreement.")
        yield _about(membership.group, words, "#again", can_wait=True)


def _without_facilitator(member: User) -> Iterator[PendingItem]:
    """For admins: groups without a facilitator. One is named, several are counted."""
    if not rules.can_make(member):
        return
    groups = list(PeerGroup.objects.without_facilitator())
    if len(groups) == 1:
        yield _about(groups[0], _("Nobody looks after this group at the moment."), can_wait=True)
    elif groups:
        title = ngettext("%(count)d group", "%(count)d groups", len(groups)) % {"count": len(groups)}
        yield PendingItem(title, _("Nobody looks after these groups at the moment."), reverse("peers:list"), can_wait=True)
