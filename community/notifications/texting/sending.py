"""Hands what is due to the gateway for text messages: codes first, which somebody waits for, then invitations, then notifications.

Of notifications a member gets one for all that is due.

A code is handed over again where nobody knows whether it was taken, under the same id. A notification is not.
"""

import datetime as dt
import time

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from community.kit import limits
from community.kit.encryption import unsealed
from community.kit.worker import take_all
from community.members.invitations import texts
from community.members.invitations.do_not_write import stop_texts
from community.members.texting import wording

from .. import deliveries
from ..deliveries import LEASE, Claim
from ..kinds import Transport
from ..models import Delivery, TextCode
from .reading import number_of, plain

PAUSES = [dt.timedelta(minutes=each) for each in (1, 5, 30)]  # before the tries of a notification after the first
CODE_PAUSE = dt.timedelta(seconds=20)  # before the next of a code, for which its member looks at their phone


def send_due() -> None:
    """Hand over the text messages that are due."""
    if settings.SMS_URL:
        take_all((send_codes, texts.send_due, send_notifications))


def send_codes() -> None:
    """Hand over the codes that are due, as long as they can be entered."""
    until = time.monotonic() + texts.PATIENCE
    due = TextCode.objects.filter(due__lte=timezone.now(), made_at__gt=timezone.now() - limits.TEXT_CODE_LIFETIME).exclude(sealed="")
    for row in due.order_by("due"):
        if time.monotonic() > until:
            return
        if TextCode.objects.filter(pk=row.pk, due=row.due).update(due=timezone.now() + LEASE, tries=F("tries") + 1):
            _send_code(row)


def _send_code(row: TextCode) -> None:
    from community.members.texting.posting import TextResult, post  # its libraries take long to load, and few processes send

    number, code = unsealed(row.sealed) or ("", "")
    answer = post(row.pk, number, wording.with_code(code)) if number else None
    mine = TextCode.objects.filter(pk=row.pk, tries=row.tries + 1)  # unless another worker has taken it up since
    if answer is None or answer.result in (TextResult.TAKEN, TextResult.REFUSED):
        mine.update(due=None)
    elif answer.result is TextResult.STOPPED:
        stop_texts(number=number)
    else:
        mine.exclude(due=None).update(due=timezone.now() + answer.pause(CODE_PAUSE))


def send_notifications() -> None:
    """Hand over the notifications that are due. Where the gateway can't take one, the others aren't tried either for a while."""
    until, is_away = time.monotonic() + texts.PATIENCE, False
    for claim in deliveries.claim(Transport.TEXT):
        if is_away or time.monotonic() > until:
            claim.give_back(timezone.now() + (PAUSES[0] if is_away else dt.timedelta(0)))
        else:
            is_away = not _send(claim)


def _send(claim: Claim) -> bool:
    """Hand over one notification, and say what became of it; return whether the gateway answered it for good."""
    from community.members.texting.posting import TextResult, post

    found = number_of(claim.member)  # read now: it may have been removed since the claim
    number = plain(found) if found and found.agreed_at else ""
    if not number:
        claim.close(Delivery.State.DROPPED)
        return True
    answer = post(claim.deliveries[0].pk, number, wording.something_new())
    if answer.result is TextResult.STOPPED:
        claim.close(Delivery.State.DROPPED)
        stop_texts(number=number)
    elif answer.result is TextResult.LATER and claim.tries <= len(PAUSES):
        claim.put_off(timezone.now() + answer.pause(PAUSES[claim.tries - 1]))
    else:
        states = {TextResult.TAKEN: Delivery.State.SENT, TextResult.UNKNOWN: Delivery.State.UNKNOWN}
        claim.close(states.get(answer.result, Delivery.State.FAILED))
    return answer.result not in (TextResult.LATER, TextResult.UNKNOWN)
