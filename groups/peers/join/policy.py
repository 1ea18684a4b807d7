"""Changes of a group's join rules: join policy, capacity and history visibility."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refusal, Refused
from community.members.models import User

from .. import conversation
from ..actions import require_manager, save_named
from ..models import JoinRequest, PeerGroup
from ..verbs import PeersVerb
from . import seats
from .seats import locked


def change(*, actor: User, group: PeerGroup, join_policy: str, capacity: int | None, history_visibility: str, etag: str) -> PeerGroup:
    """Change the join rules, unless they were changed since `etag` was read (`PeerGroup.join_rules_etag`).

    It applies to people who join later: nobody is removed, and nobody in the group sees more or less than before.

    Raises Refused: asked, changed, forbidden, name_taken.
    """
    with transaction.atomic():
        group = locked(group)
        require_manager(actor, group)
        was, wanted = (group.join_policy, group.history_visibility, group.capacity), (join_policy, history_visibility, capacity)
        if was == wanted:
            return group
        if etag != group.join_rules_etag:
            raise Refused(
                Refusal.CHANGED, _("Somebody else changed this in the meantime. Read what it says now; Save replaces it with yours.")
            )
        if join_policy == PeerGroup.JoinPolicy.HIDDEN and group.join_requests.asked().exists():
            raise Refused(Refusal.ASKED, _("Someone has asked to join and is waiting for an answer. Answer first, then hide the group."))
        group.join_policy, group.history_visibility, group.capacity = join_policy, history_visibility, capacity
        if history_visibility != was[1]:
            group.history_visible_from = timezone.now() if history_visibility == PeerGroup.HistoryVisibility.ALL else None
        save_named(group, update_fields=["join_policy", "history_visibility", "history_visible_from", "capacity"])
        _announce(actor, group, *was)
        _settle_requests(actor, group)
        if (was[2] is None) != (capacity is None):
            group.join_requests.open_offers().update(until=seats.offer_until(group))
        seats.offer_free_seats(group)
    return group


def _settle_requests(actor: User, group: PeerGroup) -> None:
    """An open group moves requests to the waiting list. A hidden one ends them: only those of suspended accounts are left."""
    ends = {PeerGroup.JoinPolicy.OPEN: JoinRequest.State.WAITING, PeerGroup.JoinPolicy.HIDDEN: JoinRequest.State.WITHDRAWN}
    if state := ends.get(PeerGroup.JoinPolicy(group.join_policy)):
        for join_request in group.join_requests.filter(state=JoinRequest.State.ASKED):
            seats.move(join_request, state, by=actor)


def _announce(actor: User, group: PeerGroup, join_policy: str, history_visibility: str, capacity: int | None) -> None:
    """Record what was changed in the audit trail, and append notices to the conversation."""
    if group.join_policy != join_policy:
        audit.record(actor=actor, verb=PeersVerb.CHANGE_JOIN_POLICY, target=group.pk)
        conversation.add_notice(group, actor, f"door_{group.join_policy}")
    if group.history_visibility != history_visibility:
        audit.record(actor=actor, verb=PeersVerb.CHANGE_HISTORY_VISIBILITY, target=group.pk)
        conversation.change_history_visibility(group, actor)
    if group.capacity != capacity:
        audit.record(actor=actor, verb=PeersVerb.CHANGE_CAPACITY, target=group.pk)
