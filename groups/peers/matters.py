"""What waits for a member in their groups, in words: what Today shows of this room."""

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
class Matter:
    """One thing that waits."""

    title: str
    about: str
    url: str
    can_wait: bool = False  # nobody is waiting for it


def matters_for(member: User) -> list[Matter]:
    """Return what waits for `member`, what asks for an answer first."""
    return [*_offers(member), *_answers(member), *_questions(member), *_agreements(member), *_unled(member)]


def _about(group: PeerGroup, about: str, part: str = "", *, can_wait: bool = False) -> Matter:
    return Matter(group.name, about, reverse("peers:group", args=[group.pk]) + part, can_wait)


def _offers(member: User) -> Iterator[Matter]:
    for join_request in JoinRequest.objects.standing().filter(member=member).select_related("group").order_by("changed_at"):
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


def _answers(member: User) -> Iterator[Matter]:
    for join_request in JoinRequest.objects.answers_to(member).select_related("group").order_by("changed_at"):
        words = {
            JoinRequest.State.REFUSED: _("Your request has an answer."),
            JoinRequest.State.WITHDRAWN: _("You're no longer on the way into this group."),
            JoinRequest.State.LAPSED: _("The place that was kept for you went to the next person on the waiting list."),
        }[JoinRequest.State(join_request.state)]
        yield _about(join_request.group, words)


def _questions(member: User) -> Iterator[Matter]:
    """For facilitators; where nobody else is there to answer, for admins."""
    led = PeerGroup.objects.filter(pk__in=Membership.objects.leading().filter(member=member).values("group"))
    if rules.can_make(member):
        led |= PeerGroup.objects.without_facilitator()
    asked = JoinRequest.objects.asked().filter(group__in=led).exclude(member=member).order_by()
    counts = dict(asked.values("group").annotate(n=Count("pk")).values_list("group", "n"))
    for group in by_name(PeerGroup.objects.filter(pk__in=counts)):
        number = counts[group.pk]
        about = ngettext("%(count)d person is asking to join.", "%(count)d people are asking to join.", number) % {"count": number}
        yield _about(group, about, "#asked")


def _agreements(member: User) -> Iterator[Matter]:
    for membership in by_name(Membership.objects.owing(member).select_related("group"), lambda owing: owing.group.name):
        words = _("The agreement has changed. Read it when you can.") if membership.agreed_version else _("Please read the agreement.")
        if membership.leads and not membership.agreed_version:
            words = _("You look after this group now. Please read its agreement.")
        yield _about(membership.group, words, "#again", can_wait=True)


def _unled(member: User) -> Iterator[Matter]:
    """For admins: a group that nobody looks after stands by its own name, several as a number."""
    if not rules.can_make(member):
        return
    groups = list(PeerGroup.objects.without_facilitator())
    if len(groups) == 1:
        yield _about(groups[0], _("Nobody looks after this group at the moment."), can_wait=True)
    elif groups:
        title = ngettext("%(count)d group", "%(count)d groups", len(groups)) % {"count": len(groups)}
        yield Matter(title, _("Nobody looks after these groups at the moment."), reverse("peers:list"), can_wait=True)
