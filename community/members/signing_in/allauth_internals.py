"""Everything we use of django-allauth that its documentation does not promise, so that an upgrade has one file to be compared with.

Nothing else imports allauth's `internal` and `core` packages, its `app_settings` or private attributes; forms, views, adapters, models,
decorators and signals are public. `tests/members/signing_in/test_allauth_internals.py` fails at every other version than `READ_VERSION`,
and calls each thing below as we do.
"""

from collections.abc import Iterable
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as RECORDS_USER_KEY
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.internal.stagekit import clear_login
from allauth.account.internal.userkit import user_id_to_str
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.core.internal.ratelimit import RateLimitUsage, consume, consume_or_429, get_ip
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.internal.flows import signup_authenticator
from django.http import HttpRequest

from ..models import User

READ_VERSION = "65.21.1"

__all__ = [
    "RECORDS_KEY",  # sockets read how somebody proved who they are from the session, where there is no request to ask allauth with
    "RECORDS_USER_KEY",  # and whose proof that was
    "SECRET_SESSION_KEY",  # where allauth looks for, and deletes, the key of an app that is being set up; ours is encrypted there
    "TOTP",  # gives an app to the demo's staff and to people in tests
    "PasswordBackend",
    "RateLimitUsage",  # several limits that are counted and given back as one
    "account_settings",  # REAUTHENTICATION_TIMEOUT, with its default
    "auto_generate_recovery_codes",  # a passkey that was made while joining comes with codes, like every other
    "begin_registration",  # passkeys that can sign in alone, on pages where allauth's own would ask for the other kind
    "clear_login",  # a sign-in that waits for a second step which staff have taken off would redirect without end
    "compare_user_code",  # takes a code with the spaces that apps show in it, in constant time
    "consume",  # rate limits by network, with allauth's idea of a client's address
    "consume_or_429",  # the same, with the answer
    "context",  # the request, in forms that are not handed it
    "count_until_success",
    "decrypt",  # of what the adapter encrypted
    "default_token_generator",  # makes the links for a new password that allauth's page takes
    "encrypt",
    "format_hotp_value",
    "generate_totp_secret",
    "get_ip",  # a client's network: of IPv6 its /64
    "hotp_value",  # our rows remember which codes were used, which allauth keeps in the cache for half a minute
    "is_reauthentication_required",  # for forms that wait in the session, which allauth's decorator would drop
    "mfa_settings",  # how long codes are, and for how long they are right
    "record_authentication",  # who has just set up a password, an app or a passkey has proven who they are
    "signup_authenticator",  # a passkey for an account that was made a moment ago
    "user_id_to_str",  # as RECORDS_USER_KEY holds it
    "yield_hotp_counters_from_time",
]


class PasswordBackend(AuthenticationBackend):
    """allauth's backend, which hashes a password even where nobody is found, for accounts that a subclass finds itself."""

    def find(self, **credentials: Any) -> Iterable[User]:
        """The accounts whose password it may be, the likeliest first."""
        raise NotImplementedError

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        return next((user for user in self.find(**credentials) if self._check_password(user, credentials["password"])), None)


def count_until_success(adapter: DefaultAccountAdapter, usage: RateLimitUsage) -> None:
    """Have `adapter` give `usage`, which was counted before a password was checked, back once it was right."""
    adapter._login_failed_rl_usage = usage
