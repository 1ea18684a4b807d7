"""Who opens a socket: checks the exact origin and the session of the cookie.

Channels' own middleware is not used: its origin check lets other schemes and ports of a known host pass, and its session
check signs members out when the secret key is rotated.
"""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.http.cookie import parse_cookie
from django.utils.crypto import constant_time_compare

from community.members.models import User
from community.members.signing_in.factors import factor_was_used, required_step


@dataclass(frozen=True)
class SignedIn:
    member: User
    session_key: str
    used_factor: bool  # the session has used a second factor
    is_held: bool  # it has to, before anything else


def origin_is_ours(headers: list[tuple[bytes, bytes]]) -> bool:
    """True where exactly one Origin header names this site."""
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    return len(origins) == 1 and origins[0] in settings.ORIGINS


def session_key_of(headers: list[tuple[bytes, bytes]]) -> str | None:
    """Return the key in the session cookie, or None."""
    for name, value in headers:
        if name == b"cookie" and (key := parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)):
            return key
    return None


def sign_in(session_key: str) -> SignedIn | None:
    """Return who is signed in under a session key, or None. Former secret keys count, as they do for pages."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    data = store.load()
    if not data or data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    people = get_user_model()
    member = people.objects.filter(pk=people._meta.pk.to_python(data[SESSION_KEY]), is_active=True).first()
    if member is None:
        return None
    known = [member.get_session_auth_hash(), *member.get_session_auth_fallback_hash()]
    if not any(constant_time_compare(data.get(HASH_SESSION_KEY, ""), good) for good in known):
        return None
    return SignedIn(member, session_key, factor_was_used(data, member), required_step(member, data) is not None)
