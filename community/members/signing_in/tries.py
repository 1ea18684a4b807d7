"""How often a password or a code may be tried: so that it cannot be guessed, and so that no stranger can shut a member out.

Strangers are counted by their network (of IPv6 its /64), by network and account, and over the day by account: after a hundred
tries of all of them together, who comes from a device that the account does not know needs the link of an e-mail. The devices that
it knows, and each session that is open, have a count of their own, which no stranger can use up. A passkey cannot be guessed.
"""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse

from community.kit import limits

from ..models import User
from . import devices
from .allauth_internals import RateLimitUsage, consume, consume_or_429, get_ip

RATES = {
    "own": limits.KNOWN_DEVICE_TRIES,
    "network": limits.NETWORK_TRIES,
    "network_and_account": limits.NETWORK_AND_ACCOUNT_TRIES,
    "code": limits.CODE_TRIES,
    "day": limits.ACCOUNT_TRIES,
    "link": limits.RESET_REQUESTS,
}


def of_password(request: HttpRequest, login: str) -> RateLimitUsage:
    """Count a try at the password of who signs in as `login`, and return it, to be taken back when it was right. Else ValidationError."""
    if own := _own(request):
        return _count(request, own=f"{own} {login}")
    if devices.is_known(request, lambda: User.objects.reached_at(login)):
        return _count(request, own=f"known {login}", day=f"known {login}")
    return _count(request, network="", network_and_account=f"{get_ip(request)} {login}", day=login)


def of_code(request: HttpRequest, member: User) -> RateLimitUsage:
    """The same of a code, which is asked for after a right password."""
    if own := _own(request):
        return _count(request, own=f"{own} code")
    if devices.is_known(request, lambda: [member]):
        return _count(request, own=f"known {member.pk} code", day=f"known {member.pk} code")
    return _count(request, network="", code=f"{member.pk} code", day=f"{member.pk} code")


def of_link(request: HttpRequest, email: str) -> HttpResponse | None:
    """Count that a link for a new password is asked for; return the answer to who asks too often: nobody else asks less for it."""
    key = f"{get_ip(request)} {email}"
    return consume_or_429(request, app="mainstay", action="link", config=RATES, key=key)


def _own(request: HttpRequest) -> str:
    """What an open session is counted by."""
    return str(request.session.session_key) if request.user.is_authenticated else ""


def _count(request: HttpRequest, **keys: str) -> RateLimitUsage:
    counted = RateLimitUsage([])
    for action, key in keys.items():
        usage = consume(request, app="mainstay", action=action, config=RATES, key=key)
        if usage is None:
            raise get_adapter().validation_error("link_needed" if action == "day" else "too_many_login_attempts")
        counted.usage += usage.usage
    return counted
