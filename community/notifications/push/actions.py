"""Registers the browsers in which a member wants to be notified, and lets go of them."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.encryption import seal
from community.kit.errors import Refusal, Refused
from community.members.models import User

from ..models import PushSubscription
from . import keys
from .endpoints import endpoint_of, hash_of
from .reading import browsers_of


def register(*, member: User, session_hash: str, words: str, given: Any, former: str = "") -> PushSubscription:
    """Notify `member` in a browser from now on, and nobody else in it; `former` is the address that it had before.

    Raises Refused: invalid; changed where it subscribed with another key than the present one.
    """
    key = keys.current()
    if given.get("key") != key.public:
        raise Refused(Refusal.CHANGED, _("This site has a new key. Please try again."))
    endpoint = endpoint_of(given)
    defaults = {
        "member": member, "session_hash": session_hash, "words": words, "key_id": key.pk, "refusals": 0, "made_at": timezone.now(),
        "sealed": seal([endpoint.url, endpoint.p256dh, endpoint.auth]),
    }  # fmt: skip
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=member.pk)
        if former and former != endpoint.url:
            PushSubscription.objects.filter(endpoint_hash=hash_of(former)).delete()
        # A browser has one session: what it registered under this one before is replaced.
        PushSubscription.objects.filter(member=member, session_hash=session_hash).exclude(endpoint_hash=hash_of(endpoint.url)).delete()
        row, _made = PushSubscription.objects.update_or_create(endpoint_hash=hash_of(endpoint.url), defaults=defaults)
        forgotten = browsers_of(member).values_list("pk", flat=True)[limits.MAX_PUSH_BROWSERS :]
        PushSubscription.objects.filter(pk__in=list(forgotten)).delete()
    return row


def is_registered(url: str) -> bool:
    """Whether a browser with this address is notified, whoever's it is."""
    return PushSubscription.objects.filter(endpoint_hash=hash_of(url)).exists()


def remove(*, browser: PushSubscription) -> None:
    """Notify its member no longer in a browser."""
    browser.delete()
