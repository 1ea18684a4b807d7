"""A member gives a number, proves it with the code that was sent there, changes or removes it; and a number says STOP.

No answer tells whether a number is somebody's here, or has said STOP: whoever can read what is sent to it has it from then on.
"""

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.encryption import seal, unsealed
from community.kit.errors import Refusal, Refused
from community.kit.limits import Rate
from community.members.invitations.do_not_write import asked_not_to_write
from community.members.models import User
from community.members.texting.numbers import canonical, hash_of, hashes_of

from ..models import Delivery, TextCode, TextNumber
from .reading import open_code, plain

DAY = dt.timedelta(days=1)  # for which codes are kept, to be counted


def ask_code(*, member: User, typed: str, agreed_to: str) -> bool:
    """Have a code sent to a number, for a member who agreed to the sentence `agreed_to`. An earlier code ends.

    Where they have proven this number already and it got no notifications so far, it does from now on, without a code: True.

    Raises Refused: invalid, rate_limited; forbidden for who may no longer use the site.
    """
    number = canonical(typed)
    code = f"{secrets.randbelow(1_000_000):06}"
    silent = TextNumber.objects.filter(member=member, agreed_at=None, number_hash__in=hashes_of(number))
    if silent.update(agreed_to=agreed_to, agreed_at=timezone.now()):
        return True
    with transaction.atomic():
        _lock(member)
        mine, to_it = TextCode.objects.filter(member=member), TextCode.objects.filter(number_hash__in=hashes_of(number))
        others = _within(limits.TEXT_NUMBER_RATE, mine).exclude(number_hash__in=hashes_of(number)).values("number_hash").distinct()
        if _is_used_up(limits.TEXT_CODE_RATE, mine) or others.count() >= limits.TEXT_NUMBER_RATE.most:
            raise Refused(Refusal.RATE_LIMITED, _("That was a lot of codes for one day. Please try again tomorrow."))
        may_leave = not asked_not_to_write([number]) and not _is_used_up(limits.TEXT_CODE_RATE, to_it)
        mine.update(sealed="", due=None)
        TextCode.objects.create(
            member=member,
            sealed=seal([number, code]),
            number_hash=hash_of(number),
            agreed_to=agreed_to,
            due=timezone.now() if may_leave else None,
        )
    return False


def prove(*, member: User, code: str) -> None:
    """Send text messages to the number whose code this is from now on, and to nobody else's account there.

    Raises Refused: run_out, invalid; forbidden for who may no longer use the site.
    """
    row = open_code(member)
    # Counted before it is looked at, so that two at once are two.
    if not row or not TextCode.objects.filter(pk=row.pk, guesses__lt=limits.MAX_TEXT_CODE_TRIES).update(guesses=F("guesses") + 1):
        raise _run_out()
    number, right = unsealed(row.sealed) or ("", "")
    if not right or not constant_time_compare(code, right):
        raise Refused(Refusal.INVALID, _("That isn't the code. Look at the newest text message from us."))
    with transaction.atomic():
        _lock(member)
        if not TextCode.objects.filter(pk=row.pk, sealed=row.sealed).update(sealed="", due=None) or asked_not_to_write([number]):
            raise _run_out()
        TextNumber.objects.filter(number_hash__in=hashes_of(number)).exclude(member=member).delete()
        given = {"sealed": seal([number]), "number_hash": hash_of(number), "agreed_to": row.agreed_to, "agreed_at": row.made_at}
        TextNumber.objects.update_or_create(member=member, defaults=given | {"proven_at": timezone.now()})


def keep_proven(*, member: User, number: str) -> None:
    """Note that a number is a member's who joined by the link that was sent there. Nothing else is, until they agree to it."""
    if not asked_not_to_write([number]):
        TextNumber.objects.filter(number_hash__in=hashes_of(number)).delete()
        TextNumber.objects.create(member=member, sealed=seal([number]), number_hash=hash_of(number))


def remove(*, member: User) -> None:
    """Send a member no more text messages, and forget their number. Idempotent."""
    with transaction.atomic():
        TextNumber.objects.filter(member=member).delete()
        TextCode.objects.filter(member=member).update(sealed="", due=None)


def forget_stopped(number: str) -> None:
    """Drop what waits for a number whose owner said STOP, and forget it (members/invitations/do_not_write.py keeps its hash)."""
    hashes = hashes_of(number)
    with transaction.atomic():
        waiting = Delivery.objects.filter(transport="text", state=Delivery.State.WAITING)
        waiting.filter(notification__member__text_number__number_hash__in=hashes).update(state=Delivery.State.DROPPED)
        TextNumber.objects.filter(number_hash__in=hashes).delete()
        TextCode.objects.filter(number_hash__in=hashes).update(sealed="", due=None)


def forget_codes() -> None:
    """Delete the codes that no limit counts any more, and what those say that have run out."""
    now = timezone.now()
    TextCode.objects.filter(made_at__lt=now - DAY).delete()
    TextCode.objects.filter(made_at__lt=now - limits.TEXT_CODE_LIFETIME).exclude(sealed="").update(sealed="")


def seal_afresh() -> None:
    """While the secret key is being changed, seal and hash numbers under the new one, so that the old one can be dropped."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for pk in TextNumber.objects.values_list("pk", flat=True):
        with transaction.atomic():
            row = TextNumber.objects.select_for_update().filter(pk=pk).first()
            if row and (number := plain(row)):
                row.sealed, row.number_hash = seal([number]), hash_of(number)
                row.save(update_fields=["sealed", "number_hash"])


def _lock(member: User) -> None:
    """Let one request of a member at a time count and change these."""
    if not User.objects.active().select_for_update(no_key=True).filter(pk=member.pk):
        raise Refused(Refusal.FORBIDDEN, _("You are signed out. Sign in to continue."))


def _within(rate: Rate, codes: QuerySet[TextCode]) -> QuerySet[TextCode]:
    return codes.filter(made_at__gt=timezone.now() - rate.within)


def _is_used_up(rate: Rate, codes: QuerySet[TextCode]) -> bool:
    return _within(rate, codes).count() >= rate.most


def _run_out() -> Refused:
    return Refused(Refusal.RUN_OUT, _("That code has run out. Ask for a new one."))
