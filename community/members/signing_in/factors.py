"""The second factor: who must have one, whether a session has used it, and which code is right.

A factor is an authenticator app or a passkey. Recovery codes replace one, and are none themselves.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from community.kit.schedule import periodic

from ..models import User
from ..roles import Role
from .allauth_internals import (
    RECORDS_KEY,
    RECORDS_USER_KEY,
    compare_user_code,
    decrypt,
    encrypt,
    format_hotp_value,
    hotp_value,
    record_authentication,
    user_id_to_str,
    yield_hotp_counters_from_time,
)

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# For a queryset of people, where many are asked about at once.
HAS_FACTOR = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))
IS_STAFF = Exists(Group.objects.filter(user=OuterRef("pk"), name__in=Role.values))

NEEDS_KEY = gettext_lazy("Choose a password or add a passkey first. Without one, and without an address, you couldn't come back.")
DAY = 24 * 3600


class RequiredStep(StrEnum):
    """What a session has to do before anything else."""

    SET_UP = "set up"
    USE = "use"


def factors_of(member: User) -> Any:
    """Return the authenticators of `member` that count as a second factor."""
    return Authenticator.objects.filter(user=member.pk, type__in=FACTORS)


def opens_without_address(member: User, *, without: Authenticator | None = None) -> bool:
    """True where `member` can sign in without an e-mail address: with a password, or with a passkey other than `without`."""
    passkeys = Authenticator.objects.filter(user=member, type=Authenticator.Type.WEBAUTHN)
    return member.has_usable_password() or passkeys.exclude(pk=without.pk if without else None).exists()


def records_of(session: Mapping[str, Any], member: User) -> list[dict[str, Any]]:
    """Return how `member` has proven in this session who they are, as allauth notes it: a method and a time each."""
    return session.get(RECORDS_KEY, []) if session.get(RECORDS_USER_KEY) == user_id_to_str(member) else []


def factor_was_used(session: Mapping[str, Any], member: User) -> bool:
    """True where a code or a passkey was used in this very session. Being signed in since before there was a factor does not count."""
    return any(record.get("method") == "mfa" for record in records_of(session, member))


def count_as_used(request: HttpRequest, factor: Authenticator) -> None:
    """Record that `factor`, which was just set up in this session, was used in it."""
    record_authentication(request, factor.user, "mfa", id=factor.pk, type=factor.type)


def required_step(member: User, session: Mapping[str, Any], *, changes_factors: bool = False) -> RequiredStep | None:
    """Return what a session must do first: that of staff always, that of everybody else with a factor before they change factors.

    Else somebody with an old session and the password could add a passkey of their own.
    """
    if not member.is_staff and not changes_factors:
        return None
    if not factors_of(member).exists():
        return RequiredStep.SET_UP if member.is_staff else None
    return None if factor_was_used(session, member) else RequiredStep.USE


def codes_left(member: User) -> int:
    """Return how many recovery codes `member` has left; 0 where there are none, or where they cannot be decrypted anymore."""
    row = Authenticator.objects.filter(user=member.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    try:
        return len(row.wrap().get_unused_codes()) if row else 0
    except ValueError:
        return 0


def accepts_code(authenticator: Authenticator, code: str) -> bool:
    """True if `code` is right for this app or list of recovery codes, which uses it up.

    allauth remembers a used code of an app in the cache, for one of the three half minutes in which it is right. Here the row
    stores which was used last, for all processes and whatever becomes of the cache.
    """
    try:
        return _accepts_code(authenticator, code)
    except ValueError:  # encrypted under a key that this site has lost
        return False


def _accepts_code(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type != Authenticator.Type.TOTP:
        return bool(authenticator.wrap().validate_code(code))
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        secret = decrypt(row.data["secret"])
        for step in yield_hotp_counters_from_time():
            if step > row.data.get("used", 0) and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
                row.data["used"] = step
                row.save(update_fields=["data"])
                return True
    return False


@periodic(DAY, name="community.members.factors.seal_afresh")
def encrypt_afresh() -> None:
    """While the secret key is being changed, encrypt again under the new key, so that the old one can be dropped."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for pk in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", flat=True):
        with transaction.atomic():
            if row := Authenticator.objects.select_for_update().filter(pk=pk).first():
                sealed = "secret" if row.type == Authenticator.Type.TOTP else "seed"
                row.data[sealed] = encrypt(decrypt(row.data[sealed]))
                row.save(update_fields=["data"])
