"""Every write by which somebody is on their way into a group. They come in by `actions.join`, with the agreement accepted."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused
from community.members.joining.asking import asked_by
from community.members.models import User

from .. import rules
from ..actions import managed, membership_of, not_found
from ..models import JoinRequest, PeerGroup
from ..verbs import PeersVerb
from . import seats
from .seats import locked

TOO_MANY_QUESTIONS = gettext_lazy("You've asked several groups today. You can ask again tomorrow.")


def _request(group: PeerGroup, member: User) -> JoinRequest | None:
    return group.join_requests.filter(member=member).first()


def _may_let_in(actor: User, group: PeerGroup, member: User) -> None:
    if not rules.can_let_in(actor, managed(actor, group), member):
        raise Refused(Refusal.SELF, _("Someone else who looks after groups has to let you in."))


def _may_ask(member: User) -> None:
    """Refuse who has asked very often lately."""
    audit.throttle(actor=member, verbs=(PeersVerb.ASK,), rate=limits.JOIN_QUESTION_RATE, sentence=TOO_MANY_QUESTIONS)


def ask(*, member: User, group: PeerGroup, message: str = "") -> JoinRequest:
    """Ask to join, with a message to those who answer. Idempotent. Raises Refused: closed."""
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
        _may_ask(member)
        join_request = seats.begin(group, member, JoinRequest.State.ASKED, origin=JoinRequest.Origin.ASKED, message=message)
        audit.record(actor=member, verb=PeersVerb.ASK, target=group.pk)
    return join_request


def wait(*, member: User, group: PeerGroup) -> JoinRequest:
    """Join the waiting list of an open group. If one is free by now, it is offered at once. Raises Refused: closed."""
    with transaction.atomic():
        group = locked(group)
        seats.pass_on(group)
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
        seats.pass_on(group)
        join_request.refresh_from_db()
    return join_request


def take_back(*, member: User, group: PeerGroup) -> JoinRequest:
    """Take one's own question back, leave the waiting list, or turn an offer down: its place goes to the next."""
    with transaction.atomic():
        group = locked(group)
        join_request = _request(group, member)
        if join_request is None or not join_request.is_open:
            raise not_found()
        seats.move(join_request, JoinRequest.State.TAKEN_BACK)
        audit.record(actor=member, verb=PeersVerb.TAKE_BACK, target=group.pk)
        seats.pass_on(group)
    return join_request


def answer(*, actor: User, group: PeerGroup, member: User, yes: bool, answer: str = "") -> JoinRequest:
    """Answer a question, with a kind word if wanted. A yes gives the next free place in the order of asking.

    Raises Refused: answered, self.
    """
    with transaction.atomic():
        group = locked(group)
        _may_let_in(actor, group, member)
        join_request = _request(group, member)
        if join_request is None or join_request.state != JoinRequest.State.ASKED:
            raise Refused(Refusal.ANSWERED, _("This request has been answered or taken back."))
        seats.move(join_request, JoinRequest.State.WAITING if yes else JoinRequest.State.REFUSED, by=actor, answer=answer)
        audit.record(actor=actor, verb=PeersVerb.SAY_YES if yes else PeersVerb.SAY_NO, target=member.pk)
        seats.pass_on(group)
        join_request.refresh_from_db()
    return join_request


def named(*, actor: User, name: str) -> User:
    """Return whom `actor` means by the name that people here see. Raises Refused: nobody, rate_limited."""
    with asked_by(actor):
        alike = User.objects.looking_like(name) & User.objects.active()
        person = alike.filter(name=name).first() or alike.first()
        if person is None:
            raise Refused(Refusal.NOBODY, _("Nobody here goes by that name. Check how they spell it."))
    return person


def invite(*, actor: User, group: PeerGroup, member: User) -> JoinRequest:
    """Offer somebody a place, also in a hidden group, and also one who was removed. They come in when they accept the agreement.

    Raises Refused: already, full, invited, nobody, self, waiting.
    """
    with transaction.atomic():
        group = locked(group)
        _may_let_in(actor, group, member)
        if not User.objects.active().filter(pk=member.pk).exists():
            raise Refused(Refusal.NOBODY, _("There's nobody here by that name."))
        if rules.belongs(membership_of(group, member)):
            raise Refused(Refusal.ALREADY, _("%(name)s is already in the group.") % {"name": member})
        seats.pass_on(group)
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
    """Take an offer back, or somebody off the waiting list. Raises Refused: not_found."""
    with transaction.atomic():
        group = locked(group)
        managed(actor, group)
        join_request = _request(group, member)
        if join_request is None or join_request.state not in (JoinRequest.State.OFFERED, JoinRequest.State.WAITING):
            raise Refused(Refusal.NOT_FOUND, _("They're no longer invited or on the waiting list."))
        seats.move(join_request, JoinRequest.State.WITHDRAWN)
        audit.record(actor=actor, verb=PeersVerb.WITHDRAW, target=member.pk)
        seats.pass_on(group)
    return join_request


def read_answer(*, member: User, group: PeerGroup) -> None:
    """Note that a member has read what became of their way in, so that Today does not tell it again."""
    with transaction.atomic():
        JoinRequest.objects.answers_to(member).filter(group=group).update(seen_at=timezone.now())
