"""People who are invited together: making a cohort, checking a list of addresses, and acting on all of its open invitations.

Each invitation has a transaction of its own, so that one address that may not be invited stops no other, and writes elsewhere do not
wait for a whole list.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refusal, Refused
from community.kit.text.names import unlike

from ..models import Cohort, Invitation, InvitationState, User
from ..texting.numbers import is_number, masked
from ..verbs import MembersVerb
from . import actions
from .address_lists import ListRow
from .do_not_write import asked_not_to_write, left_alone


def make_cohort(*, actor: User, name: str, buddy: User | None, without_reminders: bool = False) -> Cohort:
    """Make a cohort. Nobody is invited yet. Raises Refused: bad_name, name_taken, unwilling."""
    cohort = Cohort(name=_free_name(name), buddy=_willing(buddy), without_reminders=without_reminders)
    with transaction.atomic():
        _save_named(cohort)
        audit.record(actor=actor, verb=MembersVerb.MAKE_COHORT, target=cohort.pk)
    return cohort


def change_cohort(*, actor: User, cohort: Cohort, name: str, buddy: User | None, without_reminders: bool = False) -> None:
    """Give a cohort another name or buddy, and choose whether its people are reminded from now on.

    Raises Refused: bad_name, name_taken, unwilling.
    """
    with transaction.atomic():
        cohort.name = name if name == cohort.name else _free_name(name, cohort=cohort)
        cohort.buddy = buddy if cohort.buddy == buddy else _willing(buddy)
        cohort.without_reminders = without_reminders
        _save_named(cohort)
        audit.record(actor=actor, verb=MembersVerb.CHANGE_COHORT, target=cohort.pk)


def _willing(buddy: User | None) -> User | None:
    if buddy and not User.objects.active().filter(pk=buddy.pk, may_welcome=True).exists():
        raise Refused(Refusal.UNWILLING, _("They would rather not be named to newcomers. Choose somebody else."))
    return buddy


def _name_taken() -> Refused:
    return Refused(Refusal.NAME_TAKEN, _("Another cohort has this name, or one that looks like it. Choose another one."))


def _free_name(name: str, *, cohort: Cohort | None = None) -> str:
    return unlike(name, Cohort.objects.exclude(pk__in=[cohort.pk] if cohort else []).values_list("name", flat=True), _name_taken())


def _save_named(cohort: Cohort) -> None:
    try:
        with transaction.atomic():
            cohort.save()
    except IntegrityError:
        raise _name_taken() from None


@dataclass(frozen=True)
class CheckedList:
    """A checked list: the rows whose address can be invited now, and those that cannot, each with its reason."""

    good: list[ListRow]
    bad: list[ListRow]


def check(lines: Iterable[ListRow]) -> CheckedList:
    """Check for each row whether its address may be invited now, with one query per question however long the list is."""
    known = list(lines)
    reasons = _reasons([line.address for line in known if line.address])
    known = [replace(line, reason=line.reason or reasons.get(line.address, "")) for line in known]
    return CheckedList([line for line in known if line.address], [line for line in known if line.reason])


def _reasons(addresses: Collection[str]) -> dict[str, str]:
    """Return why an e-mail address or a phone number may not be invited, for those that may not."""
    limited = actions.invitation_limits(addresses).items()
    often = {address: actions.invited_too_often(address, again).sentence for address, again in limited}
    pending = Invitation.objects.to(addresses).filter(InvitationState.PENDING.is_of())
    invited = {each.address: actions.is_invited(each.address).sentence for each in pending}
    accounts = User.objects.filter(email__in=addresses).values_list("email", flat=True)
    here = {str(email): actions.has_account().sentence for email in accounts}
    alone = dict.fromkeys(asked_not_to_write(addresses), left_alone().sentence)
    return often | alone | invited | here


@dataclass
class BulkResult:
    """The result of an action on many invitations: for how many it worked, and why not for the others."""

    count: int = 0
    texts: int = 0  # of these, by text message
    refused: list[tuple[str, str]] = field(default_factory=list)  # (address, sentence)


def invite_all(*, actor: User, cohort: Cohort, addresses: Iterable[str], may_text: bool = False) -> BulkResult:
    """Invite every e-mail address and phone number into the cohort; `may_text`: those with a number agreed to get text messages."""

    def invite(address: str) -> object:
        if is_number(address):
            return actions.invite(actor=actor, cohort=cohort, number=address, may_text=may_text)
        return actions.invite(actor=actor, cohort=cohort, email=address)

    return _each(addresses, str, invite)


def resend_all(*, actor: User, cohort: Cohort) -> BulkResult:
    """Send the cohort's waiting and expired invitations again. Not to addresses where the e-mail did not arrive."""
    waiting = cohort.invitations.sent().unanswered().filter(bounced_at=None)
    return _each(waiting, _address, lambda invitation: actions.resend(actor=actor, invitation=invitation))


def revoke_all(*, actor: User, cohort: Cohort) -> BulkResult:
    """Take back every invitation of the cohort that nobody has answered. Its cards are taken back by sheets."""
    return _each(cohort.invitations.sent().unanswered(), _address, lambda invitation: actions.revoke(actor=actor, invitation=invitation))


def _address(invitation: Invitation) -> str:
    return invitation.address


def _each(things: Iterable[Any], address: Callable[[Any], str], act: Callable[[Any], object]) -> BulkResult:
    result = BulkResult()
    for thing in list(things):
        to = address(thing)
        try:
            act(thing)
        except Refused as refusal:
            result.refused.append((masked(to) if is_number(to) else to, refusal.sentence))
        else:
            result.count += 1
            result.texts += is_number(to)
    return result


def unanswered(before: dt.datetime) -> QuerySet[Invitation]:
    """Return invitations that nobody answered, and that expired or were taken back before that time."""
    over = Q(revoked_at=None, expires_at__lt=before) | Q(revoked_at__lt=before)
    return Invitation.objects.filter(over, answered_at=None).order_by()


def empty(before: dt.datetime) -> QuerySet[Cohort]:
    """Return cohorts from before that time without any invitations."""
    return Cohort.objects.filter(invitations=None, made_at__lt=before).order_by()
