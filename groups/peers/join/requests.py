"""Every write to a join request. A member joins by `actions.join`, with the agreement accepted."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused
from community.members.models import User
from community.members.people.disclosure_limits import limit_disclosures

from .. import rules
from ..actions import membership_of, not_found, require_manager
from ..models import JoinRequest, PeerGroup
from ..verbs import PeersVerb
from . import seats
from .seats import locked

TOO_MANY_REQUESTS = gettext_lazy("You've asked several groups today. You can ask again tomorrow.")


def _request(group: PeerGroup, member: User) -> JoinRequest | None:
    return group.join_requests.filter(member=member).first()


def _require_can_let_in(actor: User, group: PeerGroup, member: User) -> None:
    if not rules.can_let_in(actor, require_manager(actor, group), member):
        raise Refused(Refusal.SELF, _("Someone else who looks after groups has to let you in."))


def _throttle_requests(member: User) -> None:
    """Refuse a member who has asked too often lately (limits.JOIN_QUESTION_RATE)."""
    audit.throttle(actor=member, verbs=(PeersVerb.ASK,), rate=limits.JOIN_QUESTION_RATE, sentence=TOO_MANY_REQUESTS)


def ask(*, member: User, group: PeerGroup, message: str = "") -> JoinRequest:
    """Ask to join, with a message to the facilitators. Idempotent. Raises Refused: closed, not_found, rate_limited."""
    with transaction.atomic():
        group = locked(group)
        membership, join_request = membership_of(group, member), _request(group, member)
        if join_request is not None and join_request.is_open:
            return join_request
        if not rules.can_ask(group, membership, join_request):
            raise (
                not_found()
                if group.join_policy == PeerGroup.JoinPolicy.HIDDEN
                else Refused(Refusal.CLOSED, _("You can't ask to join this group right now."))
            )
        _throttle_requests(member)
        join_request = seats.begin(group, member, JoinRequest.State.ASKED, origin=JoinRequest.Origin.ASKED, message=message)
        audit.record(actor=member, verb=PeersVerb.ASK, target=group.pk)
    return join_request


def wait(*, member: User, group: PeerGroup) -> JoinRequest:
    """Go on the waiting list of an open group. A seat that is free by now is offered at once. Raises Refused: closed, not_found."""
    with transaction.atomic():
        group = locked(group)
        seats.offer_free_seats(group)
        membership, join_request = membership_of(group, member), _request(group, member)
        if join_request is not None and join_request.is_open:
            return join_request
        counted = seats.counted(group, member)
        if not (rules.can_wait(counted, membership, join_request) or rules.can_join(counted, membership, join_request)):
            raise (
                not_found()
                if group.join_policy == PeerGroup.JoinPolicy.HIDDEN
                else Refused(Refusal.CLOSED, _("You can't wait for a place here."))
            )
        join_request = seats.begin(group, member, JoinRequest.State.WAITING, origin=JoinRequest.Origin.WAITED)
        audit.record(actor=member, verb=PeersVerb.WAIT, target=group.pk)
        seats.offer_free_seats(group)
        join_request.refresh_from_db()
    return join_request


def take_back(*, member: User, group: PeerGroup) -> JoinRequest:
    """Withdraw one's own request, leave the waiting list, or decline an offer, whose seat goes to the next. Raises Refused: not_found."""
    with transaction.atomic():
        group = locked(group)
        join_request = _request(group, member)
        if join_request is None or not join_request.is_open:
            raise not_found()
        seats.move(join_request, JoinRequest.State.TAKEN_BACK)
        audit.record(actor=member, verb=PeersVerb.TAKE_BACK, target=group.pk)
        seats.offer_free_seats(group)
    return join_request


def answer(*, actor: User, group: PeerGroup, member: User, yes: bool, answer: str = "") -> JoinRequest:
    """Accept or decline a request, with a note if wanted. A yes puts it on the waiting list, by when it was made.

    Raises Refused: answered, forbidden, self.
    """
    with transaction.atomic():
        group = locked(group)
        _require_can_let_in(actor, group, member)
        join_request = _request(group, member)
        if join_request is None or join_request.state != JoinRequest.State.ASKED:
            raise Refused(Refusal.ANSWERED, _("This request has been answered or taken back."))
        seats.move(join_request, JoinRequest.State.WAITING if yes else JoinRequest.State.REFUSED, by=actor, answer=answer)
        audit.record(actor=actor, verb=PeersVerb.SAY_YES if yes else PeersVerb.SAY_NO, target=member.pk)
        seats.offer_free_seats(group)
        join_request.refresh_from_db()
    return join_request


def named(*, actor: User, name: str) -> User:
    """Return the active member whose display name `name` is, or looks like. Raises Refused: nobody, rate_limited."""
    with limit_disclosures(actor):
        alike = User.objects.looking_like(name) & User.objects.active()
        person = alike.filter(name=name).first() or alike.first()
        if person is None:
            raise Refused(Refusal.NOBODY, _("Nobody here goes by that name. Check how they spell it."))
    return person


def invite(*, actor: User, group: PeerGroup, member: User) -> JoinRequest:
    """Offer somebody a seat, also in a hidden group, and also if they were removed. They join by accepting the agreement.

    Raises Refused: already, forbidden, full, invited, nobody, self, waiting.
    """
    with transaction.atomic():
        group = locked(group)
        _require_can_let_in(actor, group, member)
        if not User.objects.active().filter(pk=member.pk).exists():
            raise Refused(Refusal.NOBODY, _("There's nobody here by that name."))
        if rules.belongs(membership_of(group, member)):
            raise Refused(Refusal.ALREADY, _("%(name)s is already in the group.") % {"name": member})
        seats.offer_free_seats(group)
        join_request = _request(group, member)
        if join_request is not None and join_request.state == JoinRequest.State.OFFERED:
            raise Refused(Refusal.INVITED, _("%(name)s is already invited.") % {"name": member})
        if join_request is not None and join_request.state == JoinRequest.State.WAITING:
            raise Refused(
                Refusal.WAITING, _("%(name)s is on the waiting list, and is offered a place when one is free.") % {"name": member}
            )
        if seats.counted(group, member).is_full:
            raise Refused(Refusal.FULL, _("The group is full. Give it more places first, or wait until one is free."))
        until = seats.offer_until(group)
        join_request = seats.begin(group, member, JoinRequest.State.OFFERED, origin=JoinRequest.Origin.INVITED, by=actor, until=until)
        audit.record(actor=actor, verb=PeersVerb.INVITE, target=member.pk)
    return join_request


def withdraw(*, actor: User, group: PeerGroup, member: User) -> JoinRequest:
    """Withdraw an offer, or take somebody off the waiting list. Raises Refused: forbidden, not_found."""
    with transaction.atomic():
        group = locked(group)
        require_manager(actor, group)
        join_request = _request(group, member)
        if join_request is None or join_request.state not in (JoinRequest.State.OFFERED, JoinRequest.State.WAITING):
            raise Refused(Refusal.NOT_FOUND, _("They're no longer invited or on the waiting list."))
        seats.move(join_request, JoinRequest.State.WITHDRAWN)
        audit.record(actor=actor, verb=PeersVerb.WITHDRAW, target=member.pk)
        seats.offer_free_seats(group)
    return join_request


def see_decision(*, member: User, group: PeerGroup) -> None:
    """Record that a member has seen what was decided about their join request, so that Today stops showing it."""
    with transaction.atomic():
        JoinRequest.objects.unseen_decisions_of(member).filter(group=group).update(seen_at=timezone.now())
