"""Every write by which somebody is on their way into a group. They come in by `actions.join`, with the agreement accepted."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.kit import audit
from community.kit.errors import Refused
from community.members.asking import asked_by
from community.members.models import User

from . import places, rules
from .actions import managed, membership_of, not_found
from .models import Arrival, PeerGroup
from .places import locked

MOST_QUESTIONS, ASKED_WITHIN = 5, dt.timedelta(days=1)  # over all groups: somebody has to read and answer each
TOO_MANY_QUESTIONS = gettext_lazy("You've asked several groups today. You can ask again tomorrow.")


def _arrival(group: PeerGroup, member: User) -> Arrival | None:
    return group.arrivals.filter(member=member).first()


def _may_let_in(actor: User, group: PeerGroup, member: User) -> None:
    if not rules.can_let_in(actor, managed(actor, group), member):
        raise Refused("self", _("Someone else who looks after groups has to let you in."))


def _may_ask(member: User) -> None:
    """Refuse who has asked very often lately."""
    audit.hold_back(actor=member, verbs=("peers.ask",), most=MOST_QUESTIONS, within=ASKED_WITHIN, sentence=TOO_MANY_QUESTIONS)


def ask(*, member: User, group: PeerGroup, line: str = "") -> Arrival:
    """Ask to join, with a line to those who answer. Asking twice is asking once."""
    with transaction.atomic():
        group = locked(group)
        membership, arrival = membership_of(group, member), _arrival(group, member)
        if arrival is not None and arrival.is_open:
            return arrival
        if not rules.can_ask(group, membership, arrival):
            raise (
                not_found()
                if group.join_policy == PeerGroup.JoinPolicy.HIDDEN
                else Refused("closed", _("You can't ask to join this group right now."))
            )
        _may_ask(member)
        arrival = places.begin(group, member, Arrival.State.ASKED, way=Arrival.Way.ASKED, line=line)
        audit.record(actor=member, verb="peers.ask", target=group.pk)
    return arrival


def wait(*, member: User, group: PeerGroup) -> Arrival:
    """Stand in line for a place in an open group. If one is free by now, it is offered at once."""
    with transaction.atomic():
        group = locked(group)
        places.pass_on(group)
        membership, arrival = membership_of(group, member), _arrival(group, member)
        if arrival is not None and arrival.is_open:
            return arrival
        counted = places.counted(group, member)
        if not (rules.can_wait(counted, membership, arrival) or rules.can_join(counted, membership, arrival)):
            raise (
                not_found()
                if group.join_policy == PeerGroup.JoinPolicy.HIDDEN
                else Refused("closed", _("You can't wait for a place here."))
            )
        arrival = places.begin(group, member, Arrival.State.WAITING, way=Arrival.Way.WAITED)
        audit.record(actor=member, verb="peers.wait", target=group.pk)
        places.pass_on(group)
        arrival.refresh_from_db()
    return arrival


def take_back(*, member: User, group: PeerGroup) -> Arrival:
    """Take one's own question back, leave the line, or turn an offer down: its place goes to the next."""
    with transaction.atomic():
        group = locked(group)
        arrival = _arrival(group, member)
        if arrival is None or not arrival.is_open:
            raise not_found()
        places.move(arrival, Arrival.State.TAKEN_BACK)
        audit.record(actor=member, verb="peers.take_back", target=group.pk)
        places.pass_on(group)
    return arrival


def answer(*, actor: User, group: PeerGroup, member: User, yes: bool, answer: str = "") -> Arrival:
    """Answer a question, with a kind line if wanted. A yes gives the next free place in the order of asking."""
    with transaction.atomic():
        group = locked(group)
        _may_let_in(actor, group, member)
        arrival = _arrival(group, member)
        if arrival is None or arrival.state != Arrival.State.ASKED:
            raise Refused("answered", _("This request has been answered or taken back."))
        places.move(arrival, Arrival.State.WAITING if yes else Arrival.State.REFUSED, by=actor, answer=answer)
        audit.record(actor=actor, verb="peers.say_yes" if yes else "peers.say_no", target=member.pk)
        places.pass_on(group)
        arrival.refresh_from_db()
    return arrival


def named(*, actor: User, name: str) -> User:
    """Return whom `actor` means by the name that people here see. Raises Refused: nobody, rate_limited."""
    with asked_by(actor):
        alike = User.objects.looking_like(name) & User.objects.active()
        person = alike.filter(name=name).first() or alike.first()
        if person is None:
            raise Refused("nobody", _("Nobody here goes by that name. Check how they spell it."))
    return person


def invite(*, actor: User, group: PeerGroup, member: User) -> Arrival:
    """Offer somebody a place, also in a hidden group, and also one who was removed. They come in when they accept the agreement."""
    with transaction.atomic():
        group = locked(group)
        _may_let_in(actor, group, member)
        if not User.objects.active().filter(pk=member.pk).exists():
            raise Refused("nobody", _("There's nobody here by that name."))
        if rules.belongs(membership_of(group, member)):
            raise Refused("already", _("%(name)s is already in the group.") % {"name": member})
        places.pass_on(group)
        arrival = _arrival(group, member)
        if arrival is not None and arrival.state == Arrival.State.OFFERED:
            raise Refused("invited", _("%(name)s is already invited.") % {"name": member})
        if arrival is not None and arrival.state == Arrival.State.WAITING:
            raise Refused("waiting", _("%(name)s is on the waiting list, and is offered a place when one is free.") % {"name": member})
        if places.counted(group, member).is_full:
            raise Refused("full", _("The group is full. Give it more places first, or wait until one is free."))
        until = places.offer_until(group)
        arrival = places.begin(group, member, Arrival.State.OFFERED, way=Arrival.Way.INVITED, by=actor, until=until)
        audit.record(actor=actor, verb="peers.invite", target=member.pk)
    return arrival


def withdraw(*, actor: User, group: PeerGroup, member: User) -> Arrival:
    """Take an offer back, or somebody off the line."""
    with transaction.atomic():
        group = locked(group)
        managed(actor, group)
        arrival = _arrival(group, member)
        if arrival is None or arrival.state not in (Arrival.State.OFFERED, Arrival.State.WAITING):
            raise Refused("not_found", _("They're no longer invited or on the waiting list."))
        places.move(arrival, Arrival.State.WITHDRAWN)
        audit.record(actor=actor, verb="peers.withdraw", target=member.pk)
        places.pass_on(group)
    return arrival


def read_answer(*, member: User, group: PeerGroup) -> None:
    """Note that a member has read what became of their way in, so that Today does not tell it again."""
    with transaction.atomic():
        Arrival.objects.answers_to(member).filter(group=group).update(seen_at=timezone.now())
