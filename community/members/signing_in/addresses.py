"""Changing the address that somebody signs in with: asked for, confirmed from the new mailbox, stopped from the old one, or under Me.

The member asks after proving who they are, and the change takes effect when it is confirmed. An admin may ask for somebody who has lost
their mailbox, or who has none; then it takes effect after a day at the earliest, so that whoever reads the old mailbox, or is signed in,
can stop it. Who signs in by a sign-in name can also take their address away.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from community.kit import audit, limits, mail
from community.kit.encryption import seal
from community.kit.errors import Refusal, Refused
from community.kit.schedule import periodic
from community.kit.text.addresses import canonical

from .. import seams
from ..models import AddressChange, SignInHelp, User
from ..people.names import free_sign_in_name, unique_name
from ..tasks import send_address_letters
from ..verbs import MembersVerb
from .factors import NEEDS_KEY, opens_without_address
from .link_keys import hash_of, new_key
from .shared_mailboxes import forget_copies, release_address, set_address

TOO_OFTEN = ngettext_lazy(
    "That was asked for several times just now. You can try again in %(minutes)d minute.",
    "That was asked for several times just now. You can try again in %(minutes)d minutes.",
    "minutes",
)


def expired() -> Refused:
    return Refused(Refusal.RUN_OUT, _("This link has run out."))


def request_change(*, member: User, email: str, actor: User | None = None, reason: str = "") -> AddressChange:
    """Start changing the address of `member` to `email`; `actor` is the admin who does it for them, with a `reason`.

    An address that somebody has is accepted like any other, but gets no e-mail. An earlier change that waits ends.
    Raises Refused: bad_address, same, rate_limited, away (their account is closed), self (an admin, for themself), no_reason.
    """
    email = canonical(email)
    if member in User.objects.reached_at(email):
        raise Refused(Refusal.SAME, _("That is the current address."))
    if actor:
        check_help(actor=actor, member=member, reason=reason)
    confirm_key, stop_key, now = new_key(), new_key(), timezone.now()
    with transaction.atomic():
        _count_request(actor or member)
        lock_open(member)
        AddressChange.objects.waiting().filter(member=member).update(stopped_at=now)
        change = AddressChange.objects.create(
            member=member, email=email, started_by=actor, confirm_hash=hash_of(confirm_key), stop_hash=hash_of(stop_key),
            holds_until=now + limits.ADDRESS_CHANGE_DELAY if actor else now, expires_at=now + limits.ADDRESS_LINK_LIFETIME,
        )  # fmt: skip
        if actor:
            SignInHelp.objects.create(member=member, actor=actor, kind=SignInHelp.Kind.ADDRESS, reason=reason.strip())
        audit.record(actor=actor or member, verb=MembersVerb.ASK_ADDRESS, target=member.pk)
        send_address_letters.enqueue(seal([str(change.pk), confirm_key, stop_key]))
    return change


def check_help(*, actor: User, member: User, reason: str) -> None:
    """Raise Refused where an admin helps themself in, or gives no reason."""
    if actor.pk == member.pk:
        raise Refused(Refusal.SELF, _("You can't do that for yourself. Ask another admin, or the person who runs the server."))
    if not reason.strip():
        raise Refused(Refusal.NO_REASON, _("Write how you made sure who they are."))


def lock_open(member: User) -> User:
    """Return `member`, read again and locked. Raises Refused: away where their account was closed meanwhile, and nothing is kept of it."""
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    if not member.is_active:
        raise Refused(Refusal.AWAY, _("This account isn't open anymore."))
    return member


def _count_request(actor: User) -> None:
    audit.throttle(actor=actor, verbs=(MembersVerb.ASK_ADDRESS,), rate=limits.ADDRESS_CHANGE_RATE, sentence=TOO_OFTEN)


def confirm(*, key: str) -> AddressChange:
    """Confirm a new address with the key that was sent to it; it takes effect now or, where an admin asked, when the hold is over.

    Raises Refused: run_out: unknown, stopped, confirmed or expired, or somebody else has the address by now.
    """
    with transaction.atomic():
        change = AddressChange.objects.open().select_for_update().filter(confirm_hash=hash_of(key)).first()
        if not change:
            raise expired()
        change.confirmed_at = timezone.now()
        change.save(update_fields=["confirmed_at"])
        if change.holds_until <= change.confirmed_at and not _take_effect(change):
            raise expired()
    return change


def stop(*, key: str) -> None:
    """Stop a change with the key that was sent to the old address. Raises Refused: run_out where it is over already."""
    with transaction.atomic():
        if not _stop(AddressChange.objects.waiting().filter(stop_hash=hash_of(key)), actor=None):
            raise expired()


def stop_own(*, member: User) -> bool:
    """Stop the change that waits for `member`, who is signed in. Return whether there was one."""
    with transaction.atomic():
        return _stop(AddressChange.objects.waiting().filter(member=member), actor=member)


def _stop(waiting: QuerySet[AddressChange], *, actor: User | None) -> bool:
    change = waiting.select_for_update().first()
    if change:
        change.stopped_at = timezone.now()
        change.save(update_fields=["stopped_at"])
        audit.record(actor=actor, verb=MembersVerb.STOP_ADDRESS, target=change.member_id)
    return bool(change)


def waiting_change(member: User) -> AddressChange | None:
    """Return the change of address that waits for `member`, to be confirmed or to count, if there is one."""
    return AddressChange.objects.waiting().filter(member=member, expires_at__gt=timezone.now()).first()


def check_taking_away(member: User) -> None:
    """Raise Refused where `member` cannot go without an address: needs_address (staff), needs_key (nothing else would let them in)."""
    if member.is_staff:
        raise Refused(Refusal.NEEDS_ADDRESS, _("You are staff, and staff need an e-mail address. You can use another one."))
    if not opens_without_address(member):
        raise Refused(Refusal.NEEDS_KEY, str(NEEDS_KEY))


def take_away(*, member: User, sign_in: str) -> None:
    """Delete the address of `member`, who signs in by `sign_in` from now on, wherever it is kept, and tell the mailbox.

    Raises Refused: what `check_taking_away` raises, bad_sign_in_name, sign_in_name_taken.
    """
    with unique_name(), transaction.atomic():
        member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
        if not member.email:
            return
        check_taking_away(member)
        if not member.sign_in_key:
            member.sign_in_by(free_sign_in_name(sign_in, shown=member.name))
        forget_copies(member)
        old, member.email = member.email, None
        member.save(update_fields=["email", "sign_in_name", "sign_in_key"])
        seams.moved.send(sender=User, member=member)
        release_address(member, old)
        mail.send("address_changed", to=old, context={}, about=member.pk)
        audit.record(actor=member, verb=MembersVerb.DROP_ADDRESS, target=member.pk)


def _take_effect(change: AddressChange) -> bool:
    """Set the new address and tell the old one, if there was one. Return False, and stop the change, where somebody else has it by now."""
    now = timezone.now()
    member = User.objects.select_for_update(no_key=True).get(pk=change.member_id)
    if User.objects.filter(email=change.email).exists():
        AddressChange.objects.filter(pk=change.pk).update(stopped_at=now)
        return False
    old = member.email
    set_address(member, change.email)
    AddressChange.objects.filter(pk=change.pk).update(done_at=now)
    change.done_at = now
    if old:
        mail.send("address_changed", to=old, context={}, about=member.pk)
    audit.record(actor=change.started_by or member, verb=MembersVerb.CHANGE_ADDRESS, target=member.pk)
    return True


@periodic(60, name="community.members.addresses.let_holds_end")
def let_holds_end() -> None:
    """Apply changes whose hold is over and that were confirmed, and delete expired ones: their address may be a stranger's."""
    AddressChange.objects.filter(expires_at__lt=timezone.now()).delete()
    due = AddressChange.objects.waiting().filter(holds_until__lte=timezone.now()).exclude(confirmed_at=None)
    for id in due.values_list("pk", flat=True):
        with transaction.atomic():
            if change := due.select_for_update().filter(pk=id).first():
                _take_effect(change)
