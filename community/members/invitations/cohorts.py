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


def _reasons(emails: Collection[str]) -> dict[str, str]:
    """Return why an address may not be invited, for those that may not."""
    often = {email: actions.invited_too_often(again).sentence for email, again in actions.invitation_limits(emails).items()}
    pending = Invitation.objects.filter(InvitationState.PENDING.is_of(), email__in=emails)
    invited = {str(email): actions.is_invited().sentence for email in pending.values_list("email", flat=True)}
    accounts = User.objects.filter(email__in=emails).values_list("email", flat=True)
    here = {str(email): actions.has_account().sentence for email in accounts}
    alone = dict.fromkeys(asked_not_to_write(emails), left_alone().sentence)
    return often | alone | invited | here


@dataclass
class BulkResult:
    """The result of an action on many invitations: for how many it worked, and why not for the others."""

    count: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)  # (address, sentence)


def invite_all(*, actor: User, cohort: Cohort, emails: Iterable[str]) -> BulkResult:
    """Invite every address into the cohort."""
    return _each(emails, str, lambda email: actions.invite(actor=actor, email=email, cohort=cohort))


def resend_all(*, actor: User, cohort: Cohort) -> BulkResult:
    """Send the cohort's waiting and expired invitations again. Not to addresses where the e-mail did not arrive."""
    waiting = cohort.invitations.by_email().unanswered().filter(bounced_at=None)
    return _each(waiting, _email, lambda invitation: actions.resend(actor=actor, invitation=invitation))


def revoke_all(*, actor: User, cohort: Cohort) -> BulkResult:
    """Take back every invitation of the cohort that nobody has answered. Its cards are taken back by sheets."""
    return _each(cohort.invitations.by_email().unanswered(), _email, lambda invitation: actions.revoke(actor=actor, invitation=invitation))


def _email(invitation: Invitation) -> str:
    return invitation.email or ""


def _each(things: Iterable[Any], name: Callable[[Any], str], act: Callable[[Any], object]) -> BulkResult:
    result = BulkResult()
    for thing in list(things):
        try:
            act(thing)
        except Refused as refusal:
            result.refused.append((name(thing), refusal.sentence))
        else:
            result.count += 1
    return result


def unanswered(before: dt.datetime) -> QuerySet[Invitation]:
    """Return invitations that nobody answered, and that expired or were taken back before that time."""
    over = Q(revoked_at=None, expires_at__lt=before) | Q(revoked_at__lt=before)
    return Invitation.objects.filter(over, answered_at=None).order_by()


def empty(before: dt.datetime) -> QuerySet[Cohort]:
    """Return cohorts from before that time without any invitations."""
    return Cohort.objects.filter(invitations=None, made_at__lt=before).order_by()
