"""Invitations and reminders by text message: queued in the transaction that made them, and handed to the gateway one after another.

A message that the gateway may or may not have taken is handed over again under its id, as a code is: whoever was invited waits for it.
"""

import datetime as dt
import time

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from community.kit.encryption import seal, unsealed
from community.kit.schedule import periodic

from ..models import Invitation, InvitationText
from ..texting import wording
from ..texting.numbers import hash_of
from .do_not_write import stop_texts

DAY = 24 * 3600
PATIENCE = 25.0  # seconds in which messages are begun: each takes 13 at most, and a lease is 45
LEASE = dt.timedelta(seconds=45)
PAUSES = [dt.timedelta(minutes=each) for each in (1, 5, 30, 120)]  # after a try that was in vain; the last of them again and again
TRIED_FOR = dt.timedelta(days=2)  # as an e-mail is


def queue(invitation: Invitation, link: str) -> None:
    """Have the link of an invitation, or of a reminder of it, sent by text message."""
    InvitationText.objects.create(invitation=invitation, sealed=seal(link))


def send_due() -> None:
    """Hand over what is due, until the gateway takes nothing or for as long as a worker may. Any number of them may do so at once."""
    until = time.monotonic() + PATIENCE
    for row in InvitationText.objects.filter(due__lte=timezone.now()).order_by("due").select_related("invitation"):
        mine = InvitationText.objects.filter(pk=row.pk, due=row.due)
        if mine.update(due=timezone.now() + LEASE, tries=F("tries") + 1) and not _send(row):
            return
        if time.monotonic() > until:
            return


def _send(row: InvitationText) -> bool:
    """Hand over one, and say what became of it; return whether the gateway answered it for good."""
    from ..texting.posting import TextResult, post  # its libraries take long to load, and few processes send

    invitation, link = row.invitation, unsealed(row.sealed)
    mine = InvitationText.objects.filter(pk=row.pk, tries=row.tries + 1)  # unless another worker has taken it up since
    if not link or not invitation.number:  # they were sealed under a secret key that is lost
        _give_up(row)
        return True
    if invitation.expires_at <= timezone.now():
        mine.delete()
        return True
    answer = post(row.pk, invitation.number, wording.something_new(link))
    if answer.result is TextResult.TAKEN:
        mine.delete()
    elif answer.result is TextResult.STOPPED:
        stop_texts(number=invitation.number)
    elif answer.result is TextResult.REFUSED or timezone.now() - row.made_at > TRIED_FOR:
        _give_up(row)
    else:
        mine.update(due=timezone.now() + answer.pause(PAUSES[min(row.tries, len(PAUSES) - 1)]))
    return answer.result not in (TextResult.LATER, TextResult.UNKNOWN)


def _give_up(row: InvitationText) -> None:
    """Note with the invitation that its message can't be delivered, unless it was sent again or is over."""
    if InvitationText.objects.filter(pk=row.pk).delete()[0]:
        Invitation.objects.unanswered().filter(pk=row.invitation_id).update(bounced_at=timezone.now())


def are_stuck() -> bool:
    """Whether one waits to be tried again."""
    return InvitationText.objects.filter(tries__gt=1).exists()


@periodic(DAY)
def seal_afresh() -> None:
    """While the secret key is being changed, seal and hash the numbers of invitations under the new one, so that the old can be dropped."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for invitation in Invitation.objects.exclude(number_hash=None):
        if number := invitation.number:
            mine = Invitation.objects.filter(pk=invitation.pk, number_sealed=invitation.number_sealed)
            mine.update(number_sealed=seal(number), number_hash=hash_of(number))
