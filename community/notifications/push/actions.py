"""Registers the browsers in which a member wants to be notified, and lets go of them."""

from typing import Any

from django.contrib.sessions.models import Session
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
from .reading import browsers_of, hash_of_session


def register(*, member: User, session_key: str, words: str, given: Any, former: str = "") -> PushSubscription:
    """Notify `member` in a browser from now on, and nobody else in it; `former` is the address that it had before.

    Raises Refused: invalid; changed where it subscribed with another key than the present one; forbidden for who was signed out meanwhile.
    """
    key = keys.current()
    if given.get("key") != key.public:
        raise Refused(Refusal.CHANGED, _("This site has a new key. Please try again."))
    endpoint = endpoint_of(given)
    defaults = {
        "member": member, "session_hash": hash_of_session(session_key), "words": words, "key_id": key.pk, "refusals": 0,
        "made_at": timezone.now(), "sealed": seal([endpoint.url, endpoint.p256dh, endpoint.auth]),
    }  # fmt: skip
    with transaction.atomic():
        if not _is_here(member, session_key):
            raise Refused(Refusal.FORBIDDEN, _("You are signed out. Sign in to continue."))
        if former and former != endpoint.url:
            PushSubscription.objects.filter(endpoint_hash=hash_of(former)).delete()
        # A browser has one session: what it registered under this one before is replaced.
        its_own = PushSubscription.objects.filter(member=member, session_hash=defaults["session_hash"])
        its_own.exclude(endpoint_hash=hash_of(endpoint.url)).delete()
        row, _made = PushSubscription.objects.update_or_create(endpoint_hash=hash_of(endpoint.url), defaults=defaults)
        forgotten = browsers_of(member).values_list("pk", flat=True)[limits.MAX_PUSH_BROWSERS :]
        PushSubscription.objects.filter(pk__in=list(forgotten)).delete()
    return row


def _is_here(member: User, session_key: str) -> bool:
    """Whether this session still stands, and its member may use the site. Who ends either waits, and then ends what was registered."""
    is_member = User.objects.active().select_for_update(no_key=True).filter(pk=member.pk)
    session = Session.objects.select_for_update(no_key=True).filter(session_key=session_key, expire_date__gt=timezone.now())
    return bool(is_member) and bool(session)


def is_registered(url: str) -> bool:
    """Whether a browser with this address is notified, whoever's it is."""
    return PushSubscription.objects.filter(endpoint_hash=hash_of(url)).exists()


def remove(*, browser: PushSubscription) -> None:
    """Notify its member no longer in a browser."""
    browser.delete()
