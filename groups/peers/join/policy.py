"""Who may come into a group, how many, and what they see: the rules of joining are changed here."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refusal, Refused
from community.members.models import User

from .. import conversation
from ..actions import managed, save_named
from ..models import JoinRequest, PeerGroup
from ..verbs import PeersVerb
from . import seats
from .seats import locked


def change(*, actor: User, group: PeerGroup, join_policy: str, capacity: int | None, history_visibility: str, edition: str) -> PeerGroup:
    """Change who may come in, how many and what they see, unless that is something else now than in the `edition` changed from.

    What is changed holds for those who come after: nobody is put out, and nobody sees more or less of the talk than before.
    Raises Refused: asked, changed.
    """
    with transaction.atomic():
        group = locked(group)
        managed(actor, group)
        was, wanted = (group.join_policy, group.history_visibility, group.capacity), (join_policy, history_visibility, capacity)
        if was == wanted:
            return group
        if edition != group.joining_edition:
            raise Refused(
                Refusal.CHANGED, _("Somebody else changed this in the meantime. Read what it says now; Save replaces it with yours.")
            )
        if join_policy == PeerGroup.JoinPolicy.HIDDEN and group.join_requests.asked().exists():
            raise Refused(Refusal.ASKED, _("Someone has asked to join and is waiting for an answer. Answer first, then hide the group."))
        group.join_policy, group.history_visibility, group.capacity = join_policy, history_visibility, capacity
        if history_visibility != was[1]:
            group.history_visible_from = timezone.now() if history_visibility == PeerGroup.HistoryVisibility.ALL else None
        save_named(group, update_fields=["join_policy", "history_visibility", "history_visible_from", "capacity"])
        _tell(actor, group, *was)
        _settle_questions(actor, group)
        if (was[2] is None) != (capacity is None):
            group.join_requests.standing().update(until=seats.offer_until(group))
        seats.pass_on(group)
    return group


def _settle_questions(actor: User, group: PeerGroup) -> None:
    """Into an open group who has asked may come. In a hidden group only questions of paused accounts are left, and end."""
    ends = {PeerGroup.JoinPolicy.OPEN: JoinRequest.State.WAITING, PeerGroup.JoinPolicy.HIDDEN: JoinRequest.State.WITHDRAWN}
    if state := ends.get(PeerGroup.JoinPolicy(group.join_policy)):
        for join_request in group.join_requests.filter(state=JoinRequest.State.ASKED):
            seats.move(join_request, state, by=actor)


def _tell(actor: User, group: PeerGroup, join_policy: str, history_visibility: str, capacity: int | None) -> None:
    """Note and tell who may join and what newcomers see, where that is another than it was."""
    if group.join_policy != join_policy:
        audit.record(actor=actor, verb=PeersVerb.CHANGE_JOIN_POLICY, target=group.pk)
        conversation.tell(group, actor, f"door_{group.join_policy}")
    if group.history_visibility != history_visibility:
        audit.record(actor=actor, verb=PeersVerb.CHANGE_HISTORY_VISIBILITY, target=group.pk)
        conversation.change_history_visibility(group, actor)
    if group.capacity != capacity:
        audit.record(actor=actor, verb=PeersVerb.CHANGE_CAPACITY, target=group.pk)
