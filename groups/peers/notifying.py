"""What this room notifies of: seats that are offered, people who ask to join, decisions, changed agreements, and newcomers to greet."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.members.models import Cohort, User
from community.members.roles import Right
from community.notifications import kinds
from community.notifications.actions import forget_about, mark_each_read, notify
from community.notifications.kinds import NotificationKind, Pair, Shown, Transport
from community.safety.models import Block

from . import words
from .models import JoinRequest, JoinRequestQuerySet, Membership, PeerGroup

State = JoinRequest.State


def _of_group(group: PeerGroup, about: str, part: str = "") -> Shown:
    return Shown(group.name, about, reverse("peers:group", args=[group.pk]) + part, "groups")


def _about(pairs: Collection[Pair]) -> set[str]:
    return {about for _member, about in pairs}


def _own(pairs: Collection[Pair], found: JoinRequestQuerySet) -> dict[Pair, JoinRequest]:
    """Those of `found` that belong to the member of their pair."""
    mine = {(each.member_id, str(each.pk)): each for each in found.filter(pk__in=_about(pairs)).select_related("group")}
    return {pair: mine[pair] for pair in pairs if pair in mine}


# ------------------------------------------------------------- to who wants in


def _offered(about: str, actor: UUID | None) -> Iterable[UUID]:
    return JoinRequest.objects.open_offers().filter(pk=about).values_list("member", flat=True)


def _shown_offers(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    mine = _own(pairs, JoinRequest.objects.open_offers())
    return {pair: _of_group(each.group, words.offer(each)) for pair, each in mine.items()}


def _decided(about: str, actor: UUID | None) -> Iterable[UUID]:
    return JoinRequest.objects.decided().filter(pk=about, seen_at=None).values_list("member", flat=True)


def _shown_decisions(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    mine = _own(pairs, JoinRequest.objects.decided())
    return {pair: _of_group(each.group, words.decision(each)) for pair, each in mine.items()}


# --------------------------------------------------------- to who looks after it


def _answering(groups: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Who answers the join requests of which of these groups, as (member, group): facilitators, else who may make groups."""
    led = set(Membership.objects.leading().filter(group__in=groups).values_list("member", "group"))
    unled = set(groups) - {group for _member, group in led}
    makers = list(User.objects.who_may(Right.MAKE_GROUPS).values_list("pk", flat=True)) if unled else []
    return led | {(maker, group) for maker in makers for group in unled}


def _answerers(about: str, actor: UUID | None) -> Iterable[UUID]:
    asked = JoinRequest.objects.asked().filter(pk=about).values_list("group", flat=True)
    return {member for member, _group in _answering(set(asked))}


def _shown_asked(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    """Without the name, which the group's page has: some facilitator may have blocked that person."""
    asked = {str(each.pk): each for each in JoinRequest.objects.asked().filter(pk__in=_about(pairs)).select_related("group")}
    answering = _answering({each.group_id for each in asked.values()})
    found = {(member, about): asked[about] for member, about in pairs if about in asked}
    return {
        (member, about): _of_group(each.group, _("Somebody is asking to join."), "#asked")
        for (member, about), each in found.items()
        if (member, each.group_id) in answering and member != each.member_id
    }


def _may_answer(member: Any) -> bool:
    return member.may(Right.MAKE_GROUPS) or Membership.objects.leading().filter(member=member).exists()


# ------------------------------------------------------------------ to its members


def _must_agree(about: str, actor: UUID | None) -> Iterable[UUID]:
    return Membership.objects.must_agree().filter(group=UUID(about)).values_list("member", flat=True)


def _shown_agreements(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    members = {member for member, _about in pairs}
    found = Membership.objects.must_agree().filter(group__in=_about(pairs), member__in=members).select_related("group")
    mine = {(each.member_id, str(each.group_id)): each for each in found}
    return {pair: _of_group(mine[pair].group, words.agreement(mine[pair]), "#again") for pair in pairs if pair in mine}


# ------------------------------------------------------------------ to their buddy


def _greeters(newcomers: Iterable[str]) -> dict[Pair, str]:
    """The names of those of these newcomers whom somebody was asked to greet, unless they have blocked them since."""
    found = User.objects.newcomers().filter(pk__in=set(newcomers))
    blocks = set(Block.objects.filter(blocked__in=found).values_list("blocker", "blocked"))
    greeted = found.values_list("invitation__cohort__buddy", "pk", "name")
    return {(buddy, str(person)): name for buddy, person, name in greeted if (buddy, person) not in blocks}


def _who_greets(about: str, actor: UUID | None) -> Iterable[UUID]:
    return [member for member, _newcomer in _greeters([about])]


def _shown_newcomers(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    title, about = _("%(name)s has joined"), _("You were asked to say hello")
    names = _greeters(_about(pairs))
    return {pair: Shown(title % {"name": names[pair]}, about, reverse("peers:hello"), "me") for pair in pairs if pair in names}


def _may_greet(member: Any) -> bool:
    return Cohort.objects.filter(buddy=member).exists()


OFFER = NotificationKind("offer", gettext_lazy("you can join a group"), _shown_offers, _offered)
DECISION = NotificationKind("decision", gettext_lazy("you have an answer from a group"), _shown_decisions, _decided)
ASKED = NotificationKind(
    "asked", gettext_lazy("somebody asks to join a group that you look after"), _shown_asked, _answerers, may=_may_answer
)
AGREEMENT = NotificationKind("agreement", gettext_lazy("a group's agreement has changed"), _shown_agreements, _must_agree)
NEWCOMER = NotificationKind(
    "newcomer",
    gettext_lazy("somebody joins whom you were asked to greet"),
    _shown_newcomers,
    _who_greets,
    leaves_by=frozenset({Transport.EMAIL}),
    may=_may_greet,
)
for kind in (OFFER, DECISION, ASKED, AGREEMENT, NEWCOMER):
    kinds.register(kind)

OF_STATE = {
    State.ASKED: ASKED,
    State.OFFERED: OFFER,
    State.REFUSED: DECISION,
    State.WITHDRAWN: DECISION,
    State.LAPSED: DECISION,
}


def tell_of(join_request: JoinRequest) -> None:
    """Notify whom the state of a join request concerns, and forget what was told of the states before, in the caller's transaction."""
    kind = OF_STATE.get(State(join_request.state))
    forget_about(join_request.pk, *({OFFER.key, DECISION.key, ASKED.key} - ({kind.key} if kind else set())))
    if kind:
        notify(kind.key, join_request.pk, actor=join_request.member if kind is ASKED else None)


def mark_group_read(member: User, group: PeerGroup, join_requests: Iterable[JoinRequest]) -> None:
    """Mark as read what the page of a group shows `member`: its agreement, and these join requests."""
    abouts = [group.pk, *(join_request.pk for join_request in join_requests)]
    mark_each_read(member, [AGREEMENT.key, OFFER.key, DECISION.key, ASKED.key], abouts)


@receiver(post_delete, sender=JoinRequest)
def _forget_join_request(instance: JoinRequest, **kwargs: Any) -> None:
    forget_about(instance.pk, OFFER.key, DECISION.key, ASKED.key)


@receiver(post_delete, sender=PeerGroup)
def _forget_group(instance: PeerGroup, **kwargs: Any) -> None:
    forget_about(instance.pk)
