"""The end of an account, whoever asked for it: what stays of it has no name anymore.

It comes once `AccountClosing.closes_at` has passed: a week after its owner asked for it, or an admin for them, by the worker at night; at
once, where an admin says that it can't wait.
"""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.centre.zones import zone_named
from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.kit.text.names import skeleton

from .. import seams
from ..models import Invitation, User
from ..signing_in import devices
from ..signing_in.shared_mailboxes import forget_copies, release_address
from .closing_models import AccountClosing, ClosedAccount, ReservedName
from .names import former_name


def what_comes_first(member: User) -> list[seams.LinkRow]:
    """Return what `member` has to do before they can ask for their account to be closed: nobody is to be left without somebody."""
    return [row for rows in seams.BEFORE_CLOSING for row in rows(member)]


def begin(member: User, *, empties_messages: bool = False) -> AccountClosing:
    """Have an account closed in a week, and sign its owner out everywhere. In a transaction that has locked `member`.

    Raises Refused: leads_alone.
    """
    if first := what_comes_first(member):
        raise Refused(Refusal.LEADS_ALONE, _("%(what)s: %(why)s") % {"what": first[0].title, "why": first[0].about})
    now = timezone.now()
    closing = AccountClosing.objects.create(member=member, asked_at=now, closes_at=closing_time(now), empties_messages=empties_messages)
    User.objects.filter(pk=member.pk, suspended_at=None).update(suspended_at=now)
    devices.sign_out_everywhere(member)
    return closing


def closing_time(asked_at: dt.datetime) -> dt.datetime:
    """Return when an account closes for which that was asked then: in the first night of the center after CLOSING_DELAY."""
    least = (asked_at + limits.CLOSING_DELAY).astimezone(zone_named(centre().time_zone))
    day = least.date() if least.hour < limits.CLOSING_HOUR else least.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(limits.CLOSING_HOUR), tzinfo=least.tzinfo)


def close(closing: AccountClosing) -> None:
    """Close an account that is due. It may be done by several at once, and again where somebody was killed over it.

    What they wrote is unnamed or emptied first, one conversation after another, so that nobody there waits for all of it.
    """
    member = User.objects.get(pk=closing.pk)
    for unname in seams.UNNAMING:
        unname(member, closing.empties_messages)
    with transaction.atomic():
        member = User.objects.select_for_update(no_key=True).get(pk=closing.pk)
        if AccountClosing.objects.due().filter(pk=closing.pk).exists():
            _end(member, emptied_messages=closing.empties_messages)


def _end(member: User, *, emptied_messages: bool) -> None:
    # Before the address: changing that locks the row against messages that they are just writing, in channels that this needs.
    seams.closing.send(sender=User, member=member)
    _reserve(member, emptied_messages=emptied_messages)
    address = member.email
    _forget_address(member)
    devices.sign_out_everywhere(member)
    Authenticator.objects.filter(user=member).delete()
    member.sign_in_helps.all().delete()
    member.ways_back.all().delete()
    member.earlier_names.all().delete()
    member.groups.clear()
    member.cohorts.update(buddy=None)
    AccountClosing.objects.filter(pk=member.pk).delete()
    _unname(member)
    member.is_active, member.suspended_at, member.last_login = False, None, None
    member.set_unusable_password()
    member.save()
    if address:
        release_address(member, address)
    seams.renamed.send(sender=User, member=member)
    seams.closed.send(sender=User, member=member)


def _reserve(member: User, *, emptied_messages: bool) -> None:
    """Keep the name for a year, and for good that this account is closed: both as hashes."""
    ReservedName.objects.keep(ReservedName.Use.SHOWN, skeleton(member.name))
    if member.sign_in_key:
        ReservedName.objects.keep(ReservedName.Use.SIGNING_IN, member.sign_in_key)
    rows = [ClosedAccount(id_hash=each, emptied_messages=emptied_messages) for each in ClosedAccount.hashes(member.pk)]
    ClosedAccount.objects.bulk_create(rows, ignore_conflicts=True)


def _unname(member: User) -> None:
    """Give the account the name that all have who are gone, and what stood beside it back what a new one has."""
    member.name = former_name()
    member.name_key = f"{skeleton(member.name)} {member.pk.hex}"
    member.sign_in_name, member.sign_in_key, member.drawing = "", None, ""
    fresh = User()
    for name in ("time_zone", "cover_after", "leave_by_keys", "aloud", "enter_key", "shows_writing", "may_welcome"):
        setattr(member, name, getattr(fresh, name))


def _forget_address(member: User) -> None:
    """Replace the member's address with one that nobody can have, and delete every copy of it."""
    forget_copies(member)
    Invitation.objects.filter(member=member).delete()
    member.email = f"{member.pk}@closed.invalid"


def close_again() -> int:
    """Close, now, the accounts that are in the ledger and open all the same, since a backup brought them back; return how many."""
    now, emptied = timezone.now(), dict(ClosedAccount.objects.values_list("id_hash", "emptied_messages"))
    back = 0
    for member in User.objects.filter(is_active=True):
        if answers := [emptied[each] for each in ClosedAccount.hashes(member.pk) if each in emptied]:
            values = {"asked_at": now, "closes_at": now, "empties_messages": any(answers)}
            closing, _made = AccountClosing.objects.update_or_create(member=member, defaults=values)
            close(closing)
            back += 1
    return back
