"""Notifications by e-mail: each time, or as a digest once a day or week. They say that there is something new, and nothing of what it is.

What leaves is queued in the transaction that closes the claim, so each leaves once; the queue (`kit/mail.py`) says what became of it.
"""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from community.centre.zones import zone_named
from community.kit.models import QueuedEmail
from community.members.emails import write_to

from .. import deliveries
from ..actions import bump
from ..deliveries import Claim
from ..expansion import chosen_by
from ..kinds import Transport
from ..models import Delivery, Preferences
from ..preferences import hours


def send_due() -> None:
    """Queue the e-mails that are due: the thousand digests of a morning, too."""
    while claims := deliveries.claim(Transport.EMAIL):
        for claim in claims:
            with transaction.atomic():
                _queue(claim)


def _queue(claim: Claim) -> None:
    if not claim.member.email:
        claim.close(Delivery.State.DROPPED)
        return
    chosen, zone, now = chosen_by(claim.member), zone_named(claim.member.time_zone), timezone.now()
    if chosen._state.adding:
        bump([claim.member.pk])  # makes the row, whose key the e-mail needs
        chosen = Preferences.objects.get(pk=claim.member.pk)
    is_digest = chosen.email != Preferences.Email.EACH and not claim.is_alarm
    key = f"digest:{claim.member.pk}:{hours.digest_key(chosen, zone, now)}" if is_digest else f"notification:{claim.id}:{claim.member.pk}"
    if is_digest and QueuedEmail.objects.filter(key=key).exists():
        claim.put_off(hours.next_digest(chosen, zone, now))
        return
    context = {"link": settings.SITE_URL + reverse("notifications:inbox"), "unsubscribe": unsubscribe_url(chosen)}
    if claim.close(Delivery.State.SENT):
        write_to(claim.member, "notification", context=context, key=key)


def unsubscribe_url(preferences: Preferences) -> str:
    """Return the address that ends these e-mails, for people and for mail services (RFC 8058)."""
    return settings.SITE_URL + reverse("notifications:unsubscribe", args=[preferences.unsubscribe_key])
